import { stringify } from 'yaml';
import { ExhibitError } from '../record/index.ts';

/** What may be done with which objects. */
export interface RoleRule {
  apiGroups: string[];
  resources: string[];
  /** Left out: all of the kind. */
  resourceNames?: string[];
  verbs: string[];
}

/**
 * A ClusterRole of these rules and its binding to a service account, as YAML.
 * @param account `namespace/name`, of `--print-role`
 * @throws ExhibitError USAGE
 */
export function roleManifest(rules: readonly RoleRule[], account: string): string {
  const [namespace = '', name = '', ...more] = account.split('/');
  if (namespace === '' || name === '' || more.length > 0)
    throw new ExhibitError('USAGE', `--print-role ${JSON.stringify(account)} names no service account`, {
      hint: 'Example: --print-role exhibit/watch, for the account watch of the namespace exhibit.',
    });
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
