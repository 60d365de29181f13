import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Digest } from '../record/index.ts';

/** SHA-256 and length of a file, read in pieces. */
export async function digestFile(path: string): Promise<{ sha256: Digest; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { sha256: `sha256:${hash.digest('hex')}`, bytes };
}
