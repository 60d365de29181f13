import type { Unnumbered } from './types.ts';

/**
 * The fields of a record in the order of the canonical form, in parts: details go between the first and the second, recorded_at and
 * redactions between the second and the third, sequence before the last. They are written out because an object of one known shape is made
 * and read several times as fast as one that is filled in a loop; a test compares them with the schema. A field that is
 * not there is undefined, which JSON leaves out.
 */
export const beforeDetails = (draft: Unnumbered) => ({
  actor: draft.actor,
  actor_verified_by: draft.actor_verified_by,
  bundle_digest: draft.bundle_digest,
  change: draft.change,
  column: draft.column,
  commit: draft.commit,
  control_map_digest: draft.control_map_digest,
});

/** After details and before recorded_at. */
export const afterDetails = (draft: Unnumbered) => ({
  disposition: draft.disposition,
  emitter: draft.emitter,
  engine: draft.engine,
  engine_version: draft.engine_version,
  environment: draft.environment,
  ext: draft.ext,
  file: draft.file,
  format: draft.format,
  input_digest: draft.input_digest,
  input_ref: draft.input_ref,
  layer: draft.layer,
  line: draft.line,
  message: draft.message,
  observed_at: draft.observed_at,
  override_digest: draft.override_digest,
  override_id: draft.override_id,
  policy_id: draft.policy_id,
  policy_revision: draft.policy_revision,
  raw_digest: draft.raw_digest,
  record_id: draft.record_id,
  record_type: draft.record_type,
});

/** After redactions, which follow recorded_at, and before sequence. */
export const middleOf = (draft: Unnumbered) => ({
  repository: draft.repository,
  rule_id: draft.rule_id,
  run_id: draft.run_id,
  run_index: draft.run_index,
  run_total: draft.run_total,
  schema: draft.schema,
});

/** After sequence. */
export const tailOf = (draft: Unnumbered) => ({
  severity: draft.severity,
  subject_id: draft.subject_id,
  subject_name: draft.subject_name,
  subject_type: draft.subject_type,
  tool: draft.tool,
  tool_version: draft.tool_version,
  verdict: draft.verdict,
});
