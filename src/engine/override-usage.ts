import type { Override } from '../policy/index.ts';
import { DAY_MILLISECONDS } from '../record/index.ts';
import { covers, isActive, type Place } from './dispose.ts';
import type { Judgement } from './types.ts';

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

/** Follows how the overrides of a bundle are used in a run, judgement by judgement, as they were before secrets were taken out. */
export class OverrideTracker {
  readonly #overrides: readonly Override[];
  readonly #byPolicy: ReadonlyMap<string, Override[]>;
  readonly #now: number;
  readonly #matched = new Set<string>();
  readonly #waived = new Map<string, number>();
  readonly #late = new Map<string, number>();

  /** @param now effective time in Unix milliseconds */
  constructor(overrides: readonly Override[], now: number) {
    this.#overrides = [...overrides].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#byPolicy = Map.groupBy(overrides, ({ policy }) => policy);
    this.#now = now;
  }

  /** @param by the override that waived it, or in a simulation would have */
  see(judgement: Judgement, place: Place, by: string | undefined): void {
    if (by !== undefined) this.#waived.set(by, (this.#waived.get(by) ?? 0) + 1);
    for (const override of this.#byPolicy.get(judgement.policy_id) ?? []) {
      const { id } = override;
      if (isActive(override, this.#now)) {
        if (!this.#matched.has(id) && covers(override, judgement, place)) this.#matched.add(id);
      } else if (judgement.verdict === 'fail' && this.#isOver(override) && covers(override, judgement, place))
        this.#late.set(id, (this.#late.get(id) ?? 0) + 1);
    }
  }

  /** @param expected whether the run would have seen what an override is for; elsewhere its silence says nothing */
  usage(expected: (override: Override) => boolean): OverrideUsage {
    const active = this.#overrides.filter((override) => isActive(override, this.#now));
    const ending = (days: number) =>
      active
        .filter(({ sunset }) => Date.parse(sunset) - this.#now <= days * DAY_MILLISECONDS)
        .map(({ id }) => id);
    return {
      used: active.flatMap(({ id }) => counted(id, 'waived', this.#waived)),
      orphans: active
        .filter((override) => !this.#matched.has(override.id) && expected(override))
        .map(({ id }) => id),
      expired: this.#overrides.flatMap(({ id }) => counted(id, 'matched', this.#late)),
      expiring_14: ending(14),
      expiring_7: ending(7),
    };
  }

  #isOver({ sunset }: Override): boolean {
    return Date.parse(sunset) < this.#now;
  }
}

function counted<K extends string>(
  id: string,
  name: K,
  counts: ReadonlyMap<string, number>,
): ({ id: string } & Record<K, number>)[] {
  const count = counts.get(id);
  return count === undefined ? [] : [{ id, [name]: count } as { id: string } & Record<K, number>];
}
