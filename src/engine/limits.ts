import type { EngineLimits } from './types.ts';

const MEBIBYTE = 1024 * 1024;

/** Two seconds a document; an instance above 64 MiB is replaced; one evaluation may take 1 GiB. */
export const DEFAULT_ENGINE_LIMITS: EngineLimits = {
  evaluationMilliseconds: 2_000,
  instanceBytes: 64 * MEBIBYTE,
  evaluationBytes: 1024 * MEBIBYTE,
};
