import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
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

/**
 * Makes a directory and those above it, durably. One by one: Node's recursive mkdir never ends below a directory that says
 * ENOENT to every name in it, as /proc does.
 */
export async function makeDirectory(path: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  let at = path;
  while (!(await makeOne(at, mode))) {
    missing.push(at);
    at = dirname(at);
  }
  for (const name of missing.reverse()) {
    if (!(await makeOne(name, mode)))
      throw Object.assign(new Error(`ENOENT: ${name} cannot be made`), { code: 'ENOENT' });
  }
}

/** @returns false where the one above is missing */
async function makeOne(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory() === true) return true;
    throw error;
  }
  await syncDirectory(dirname(path));
  return true;
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
