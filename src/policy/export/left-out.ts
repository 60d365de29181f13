import type { Override, Policy } from '../types.ts';
import type { ExportedOverrides, LeftOut } from './types.ts';

/** Splits policies into those that a format carries and those that it does not, with the reason that `why` gives. */
export function sortOut<P extends Policy>(
  policies: readonly Policy[],
  why: (policy: Policy) => string | undefined,
): { carried: P[]; left_out: LeftOut[] } {
  const left_out: LeftOut[] = [];
  const carried: P[] = [];
  for (const policy of policies) {
    const reason = why(policy);
    if (reason === undefined) carried.push(policy as P);
    else left_out.push({ policy: policy.id, reason });
  }
  return { carried, left_out };
}

/** For a format that carries no override at all. */
export function noOverrides(overrides: readonly Override[], reason: string): ExportedOverrides {
  return { carried: [], left_out: overrides.map(({ id }) => ({ override: id, reason })) };
}
