import type { KubernetesObject } from '../../kubernetes/index.ts';
import { digestOf } from '../../policy/index.ts';
import { canonicalize, type Digest } from '../../record/index.ts';

/** Members that change with each look of an engine, also where it found the same. */
const OF_A_LOOK: ReadonlySet<string> = new Set([
  'resourceVersion',
  'managedFields',
  'generation',
  'observedGeneration',
  'timestamp',
  'auditTimestamp',
  'creationTimestamp',
]);

/** Digest of what a report says, whenever it says it. */
export function contentOf(object: KubernetesObject): Digest {
  const text = JSON.stringify(object, (key, value: unknown) => (OF_A_LOOK.has(key) ? undefined : value));
  return digestOf(Buffer.from(canonicalize(JSON.parse(text))));
}
