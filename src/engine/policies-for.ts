import { type Bundle, isControlPlanePolicy, type Policy } from '../policy/index.ts';
import type { Layer } from '../record/index.ts';

/**
 * The policies that a layer uses, in the order of the bundle. Guardrails of a cloud are left out: its control plane judges
 * them, and their verdicts come back as its records, so a run of ours says nothing of them. So are, at admission, those of the
 * engines that a cluster has itself: they judge the same request beside us, and not judging it again must not deny it.
 */
export function policiesFor(bundle: Pick<Bundle, 'policies'>, layer: Layer): Policy[] {
  return bundle.policies.filter(
    (policy) =>
      policy.layers[layer] !== undefined &&
      !isControlPlanePolicy(policy) &&
      !(layer === 'admission' && CLUSTER_STYLES.has(policy.style)),
  );
}

const CLUSTER_STYLES: ReadonlySet<Policy['style']> = new Set<Policy['style']>([
  'kyverno',
  'admission-policy',
]);
