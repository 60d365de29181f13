import type { InputLimits } from './types.ts';

const MEBIBYTE = 1024 * 1024;

/** Generous for real files, small enough that a hostile file ends in a message and not in a full memory. */
export const DEFAULT_LIMITS: InputLimits = {
  fileBytes: 64 * MEBIBYTE,
  yamlNodes: 1_000_000,
  files: 100_000,
};

/** The given limits over the defaults. */
export function withDefaults(limits: Partial<InputLimits> = {}): InputLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}
