import { readFileSync, statSync } from 'node:fs';

/** Most bytes of a key or of settings. */
export const SMALL = 1024 * 1024;

/**
 * Reads a file that may lie in what is judged, where a link leads to whatever its author likes: a pipe would be waited for, and a device
 * read, for ever.
 * @param limit bytes
 * @throws Error in words, or that of the system, for the caller to say what could not be read
 */
export function readPlainFile(file: string, limit: number): Buffer {
  const found = statSync(file);
  if (!found.isFile()) throw new Error(found.isDirectory() ? 'it is a folder' : 'it is no regular file');
  if (found.size > limit) throw new Error(`it has ${found.size} bytes; ${limit} is the most`);
  return readFileSync(file);
}
