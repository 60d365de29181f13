import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Digest, toHex } from '../../record/index.ts';
import { unreadable } from '../../sources/index.ts';

/** SHA-256 of a file as it is, its length, and when it was written. @throws ExhibitError INPUT_UNREADABLE */
export async function digestFile(
  path: string,
  name: string,
): Promise<{ digest: Digest; bytes: number; written: number }> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      hash.update(chunk as Buffer);
    const { size, mtimeMs } = await stat(path);
    return { digest: `sha256:${toHex(hash.digest())}`, bytes: size, written: Math.floor(mtimeMs) };
  } catch (cause) {
    throw unreadable(name, cause);
  }
}
