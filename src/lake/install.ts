import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ManifestFile } from './types.ts';

const TEMPORARY = '.lake-';

/** A new name for what is being written, beside the lake's files: on the same disk, so that a file is moved in one step. */
export function temporaryFolder(folder: string): string {
  return join(folder, `${TEMPORARY}${randomUUID()}`);
}

/** Removes what a writer that died left behind. Call it with the lake's lock held. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(TEMPORARY)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Moves finished files to their keys, each in one step, and syncs the folders, so that they survive a power cut.
 * @param onFile called after each move, before the sync
 */
export async function installFiles(
  from: string,
  to: string,
  files: readonly Pick<ManifestFile, 'key'>[],
  onFile?: () => void,
): Promise<void> {
  const folders = new Set<string>([to]);
  for (const { key } of files) {
    const target = join(to, key);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(from, key), target);
    onFile?.();
    for (let at = dirname(target); at.length > to.length; at = dirname(at)) folders.add(at);
  }
  // Together: a file system with a journal writes many names in one go.
  await Promise.all([...folders].map(syncFolder));
}

/** Writes a small file whole or not at all. */
export async function writeWhole(folder: string, key: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryFolder(folder);
  const file = await open(temporary, 'wx', 0o444);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
