import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ioError, syncDirectory, systemCode } from '../store/index.ts';
import { walFolder } from './layout.ts';

const WAITING = '.wal';
const TAKEN = '.taken';

/**
 * Takes all waiting files from their writers, dead or alive, by renaming them. The lock of the sealer is held.
 * @returns names without ending, sorted: those taken now and those that a sealer left when it crashed
 */
export async function claimAll(folder: string): Promise<string[]> {
  const directory = walFolder(folder);
  try {
    const names = new Set<string>();
    for (const file of await readdir(directory)) {
      if (file.endsWith(TAKEN)) names.add(file.slice(0, -TAKEN.length));
      if (!file.endsWith(WAITING)) continue;
      const name = file.slice(0, -WAITING.length);
      if (await take(join(directory, file), join(directory, `${name}${TAKEN}`))) names.add(name);
    }
    return [...names].sort();
  } catch (error) {
    throw ioError(error, directory);
  }
}

/** False where the writer itself removed the file (it was empty). */
async function take(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

export function takenPath(folder: string, name: string): string {
  return join(walFolder(folder), `${name}${TAKEN}`);
}

/** The files that wait, whoever has them, in no order. */
export async function waitingFiles(folder: string): Promise<string[]> {
  const directory = walFolder(folder);
  try {
    return (await readdir(directory)).filter((file) => file.endsWith(WAITING) || file.endsWith(TAKEN));
  } catch (error) {
    throw ioError(error, directory);
  }
}

/** Removes files whose records are all in the log. */
export async function removeTaken(folder: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  try {
    for (const name of names) await rm(takenPath(folder, name), { force: true });
    await syncDirectory(walFolder(folder));
  } catch (error) {
    throw ioError(error, walFolder(folder));
  }
}
