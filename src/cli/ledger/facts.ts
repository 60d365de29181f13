import type { BlobsVerified, Numbering, SignerFacts } from '../../ledger/index.ts';
import { formatInstant } from '../../record/index.ts';

/** A machine's clock may be so much behind that of the writer. */
const BEHIND_MILLISECONDS = 5 * 60 * 1000;

/** Whether every number that was handed out is there, in words that allow for each way in which one can be missing. */
export function numberingText({ compared, missing, more }: Numbering): string {
  if (!compared) return 'not compared: emitters.db is missing or cannot be read';
  if (missing.length === 0) return 'every number that was handed out is in the log or waits';
  const ranges = missing.map(
    ({ emitter, first, last }) => `${emitter} ${first === last ? first : `${first} to ${last}`}`,
  );
  const cut = more.length === 0 ? '' : ` (and smaller gaps of ${more.join(', ')})`;
  return (
    `GAP: ${ranges.join(', ')}${cut}: handed out, and neither in the log nor waiting. A crash before the record was written, ` +
    'a write at this moment, or a record that was removed'
  );
}

/** Said where the last record is ahead of the clock of this machine; undefined where it is not. */
export function clockText(last: string | undefined, now: number): string | undefined {
  if (last === undefined || Date.parse(last) - now <= BEHIND_MILLISECONDS) return undefined;
  return (
    `GAP: the last record is ahead of this machine's clock (${formatInstant(now)}): one of the two clocks is wrong. ` +
    'Later records get that time until the clock catches up'
  );
}

/** What became of the blobs, in one line. */
export function blobsText(blobs: BlobsVerified | undefined): string {
  if (blobs === undefined) return 'not looked at (--no-blobs)';
  const { whole, missing, differ } = blobs;
  return `${whole} read, each has its digest; ${missing} missing; ${differ} differ`;
}

/** Who signs, in a line: a key in the folder itself, or where else. */
export function signerText({ kind, place, key }: SignerFacts): string {
  return `${kind === 'ledger' ? `the folder itself (${place})` : place}, key ${key}`;
}
