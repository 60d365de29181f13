import type { Bundle, Policy } from '../../policy/index.ts';

/** Judged by engines that a cluster has itself, of every object that is there: their verdicts come as reports of theirs. */
const CLUSTER_STYLES: ReadonlySet<Policy['style']> = new Set<Policy['style']>([
  'kyverno',
  'admission-policy',
]);

/** The bundle with what is judged here alone. Its digest and signature stay those of the whole. */
export function watched(bundle: Bundle): Bundle {
  return { ...bundle, policies: bundle.policies.filter(({ style }) => !CLUSTER_STYLES.has(style)) };
}
