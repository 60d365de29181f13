import { anyGlob, matchesGlob } from '../../../engine/index.ts';
import type { ObjectDifference } from '../../../verify/index.ts';
import { matchPointer, segmentsOf, valueAt } from './pattern.ts';
import type { InjectedSetting, MutationSetting } from './settings.ts';

/** What the operator named: places that others write, and items that others put into lists. */
export interface Allowed {
  mutations: readonly MutationSetting[];
  injected: readonly InjectedSetting[];
  /** Who asks, by the API server's word; and the object before, of an UPDATE. */
  account?: string | undefined;
  old?: unknown;
}

/** @param type `apps/v1 Deployment` */
export function isMutation(difference: ObjectDifference, type: string, allowed: Allowed): boolean {
  return allowed.mutations.some((one) => {
    if (!anyGlob(one.kinds, kindOf(type)) || !isThere(one.path, difference.pointer)) return false;
    if (difference.change === 'removed' || (difference.change === 'changed' && !one.change)) return false;
    if (one.values !== undefined && !one.values.some((value) => value === difference.value)) return false;
    return (
      one.accounts === undefined || anyGlob(one.accounts, allowed.account) || stood(difference, allowed.old)
    );
  });
}

/** What one of the named users wrote earlier, somebody else carries along with a change of his own. */
function stood({ pointer, value }: ObjectDifference, old: unknown): boolean {
  return typeof value !== 'object' && value !== undefined && valueAt(old, segmentsOf(pointer)) === value;
}

function isThere(path: string, pointer: string): boolean {
  const [pattern, place] = [segmentsOf(path), segmentsOf(pointer)];
  if (pattern.at(-1) !== '**') return matchPointer(pattern, place) !== undefined;
  const above = pattern.slice(0, -1);
  return place.length > above.length && matchPointer(above, place.slice(0, above.length)) !== undefined;
}

/**
 * The object as it was before others put items into its lists. Where they stand does not matter; an image that is named must be the
 * item's own.
 * @param object attacker-controlled; it is not changed
 */
export function withoutInjected(object: unknown, type: string, { injected }: Allowed): unknown {
  const kind = kindOf(type);
  return injected
    .filter(({ kinds }) => anyGlob(kinds, kind))
    .reduce(
      (before, one) => at(before, segmentsOf(one.list), (list) => list.filter((item) => !isItem(item, one))),
      object,
    );
}

function isItem(item: unknown, { name, image }: InjectedSetting): boolean {
  const text = (key: string) => valueAt(item, [key]);
  const [own, from] = [text('name'), text('image')];
  if (typeof own !== 'string' || !matchesGlob(name, own)) return false;
  return image === undefined || (typeof from === 'string' && matchesGlob(image, from));
}

/** A copy in which the list at a place is another; an empty one goes with its key, as an API server leaves it out. */
function at(value: unknown, place: readonly string[], change: (list: unknown[]) => unknown[]): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return Array.isArray(value) ? change(value) : value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
    return value;
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  const changed = at(inner, rest, change);
  return rest.length === 0 && Array.isArray(changed) && changed.length === 0
    ? others
    : { ...others, [key]: changed };
}

const kindOf = (type: string): string => type.slice(type.indexOf(' ') + 1);
