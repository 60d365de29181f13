import type { NamedResource } from '../../kubernetes/index.ts';
import type { RoleRule } from '../role.ts';

/**
 * What a service account needs to watch these kinds, and nothing else: list and watch, of no more kinds. Which kinds there are everybody
 * may ask who is known to the cluster (`system:discovery`).
 */
export function watchRules(resources: readonly NamedResource[]): RoleRule[] {
  const groups = Map.groupBy(resources, ({ group }) => group);
  return [...groups].map(([group, all]) => ({
    apiGroups: [group],
    resources: all.map(({ resource }) => resource).sort(),
    verbs: ['list', 'watch'],
  }));
}
