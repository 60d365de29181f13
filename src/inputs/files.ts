import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExhibitError } from '../record/index.ts';
import { tooLarge } from './parse.ts';
import type { SourceReader } from './types.ts';

/**
 * A file's bytes, read without ever waiting: a pipe or device is refused before it is read, and the size is checked on the
 * opened file, so that exchanging it in between does not help.
 * @param path on this disk
 * @param file as the user named it, for messages
 * @throws ExhibitError INPUT_UNREADABLE, INPUT_TOO_LARGE
 */
export function readRegularFile(path: string, file: string, limit: number): Uint8Array {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    throw unreadable(file, reasonOf(cause), cause);
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw unreadable(file, 'it is not a regular file');
    if (status.size > limit) throw tooLarge(file, status.size, limit);
    // Files of /proc say size 0 and hold more; reading until the end covers them and files that grow meanwhile.
    return status.size === 0 ? readFileSync(descriptor) : readAll(descriptor, status.size);
  } catch (cause) {
    throw cause instanceof ExhibitError ? cause : unreadable(file, reasonOf(cause), cause);
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(descriptor, bytes, filled, size - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return filled === size ? bytes : bytes.subarray(0, filled);
}

export function unreadable(file: string, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('INPUT_UNREADABLE', `cannot be read: ${why}`, {
    cause,
    location: { file },
    hint: 'What cannot be read cannot pass. Look at its permissions, or leave it out of the given paths.',
  });
}

/** The system's reason in words. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ELOOP':
      return 'its symbolic links form a loop';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENXIO':
      return 'it is not a regular file';
    default:
      return code === '' ? 'unknown reason' : `system error ${code}`;
  }
}

/** Reads source files beside an input, quietly: a position is a help, not a verdict. */
export function folderReader(cwd: string, limit: number): SourceReader {
  return {
    list(folder) {
      try {
        return readdirSync(resolve(cwd, folder)).sort();
      } catch {
        return [];
      }
    },
    read(file) {
      try {
        return new TextDecoder().decode(readRegularFile(resolve(cwd, file), file, limit));
      } catch {
        return undefined;
      }
    },
  };
}
