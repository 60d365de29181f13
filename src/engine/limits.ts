import type { EngineLimits } from './types.ts';

const MEBIBYTE = 1024 * 1024;

/** Two seconds for each half a MiB of a document; parts from 2 MiB on; an instance above 64 MiB is replaced; one evaluation may take 1 GiB. */
export const DEFAULT_ENGINE_LIMITS: EngineLimits = {
  evaluationMilliseconds: 2_000,
  partBytes: 2 * MEBIBYTE,
  instanceBytes: 64 * MEBIBYTE,
  evaluationBytes: 1024 * MEBIBYTE,
};

/** Longest evaluation of an input, in milliseconds: a plan of 10,000 resources is no hang, on a machine that does other work either. */
export function longest(
  { evaluationMilliseconds }: Pick<EngineLimits, 'evaluationMilliseconds'>,
  bytes: number,
): number {
  return evaluationMilliseconds * Math.max(1, Math.ceil(bytes / (MEBIBYTE / 2)));
}
