/** Two versions of a policy repository, compared in words. */

import { compareAsks } from './asks.ts';
import { compareFrameworks, compareMaps } from './maps.ts';
import { compareOverrides } from './overrides.ts';
import { comparePolicies } from './policies.ts';
import { compareRules } from './rules.ts';
import { type Change, change, type Side } from './types.ts';

export { unifiedDiff } from './rules.ts';
export { AREAS, type Area, type Change, EFFECTS, type Effect, type Side } from './types.ts';

/** Every difference, by area and id: the same two versions give the same list. */
export function compareVersions(before: Side, after: Side): Change[] {
  return [
    ...comparePolicies(before.policies, after.policies),
    ...compareRules(before, after),
    ...compareMaps(before, after),
    ...compareFrameworks(before.frameworks, after.frameworks),
    ...compareOverrides(before.overrides, after.overrides),
    ...compareRelease(before, after),
    ...compareAsks(before, after),
  ];
}

/** What makes a change of the policies themselves trustworthy. */
function compareRelease(before: Side, after: Side): Change[] {
  const out: Change[] = [];
  if (before.lineage !== after.lineage)
    out.push(
      change(
        'release',
        'repository',
        'changed',
        'unknown',
        `lineage: ${before.lineage} to ${after.lineage}, older bundles are noticed within one lineage`,
      ),
    );
  if (before.require_signed_tag !== after.require_signed_tag)
    out.push(
      after.require_signed_tag
        ? change('release', 'repository', 'changed', 'stronger', 'a signed tag is asked for')
        : change('release', 'repository', 'changed', 'weaker', 'a signed tag is not asked for any more'),
    );
  const [from, to] = [
    before.valid_days ?? Number.POSITIVE_INFINITY,
    after.valid_days ?? Number.POSITIVE_INFINITY,
  ];
  const named = (days: number) => (Number.isFinite(days) ? `${days} days` : 'without end');
  if (from !== to)
    out.push(
      change(
        'release',
        'repository',
        'changed',
        to > from ? 'weaker' : 'stronger',
        `a signature holds: ${named(from)} to ${named(to)}`,
      ),
    );
  return out;
}
