import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** In bytes; V8 counts both halves. Where there is much memory it grows to 100 MB otherwise. */
const ENOUGH = 8 * 1024 * 1024;
let held = false;

/**
 * Lets the space for what lives shortly stay as large as it is, once it is large enough. Reading a report makes and forgets a
 * gigabyte, and nearly nothing of it lives on: a larger space is not faster then, and takes 100 MB more of memory. Call it now and
 * then, in a process whose work is reading. It changes nothing but memory.
 */
export function holdYoungSpace(): void {
  if (held) return;
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  if ((space?.space_size ?? 0) < ENOUGH) return;
  setFlagsFromString('--semi-space-growth-factor=1');
  held = true;
}
