import { createHash, webcrypto } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '../record/index.ts';

/** Up to this length a file is read whole and hashed outside the main thread, so that several are hashed at once. */
const WHOLE_BYTES = 16 << 20;
const PIECE_BYTES = 1 << 20;

/** SHA-256 and length of a file. */
export async function digestFile(path: string): Promise<{ sha256: Digest; bytes: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > WHOLE_BYTES) {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const piece of file.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false })) {
        hash.update(piece as Buffer);
        bytes += (piece as Buffer).length;
      }
      return { sha256: `sha256:${hash.digest('hex')}`, bytes };
    }
    const content = await file.readFile();
    const digest = Buffer.from(await webcrypto.subtle.digest('SHA-256', content)).toString('hex');
    return { sha256: `sha256:${digest}`, bytes: content.length };
  } finally {
    await file.close();
  }
}
