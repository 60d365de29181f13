import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExhibitError } from '../record/index.ts';

/** An error of the operating system as LEDGER_IO, with the place; an ExhibitError stays what it is. */
export function ioError(cause: unknown, path: string): ExhibitError {
  if (cause instanceof ExhibitError) return cause;
  const code = systemCode(cause) ?? 'error';
  return new ExhibitError('LEDGER_IO', `${path}: ${code}`, {
    cause,
    location: { file: path },
    hint:
      code === 'ENOSPC' ? 'Make room on the disk and try again.' : 'Look at the disk and its permissions.',
    details: { code },
  });
}

/** The system's code of an error, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Makes the names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a directory and those above it, durably. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  // `first` is the topmost directory that was made: the names from it down to `path` are new.
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncDirectory(dirname(at));
}

let temporary = 0;

/**
 * Writes a file whole beside its name and moves it there. The content is on disk before the name is;
 * the name itself survives a power cut only after syncDirectory.
 */
export async function writeWhole(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  temporary += 1;
  const beside = `${path}.tmp-${process.pid}-${temporary}`;
  try {
    const handle = await open(beside, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw ioError(error, path);
  }
}
