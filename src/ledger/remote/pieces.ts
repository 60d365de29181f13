import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { ExhibitError } from '../../record/index.ts';
import { syncDirectory, type WriteStore, writeWhole } from '../../store/index.ts';
import { walFolder } from '../layout.ts';

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);

/** A group has up to 4 Mi UTF-16 units, so at most 12 MB of UTF-8 and some headers. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Write-ahead logs in the working place: each piece is what one group commit wrote into a file of the folder, under
 * `wal/<epoch>/<file>/<offset>`. All pieces of a file, one behind the other, are the file.
 */
const PIECE = /^wal\/(\d{10})\/([\w-]+)\/(\d{16})$/;
const epochPath = (epoch: number): string => `wal/${String(epoch).padStart(10, '0')}/`;
const filePath = (epoch: number, name: string): string => `${epochPath(epoch)}${name}/`;

export async function putPiece(
  work: WriteStore,
  epoch: number,
  { name, offset, bytes }: { name: string; offset: number; bytes: Uint8Array },
): Promise<void> {
  const key = `${filePath(epoch, name)}${String(offset).padStart(16, '0')}`;
  await work.put(key, await pack(bytes));
}

/** Removes the pieces of files whose records are all in the log. */
export async function removePieces(work: WriteStore, epoch: number, names: readonly string[]): Promise<void> {
  for (const name of names) for (const key of await work.list(filePath(epoch, name))) await work.delete(key);
}

/** Removes the pieces of all epochs before one. */
export async function removeBefore(work: WriteStore, floor: number): Promise<void> {
  for (const key of await work.list('wal/')) {
    const epoch = PIECE.exec(key)?.[1];
    if (epoch !== undefined && Number(epoch) < floor) await work.delete(key);
  }
}

/**
 * Writes the write-ahead logs of epochs [floor, before) into a folder, as the files that they are. A piece behind a missing one was
 * never acknowledged: its group is written again elsewhere, or was refused.
 * @returns the files, and how many pieces were left out
 * @throws ExhibitError STORE_FAILED, LEDGER_IO, WAL_CORRUPT
 */
export async function fetchPieces(
  work: WriteStore,
  folder: string,
  { floor, before }: { floor: number; before: number },
): Promise<{ files: number; left: number }> {
  const files = new Map<string, { offset: number; key: string }[]>();
  for (const key of await work.list('wal/')) {
    const [, epoch, name = '', offset] = PIECE.exec(key) ?? [];
    if (Number(epoch) >= floor && Number(epoch) < before)
      files.set(name, [...(files.get(name) ?? []), { offset: Number(offset), key }]);
  }
  let left = 0;
  for (const [name, pieces] of files) {
    const parts: Uint8Array[] = [];
    // Pieces are removed from the first on, when all records of the file are in the log.
    if (pieces[0]?.offset !== 0) continue;
    let at = 0;
    for (const [index, { offset, key }] of pieces.entries()) {
      const bytes = offset === at ? await work.get(key) : undefined;
      if (bytes === undefined) {
        left += pieces.length - index;
        break;
      }
      const plain = await unpacked(bytes, key);
      parts.push(plain);
      at += plain.length;
    }
    await writeWhole(join(walFolder(folder), `${name}.wal`), Buffer.concat(parts), 0o600);
  }
  await syncDirectory(walFolder(folder));
  return { files: files.size, left };
}

/** What lies in the working place comes from outside: damage is said, and a small object does not become a huge one. */
async function unpacked(bytes: Uint8Array, key: string): Promise<Uint8Array> {
  try {
    return await unpack(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new ExhibitError('WAL_CORRUPT', `${key} cannot be unpacked, and it may have been acknowledged`, {
      cause,
      location: { file: key },
      hint: 'Nothing was removed. Look for an earlier version of the object.',
    });
  }
}
