import type { Override } from '../policy/index.ts';
import { DAY_MILLISECONDS, type Layer } from '../record/index.ts';
import { covers, isActive } from './dispose.ts';
import type { Decision } from './types.ts';

export interface OverrideUsage {
  /** Active overrides that waived something, with how often. */
  used: { id: string; waived: number }[];
  /** Active overrides that match nothing that was judged: they do nothing, and say that something moved. */
  orphans: string[];
  /** Overrides past their sunset that would still match a fail. */
  expired: { id: string; matched: number }[];
  /** Active, sunset within 14 days; and within 7 days. */
  expiring_14: string[];
  expiring_7: string[];
}

/**
 * How the overrides of a bundle were used in a run.
 * @param now effective time in Unix milliseconds
 */
export function overrideUsage(
  decisions: readonly Decision[],
  overrides: readonly Override[],
  now: number,
  place: { layer: Layer; environment?: string },
): OverrideUsage {
  const failed = decisions.filter(({ verdict }) => verdict === 'fail');
  const usage: OverrideUsage = { used: [], orphans: [], expired: [], expiring_14: [], expiring_7: [] };
  for (const override of [...overrides].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { id } = override;
    const sunset = Date.parse(override.sunset);
    if (isActive(override, now)) {
      const waived = failed.filter((decision) => decision.override_id === id).length;
      if (waived > 0) usage.used.push({ id, waived });
      if (!decisions.some((decision) => matches(override, decision, place))) usage.orphans.push(id);
      if (sunset - now <= 14 * DAY_MILLISECONDS) usage.expiring_14.push(id);
      if (sunset - now <= 7 * DAY_MILLISECONDS) usage.expiring_7.push(id);
    } else if (sunset < now) {
      const matched = failed.filter((decision) => matches(override, decision, place)).length;
      if (matched > 0) usage.expired.push({ id, matched });
    }
  }
  return usage;
}

function matches(
  override: Override,
  decision: Decision,
  place: { layer: Layer; environment?: string },
): boolean {
  const file = decision.document?.file;
  return covers(override, decision, file === undefined ? place : { ...place, file });
}
