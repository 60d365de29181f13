import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError, type RandomBytes, toHex } from '../record/index.ts';
import {
  corrupt,
  ioError,
  makeDirectory,
  readPayloads,
  syncDirectory,
  systemCode,
  writeWhole,
} from '../store/index.ts';
import { decodeItems, type Item } from './items.ts';
import { type FileName, fileName, parseFileName } from './names.ts';
import type { RefusedRecord } from './types.ts';

const ID = 'spool.json';
const REFUSED = 'refused';
const PRIVATE = 0o700;

const idSchema = z.object({ schemaVersion: z.literal(1), id: z.string().regex(/^[0-9a-f]{16}$/) });

export interface SpoolFile extends FileName {
  path: string;
  bytes: number;
  /** When it was last written to, Unix milliseconds. */
  written: number;
}

/** Makes the folder where it is not there. @returns the id of the spool: another folder has another one */
export async function openFolder(folder: string, random: RandomBytes): Promise<string> {
  const path = join(folder, ID);
  try {
    await makeDirectory(join(folder, REFUSED), PRIVATE);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text !== undefined) return readId(text, path);
    const id = toHex(random(8));
    await writeWhole(path, Buffer.from(`${JSON.stringify({ schemaVersion: 1, id })}\n`), 0o600);
    await syncDirectory(folder);
    return id;
  } catch (error) {
    throw ioError(error, folder);
  }
}

function readId(text: string, path: string): string {
  try {
    return idSchema.parse(JSON.parse(text)).id;
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', `${path} is damaged: whose spool this is, is not known`, {
      cause,
      location: { file: path },
      hint: 'Nothing was removed. Restore the file; its id stands in the names beside it.',
    });
  }
}

/** In the order in which they were written. @throws ExhibitError LEDGER_IO */
export async function filesOf(folder: string, id: string): Promise<SpoolFile[]> {
  try {
    const names = await readdir(folder);
    const files = names.flatMap((name) => {
      const parsed = parseFileName(id, name);
      return parsed === undefined ? [] : [{ ...parsed, path: join(folder, name) }];
    });
    files.sort((a, b) => a.generation - b.generation);
    return await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await stat(file.path);
        return { ...file, bytes: size, written: mtimeMs };
      }),
    );
  } catch (error) {
    throw ioError(error, folder);
  }
}

/** What a file holds. @throws ExhibitError WAL_CORRUPT, LEDGER_IO */
export function* itemsIn(path: string): Generator<Item[]> {
  let offset = 0;
  for (const { bytes, next } of readPayloads(path, 0)) {
    let items: Item[];
    try {
      items = decodeItems(bytes);
    } catch {
      throw corrupt(path, offset, 'the lengths in a frame do not fit');
    }
    yield items;
    offset = next;
  }
}

/** The number after the last that a file holds. A file that is damaged may hold as many as it has bytes. */
export function nextAfter({ path, first, bytes }: SpoolFile): number {
  try {
    let count = 0;
    for (const items of itemsIn(path)) count += items.filter(({ kind }) => kind === 'own').length;
    return first + count;
  } catch (error) {
    if (!(error instanceof ExhibitError) || error.code !== 'WAL_CORRUPT') throw error;
    return first + bytes;
  }
}

export function pathOf(folder: string, id: string, name: FileName): string {
  return join(folder, fileName(id, name));
}

/** What will never be taken is not thrown away. @returns where it is */
export async function setAside(
  folder: string,
  name: string,
  refused: readonly RefusedRecord[],
): Promise<string> {
  const path = join(folder, REFUSED, `${name}.ndjson`);
  const text = refused.map((one) => `${JSON.stringify(one)}\n`).join('');
  await writeWhole(path, Buffer.from(text), 0o600);
  await syncDirectory(join(folder, REFUSED));
  return path;
}

/** @returns where the file is now */
export async function moveAside(folder: string, path: string, name: string): Promise<string> {
  const to = join(folder, REFUSED, `${name}.damaged`);
  try {
    await rename(path, to);
    await syncDirectory(join(folder, REFUSED));
    await syncDirectory(folder);
    return to;
  } catch (error) {
    throw ioError(error, path);
  }
}

/** How many records were refused, ever: lines of the files aside. */
export async function countAside(folder: string): Promise<number> {
  const names = (await readdir(join(folder, REFUSED))).filter((name) => name.endsWith('.ndjson'));
  const counts = await Promise.all(
    names.map(async (name) => (await readFile(join(folder, REFUSED, name), 'utf8')).split('\n').length - 1),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw ioError(error, path);
  }
}
