import { createHash } from 'node:crypto';
import { canonicalize, type Digest, formatDigest, type Sha256 } from '../../record/index.ts';

export const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();

const encoder = new TextEncoder();

/** Content-addressed parts that stand beside the records. */
export class Blobs {
  readonly all = new Map<Digest, Uint8Array>();

  add(bytes: Uint8Array): Digest {
    const digest = formatDigest(sha256(bytes));
    this.all.set(digest, bytes);
    return digest;
  }

  /** Adds the canonical form of a JSON value. @throws ExhibitError RECORD_NOT_CANONICAL */
  addJson(value: unknown): Digest {
    return this.add(encoder.encode(canonicalize(value)));
  }
}

/** A text of at most `most` UTF-16 units. A longer one is cut, says so, and stays distinct by its digest. */
export function clip(text: string, most: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= most) return whole;
  const mark = `… (cut, ${whole.length} characters, ${formatDigest(sha256(encoder.encode(whole)))})`;
  return (whole.slice(0, most - mark.length) + mark).toWellFormed();
}
