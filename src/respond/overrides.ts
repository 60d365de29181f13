import { isSelfApproved, type Override, type RejectedOverride } from '../policy/index.ts';
import { DAY_MILLISECONDS } from '../record/index.ts';

/** What evidence says about the use of overrides in a period. */
export interface OverrideEvidence {
  from: string;
  to: string;
  /** Nothing of the period is missing. */
  complete: boolean;
  /** What is missing of it, in words. */
  gaps: string[];
  /** Decisions that each override waived, and when the last of them was observed. */
  uses: { id: string; policy: string; uses: number; last: string }[];
  /** Overrides that runs met after their sunset, with the fails that they would still have matched. */
  expired_matched: { id: string; matched: number }[];
  /** In force, called an orphan by a run, and used by none. */
  orphans: string[];
  /** Changes that were merged past the gate, of how many that were looked at; absent where no merges were imported. */
  bypasses?: BypassFigures;
}

export interface BypassFigures {
  /** Of each repository: merged changes that were looked at, with a clean run before, past the gate, and unknown. */
  by_repository: { repository: string; changes: number; gated: number; bypassed: number; unknown: number }[];
  /** Of each policy that had blocked; `every policy` where no run had judged. */
  by_policy: { policy: string; bypasses: number }[];
  by_kind: { kind: string; bypasses: number }[];
}

export interface OverrideMetrics {
  counts: { in_force: number; waiting: number; expired: number; rejected: number; self_approved: number };
  /** Of those in force: days since their creation. */
  ages: { up_to_7: number; up_to_30: number; up_to_90: number; older: number };
  by_policy: { policy: string; in_force: number; uses?: number }[];
  by_owner: { owner: string; in_force: number }[];
  expiring_7: string[];
  expiring_14: string[];
  unchecked_tickets: string[];
  self_approved: string[];
  evidence?: OverrideEvidence;
}

/**
 * Figures about the overrides of a repository.
 * @param now Unix milliseconds
 */
export function overrideMetrics(
  overrides: readonly Override[],
  rejected: readonly RejectedOverride[],
  now: number,
  evidence?: OverrideEvidence,
): OverrideMetrics {
  const over = (each: Override) => Date.parse(each.sunset) < now;
  const waiting = overrides.filter((each) => Date.parse(each.created) > now);
  const open = overrides.filter((each) => !over(each) && Date.parse(each.created) <= now);
  const self = rejected.filter(({ reason }) => isSelfApproved(reason)).map(({ id, file }) => id ?? file);
  const age = (each: Override) => (now - Date.parse(each.created)) / DAY_MILLISECONDS;
  const aged = (from: number, to: number) =>
    open.filter((each) => age(each) > from && age(each) <= to).length;
  const ending = (days: number) =>
    open.filter(({ sunset }) => Date.parse(sunset) - now <= days * DAY_MILLISECONDS).map(({ id }) => id);
  const policies = new Set([
    ...open.map(({ policy }) => policy),
    ...(evidence?.uses ?? []).map(({ policy }) => policy),
  ]);
  return {
    counts: {
      in_force: open.length,
      waiting: waiting.length,
      expired: overrides.filter(over).length,
      rejected: rejected.length,
      self_approved: self.length,
    },
    ages: {
      up_to_7: aged(-1, 7),
      up_to_30: aged(7, 30),
      up_to_90: aged(30, 90),
      older: aged(90, Number.POSITIVE_INFINITY),
    },
    by_policy: [...policies].sort().map((policy) => ({
      policy,
      in_force: open.filter((each) => each.policy === policy).length,
      ...(evidence === undefined ? {} : { uses: usesOf(evidence, policy) }),
    })),
    by_owner: [...Map.groupBy(open, ({ owner }) => owner)]
      .map(([owner, all]) => ({ owner, in_force: all.length }))
      .sort((a, b) => b.in_force - a.in_force || (a.owner < b.owner ? -1 : 1)),
    expiring_7: ending(7),
    expiring_14: ending(14),
    unchecked_tickets: open.filter(({ ticket_check }) => isUnchecked(ticket_check)).map(({ id }) => id),
    self_approved: self,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

const isUnchecked = (check: Override['ticket_check']): boolean =>
  check === undefined || check.state === 'unchecked' || check.owner === 'unknown';

const usesOf = ({ uses }: OverrideEvidence, policy: string): number =>
  uses.filter((each) => each.policy === policy).reduce((sum, each) => sum + each.uses, 0);

/** Policies that are waived so often that the policy itself is suspect. */
export function suspectPolicies(
  { by_policy }: OverrideMetrics,
  many: { open: number; uses: number | undefined },
): OverrideMetrics['by_policy'] {
  return by_policy.filter(
    ({ in_force, uses = 0 }) => in_force >= many.open || (many.uses !== undefined && uses >= many.uses),
  );
}
