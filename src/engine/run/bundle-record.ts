import type { Bundle, Override } from '../../policy/index.ts';
import {
  canonicalize,
  type Digest,
  derivedId,
  formatInstant,
  type RecordDraft,
  SCHEMA,
  toHex,
} from '../../record/index.ts';
import { Blobs, sha256 } from './blobs.ts';

/**
 * The records that say which policies and overrides were in force. Their ids are derived (from the bundle's digest and
 * its signature, from the override's digest) and they hold nothing of the run that sends them, so that every run may
 * send them and the ledger keeps one of each. The blobs are all that re-performance and the lake need: the control map,
 * the frameworks, the policies, every file of the bundle, and the list of those files.
 */
export function bundleRecords(bundle: Bundle): { records: RecordDraft[]; blobs: Map<Digest, Uint8Array> } {
  const blobs = new Blobs();
  blobs.addJson(bundle.control_map);
  const files = [...bundle.files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bytes]) => ({ name, digest: blobs.add(bytes), bytes: bytes.length }));
  const record: RecordDraft = {
    schema: SCHEMA,
    record_id: derivedId('bundle', `${bundle.digest} ${signatureOf(bundle)}`, sha256),
    record_type: 'policy',
    observed_at: formatInstant(bundle.revision_time * 1000),
    emitter: 'exhibit',
    layer: 'evidence',
    tool: 'exhibit',
    policy_revision: bundle.revision,
    bundle_digest: bundle.digest,
    control_map_digest: bundle.control_map_digest,
    details: {
      frameworks_digest: blobs.addJson(bundle.frameworks),
      policies_digest: blobs.addJson(bundle.policies),
      overrides_digest: blobs.addJson(bundle.overrides),
      rejected_overrides: bundle.rejected_overrides.length,
      files_digest: blobs.addJson(files),
      ...(bundle.emitters === undefined ? {} : { emitters_digest: blobs.addJson(plain(bundle.emitters)) }),
      lineage: bundle.lineage,
      ...(bundle.signed_by === undefined ? {} : { signed_by: bundle.signed_by }),
      policies: bundle.policies.length,
      serial: bundle.revision_time,
      ...(bundle.expires === undefined ? {} : { expires: bundle.expires }),
      // Through JSON, so that it is plain.
      ...(bundle.release === undefined ? {} : { release: JSON.parse(JSON.stringify(bundle.release)) }),
    },
  };
  return { records: [record, ...bundle.overrides.map(overrideRecord)], blobs: blobs.all };
}

function overrideRecord({ id, digest, policy, created, ...rest }: Override): RecordDraft {
  const { approval, ticket_check } = rest;
  // The same text with another approval, or another answer about its ticket, is another record.
  const checks =
    approval === undefined && ticket_check === undefined
      ? ''
      : ` ${canonicalize(plain({ approval, ticket_check }))}`;
  return {
    schema: SCHEMA,
    record_id: derivedId('override', `${digest}${checks}`, sha256),
    record_type: 'override',
    observed_at: formatInstant(Date.parse(created)),
    emitter: 'exhibit',
    layer: 'evidence',
    tool: 'exhibit',
    policy_id: policy,
    override_id: id,
    override_digest: digest,
    details: plain({ ...rest, created }),
  };
}

/** Through JSON, so that a field without a value is left out. */
function plain(value: object): NonNullable<RecordDraft['details']> {
  return JSON.parse(JSON.stringify(value));
}

/** Two signatures of the same bundle are two records: who signed is part of what they say. */
function signatureOf(bundle: Bundle): string {
  const signature = bundle.files.get('.signatures.json');
  return signature === undefined ? 'unsigned' : toHex(sha256(signature));
}
