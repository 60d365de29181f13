import type { OpenedSummary } from '../../../verify/index.ts';
import { nodeAttestCrypto } from '../../../verify/node.ts';
import { unnamedDifferences } from './differences.ts';
import type { Allowed } from './mutations.ts';
import { valueAt } from './pattern.ts';

/** Resources that can be scaled, and the type of their objects. */
const SCALED: Readonly<Record<string, string>> = {
  'apps/deployments': 'apps/v1 Deployment',
  'apps/replicasets': 'apps/v1 ReplicaSet',
  'apps/statefulsets': 'apps/v1 StatefulSet',
  '/replicationcontrollers': 'v1 ReplicationController',
};

/** Type of the object behind a `scale`; undefined for one that is not known, which nothing attests. */
export function scaledType(group: string, resource: string): string | undefined {
  const key = `${group}/${resource}`;
  return Object.hasOwn(SCALED, key) ? SCALED[key] : undefined;
}

/** Whether two states of a Scale ask for one number. */
export const isSameScale = (old: unknown, scale: unknown): boolean => replicasOf(old) === replicasOf(scale);

const replicasOf = (scale: unknown): unknown => valueAt(scale, ['spec', 'replicas']) ?? 0;

/**
 * A Scale carries one field of the object behind it: the number must be the attested one, a default, or a named mutation of
 * `/spec/replicas`.
 */
export function scaleDifferences(
  tree: OpenedSummary['extension']['objects'][number]['tree'],
  scale: unknown,
  type: string,
  allowed: Allowed,
) {
  const attested = valueAt(tree, ['spec', 'replicas']);
  return unnamedDifferences(nodeAttestCrypto.sha256, {
    tree: { spec: attested === undefined ? {} : { replicas: attested } },
    admitted: { spec: { replicas: replicasOf(scale) } },
    type,
    allowed,
  });
}
