import type { Bundle } from '../../policy/index.ts';
import {
  type Digest,
  derivedId,
  formatInstant,
  type Layer,
  type RecordDraft,
  SCHEMA,
} from '../../record/index.ts';
import { Blobs, sha256 } from './blobs.ts';

export interface BundleRecordOptions {
  /** Unix milliseconds, by the real clock. */
  now: number;
  tool_version: string;
  layer: Layer;
  emitter?: string;
}

/**
 * The record that says which policies were in force: one a bundle, with an id derived from the bundle's digest, so that
 * every run may send it and the ledger keeps one. Its blobs are all that re-performance and the lake need: the control
 * map, the frameworks, the policies, every file of the bundle, and the list of those files.
 */
export function bundleRecord(
  bundle: Bundle,
  options: BundleRecordOptions,
): { record: RecordDraft; blobs: Map<Digest, Uint8Array> } {
  const blobs = new Blobs();
  blobs.addJson(bundle.control_map);
  const files = [...bundle.files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]) => ({ name, digest: blobs.add(bytes), bytes: bytes.length }));
  const record: RecordDraft = {
    schema: SCHEMA,
    record_id: derivedId('bundle', bundle.digest, sha256),
    record_type: 'policy',
    observed_at: formatInstant(options.now),
    emitter: options.emitter ?? 'exhibit',
    layer: options.layer,
    tool: 'exhibit',
    tool_version: options.tool_version,
    policy_revision: bundle.revision,
    bundle_digest: bundle.digest,
    control_map_digest: bundle.control_map_digest,
    details: {
      frameworks_digest: blobs.addJson(bundle.frameworks),
      policies_digest: blobs.addJson(bundle.policies),
      overrides_digest: blobs.addJson(bundle.overrides),
      rejected_overrides: bundle.rejected_overrides.length,
      files_digest: blobs.addJson(files),
      lineage: bundle.lineage,
      ...(bundle.signed_by === undefined ? {} : { signed_by: bundle.signed_by }),
      policies: bundle.policies.length,
    },
  };
  return { record, blobs: blobs.all };
}
