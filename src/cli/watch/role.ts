import { stringify } from 'yaml';
import { ExhibitError } from '../../record/index.ts';
import type { NamedResource } from '../../watch/index.ts';

/**
 * What a service account needs to watch these kinds, and nothing else: list and watch, of no more kinds. Which kinds there are everybody
 * may ask who is known to the cluster (`system:discovery`).
 * @param account `namespace/name`
 */
export function roleManifest(resources: readonly NamedResource[], account: string): string {
  const [namespace = '', name = '', ...more] = account.split('/');
  if (namespace === '' || name === '' || more.length > 0)
    throw new ExhibitError('USAGE', `--print-role ${JSON.stringify(account)} names no service account`, {
      hint: 'Example: --print-role exhibit/watch, for the account watch of the namespace exhibit.',
    });
  const groups = Map.groupBy(resources, ({ group }) => group);
  const rules = [...groups].map(([group, all]) => ({
    apiGroups: [group],
    resources: all.map(({ resource }) => resource).sort(),
    verbs: ['list', 'watch'],
  }));
  const metadata = { name: `exhibit-${name}`, labels: { 'app.kubernetes.io/name': 'exhibit' } };
  const api = 'rbac.authorization.k8s.io';
  const documents = [
    { apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: api, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    },
  ];
  return documents.map((document) => stringify(document)).join('---\n');
}
