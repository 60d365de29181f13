import type { Catalogue } from '../catalogue.ts';
import type { RepositoryConfig } from '../types.ts';

/**
 * What a change does to what is enforced. weaker: less is refused, or less is proven. unknown: a person or `policy impact` has to say.
 */
export const EFFECTS = ['weaker', 'stronger', 'neutral', 'unknown'] as const;
export type Effect = (typeof EFFECTS)[number];

export const AREAS = ['policy', 'rule', 'control-map', 'framework', 'override', 'release'] as const;
export type Area = (typeof AREAS)[number];

/** One difference between two versions of a policy repository. */
export interface Change {
  area: Area;
  /** Policy, check, framework or override; the path of a file of rules; `repository` for a release. */
  id: string;
  kind: 'added' | 'removed' | 'changed';
  effect: Effect;
  /** What changed, in words: `ci: enforce to warn`. */
  words: string;
}

/** What is compared: a bundle, or a repository as it was read. */
export type Side = Omit<Catalogue, 'rejected_overrides'> & {
  lineage: string;
  require_signed_tag: boolean;
  valid_days?: number;
  /** What a repository asks of overrides and releases. A bundle does not say it. */
  asks?: Pick<RepositoryConfig, 'overrides' | 'longest_days' | 'release' | 'exports'>;
};

export function change(area: Area, id: string, kind: Change['kind'], effect: Effect, words: string): Change {
  return { area, id, kind, effect, words };
}

/** Less is weaker, more is stronger, by the place in a list from weak to strong. */
export function byRank<T>(order: readonly T[], before: T, after: T): Effect {
  return byNumber(order.indexOf(before), order.indexOf(after));
}

export function byNumber(before: number, after: number): Effect {
  return after < before ? 'weaker' : after > before ? 'stronger' : 'neutral';
}
