import { digestOf } from '../../policy/index.ts';
import { type Digest, ExhibitError, isDigest } from '../../record/index.ts';
import { requestInvalid } from '../http/reply.ts';

const MOST = 10_000;
const LINE_FEED = 0x0a;
/** `sha256:`, 64 digits, a space, and a length. */
const LONGEST_LINE = 100;
const FORM = 'Each blob follows a line with its digest and its length: `sha256:... 1234`.';

/**
 * The blobs of a body: a line `DIGEST LENGTH`, then so many bytes, and the next one.
 * @throws ExhibitError REQUEST_INVALID, BLOB_DIGEST, REQUEST_TOO_LARGE; nothing of the body is to be used then
 */
export function readBlobs(body: Buffer): Map<Digest, Uint8Array> {
  const blobs = new Map<Digest, Uint8Array>();
  let count = 0;
  for (let at = 0; at < body.length; ) {
    const feed = body.subarray(at, at + LONGEST_LINE).indexOf(LINE_FEED);
    const [, digest = '', length] =
      /^(sha256:\S{64}) (\d{1,10})$/.exec(feed < 0 ? '' : body.toString('latin1', at, at + feed)) ?? [];
    if (!isDigest(digest)) throw requestInvalid(`blob ${count + 1} has no line that names it`, FORM);
    const start = at + feed + 1;
    const end = start + Number(length);
    if (end > body.length) throw requestInvalid(`blob ${count + 1} is cut off`, FORM);
    const bytes = body.subarray(start, end);
    const actual = digestOf(bytes);
    if (actual !== digest)
      throw new ExhibitError(
        'BLOB_DIGEST',
        `blob ${count + 1}, which is named ${digest}, has the digest ${actual}`,
      );
    blobs.set(digest, bytes);
    count += 1;
    if (count > MOST)
      throw new ExhibitError(
        'REQUEST_TOO_LARGE',
        `the body has more than ${MOST} blobs; nothing of it was taken`,
        {
          hint: 'Send smaller batches.',
        },
      );
    at = end;
  }
  if (count === 0) throw requestInvalid('the body holds no blob', FORM);
  return blobs;
}
