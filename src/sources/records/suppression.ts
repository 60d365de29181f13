import type { UnnumberedRecord } from '../../engine/index.ts';
import { sha256 } from '../../policy/index.ts';
import { canonicalize, derivedId, formatDigest, SCHEMA } from '../../record/index.ts';
import type { Outcome, Suppression } from '../types.ts';
import { type Cleaner, clip, plainName } from './clean.ts';

type Base = Pick<UnnumberedRecord, 'emitter' | 'layer' | 'tool' | 'run_id'> & Partial<UnnumberedRecord>;

/**
 * The record of an exception that only the tool knows: an override that does not apply, because nobody approved it and mostly because it
 * has no sunset. The same exception is one record, however often it is seen.
 */
export function suppressionRecord(
  policy_id: string,
  { subject, file, rule }: Outcome,
  { kind, reason, by, until, ticket }: Suppression,
  { emitter, layer, tool, format }: Base,
  clean: Cleaner,
  reference: (name: string) => string | undefined,
): UnnumberedRecord & { override_id: string } {
  const said = JSON.parse(
    JSON.stringify({ policy_id, rule, subject, file, kind, reason, by, until, ticket, tool }),
  );
  const digest = formatDigest(sha256(Buffer.from(canonicalize(said))));
  const override_id = `${clip(tool, 64)}-suppression-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`;
  return {
    schema: SCHEMA,
    record_id: derivedId('suppression', `${emitter} ${digest}`, sha256),
    record_type: 'override',
    observed_at: EPOCH,
    emitter,
    layer,
    tool,
    ...(format === undefined ? {} : { format }),
    policy_id: plainName(clean.text(policy_id)),
    subject_type: clip(clean.text(subject.type), 256) || 'resource',
    subject_id: clip(clean.text(subject.id), 2_048) || 'unnamed',
    override_id,
    override_digest: digest,
    message:
      until === undefined
        ? 'suppressed within the tool: an override without a sunset, which does not apply'
        : 'suppressed within the tool: nobody approved it here, so it does not apply',
    ...clean.details({
      source: 'tool',
      kind,
      reason: reason ?? null,
      owner: by === undefined ? null : (reference(by) ?? null),
      ticket: ticket ?? null,
      sunset: until ?? null,
      applied: false,
      ...(file === undefined ? {} : { file }),
    }),
  };
}

/** Nobody knows when it was made; the record's own time says when it was first seen. */
const EPOCH = '1970-01-01T00:00:00.000Z';
