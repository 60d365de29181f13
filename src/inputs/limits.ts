import { getHeapStatistics } from 'node:v8';
import type { InputLimits } from './types.ts';

const MEBIBYTE = 1024 * 1024;

/** Generous for real files, small enough that a hostile file ends in a message and not in a full memory. */
export const DEFAULT_LIMITS: InputLimits = {
  fileBytes: 64 * MEBIBYTE,
  yamlNodes: 1_000_000,
  files: 100_000,
};

/**
 * Bytes of Node's heap that judging a byte of a file may take: a plan of 215 MB passed 4.6 GB. Beyond it Node would die, and say
 * nothing of what was judged before.
 */
export const HEAP_A_BYTE = 24;

/** Longest file that is judged within Node's heap, in bytes. */
export const MOST_FOR_HEAP = Math.floor(getHeapStatistics().heap_size_limit / HEAP_A_BYTE);

/** The given limits over the defaults; a file is never longer than the heap can take. */
export function withDefaults(limits: Partial<InputLimits> = {}): InputLimits {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return { ...all, fileBytes: Math.min(all.fileBytes, MOST_FOR_HEAP) };
}
