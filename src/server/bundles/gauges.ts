import type { Metrics } from '../metrics.ts';
import type { Bundles } from './bundles.ts';
import type { BundleSource } from './source.ts';

/** State and age of each bundle, for who watches the server. */
export function watchBundles(bundles: Bundles, sources: readonly BundleSource[], metrics: Metrics): void {
  metrics.gauge('bundle_waiters', () => bundles.waiters);
  for (const source of sources) {
    const { name } = source.setting;
    const labels = { bundle: name };
    metrics.gauge('bundle_refused', () => (bundles.refused.includes(name) ? 1 : 0), labels);
    metrics.gauge('bundle_read_seconds', () => seconds(source.readAt), labels);
    metrics.gauge('bundle_revision_seconds', () => bundles.get(name)?.bundle.revision_time, labels);
  }
}

const seconds = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.floor(milliseconds / 1_000);
