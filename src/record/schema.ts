import { z } from 'zod';
import { isPlainName, isReservedEmitter } from './name.ts';
import { isInstant } from './time.ts';

/** The record, version 1, as docs/reference/record.md explains it. Immutable: fields are added in a new version only. */
export const SCHEMA = 'exhibit.record/1';

/** Longest canonical form in bytes: an entry of a tlog-tiles bundle has a 16-bit length. */
export const MAX_RECORD_BYTES = 65_535;

export const RECORD_TYPES = [
  'decision',
  'run',
  'gap',
  'heartbeat',
  'override',
  'finding',
  'response',
  'manual',
  'query',
  'policy',
  'manifest',
  'timestamp',
  'bundle_state',
  'attestation',
  'approval',
  'access',
  'key',
  'tombstone',
] as const;
export const LAYERS = ['pre-commit', 'ci', 'admission', 'runtime', 'evidence'] as const;
export const VERDICTS = ['pass', 'fail', 'error', 'not_applicable', 'not_evaluated'] as const;
export const DISPOSITIONS = [
  'enforced',
  'warned',
  'observed',
  'waived',
  'awaiting_approval',
  'none',
] as const;
/** From most to least severe. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type RecordType = (typeof RECORD_TYPES)[number];
export type Layer = (typeof LAYERS)[number];
export type Verdict = (typeof VERDICTS)[number];
export type Disposition = (typeof DISPOSITIONS)[number];
export type Severity = (typeof SEVERITIES)[number];

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lower-case hexadecimal digits');
const name = z.string().min(1).max(256);
const text = z.string().max(16_384);
const count = z.int().min(0);
/** RFC 3339, UTC, exactly three decimals: sorts as text and reads the same everywhere. */
export const instant = z
  .string()
  .regex(
    /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/,
    'expected YYYY-MM-DDTHH:MM:SS.sssZ',
  )
  .refine(isInstant, 'no such date');
export const uuid = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'expected a UUID of version 7 or 8, lower case',
  );

const fields = {
  // identity
  schema: z.literal(SCHEMA),
  record_id: uuid.describe(
    'UUIDv7, or a UUIDv8 derived from the id that the source gave, so that a resend is the same record',
  ),
  record_type: z.enum(RECORD_TYPES),
  // time
  observed_at: instant.describe('when it was true, by the clock of the emitter'),
  // origin
  emitter: name.describe('the enforcement point or scanner that sends; it numbers its records without gaps'),
  sequence: count.describe('the number that the emitter gave, from 0').optional(),
  layer: z.enum(LAYERS),
  tool: name,
  tool_version: name.optional(),
  format: name.describe('the foreign format that the record was made from').optional(),
  raw_digest: digest.describe('digest of the raw foreign output, a blob').optional(),
  // run
  run_id: uuid.optional(),
  run_index: count.describe('position of a decision in its run, from 0').optional(),
  run_total: count.describe('on a run: how many decisions it made, also when that is zero').optional(),
  // policy
  policy_id: name.optional(),
  rule_id: name.optional(),
  policy_revision: name.describe('commit of the policy repository').optional(),
  bundle_digest: digest.optional(),
  engine: name.optional(),
  engine_version: name.optional(),
  control_map_digest: digest.optional(),
  // subject
  subject_type: name.optional(),
  subject_id: z.string().min(1).max(2_048).optional(),
  subject_name: z.string().max(2_048).optional(),
  environment: name.optional(),
  file: z.string().min(1).max(4_096).optional(),
  line: z.int().min(1).optional(),
  column: z.int().min(1).optional(),
  // outcome
  verdict: z.enum(VERDICTS).optional(),
  disposition: z.enum(DISPOSITIONS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  message: text.optional(),
  details: z.record(z.string(), z.json()).optional(),
  // attribution
  actor: name.describe('a salted reference, never a name').optional(),
  actor_verified_by: name.describe('the OIDC issuer, mTLS, or none').optional(),
  repository: z.string().max(2_048).optional(),
  commit: name.optional(),
  change: z.string().max(2_048).describe('URL of the pull request or pipeline run').optional(),
  // input
  input_digest: digest.optional(),
  input_ref: digest
    .describe('blob with the redacted input, present when stored for re-performance')
    .optional(),
  redactions: z.array(z.strictObject({ path: z.string().max(2_048), reason: name })).optional(),
  // override
  override_id: name.optional(),
  override_digest: digest.optional(),
  // rest
  ext: text.describe('one JSON text for what only that source knows').optional(),
};

interface Outcome {
  record_type: RecordType;
  verdict?: Verdict | undefined;
  disposition?: Disposition | undefined;
  override_id?: string | undefined;
  [field: string]: unknown;
}

const REQUIRED: Partial<Record<RecordType, readonly string[]>> = {
  decision: [
    'run_id',
    'run_index',
    'policy_id',
    'subject_type',
    'subject_id',
    'verdict',
    'disposition',
    'severity',
  ],
  run: ['run_id', 'run_total'],
  gap: ['message'],
  override: ['override_id', 'override_digest'],
  policy: ['policy_revision', 'bundle_digest', 'control_map_digest'],
  manifest: ['details'],
};

/** The rules between fields: what each type needs, and that waived is never pass. */
function consistent(record: Outcome, context: z.RefinementCtx): void {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  for (const field of REQUIRED[record.record_type] ?? []) {
    if (record[field] === undefined) issue(field, `a ${record.record_type} record needs it`);
  }
  if (record.disposition === 'waived') {
    if (record.override_id === undefined) issue('override_id', 'a waived record names its override');
    if (record.verdict !== 'fail') issue('verdict', 'only a fail can be waived; waived is never pass');
  }
  if (record.verdict === 'pass' && record.disposition !== undefined && record.disposition !== 'none') {
    issue('disposition', 'nothing is done about a pass: the disposition is none');
  }
}

/** Who sent and what was asked: names by which people tell records apart. */
const PLAIN = ['emitter', 'tool', 'policy_id', 'override_id'] as const;

/**
 * What is asked of names when they come in. It is not asked of records that are in a log: what was taken stays readable.
 */
function named(record: Outcome, context: z.RefinementCtx): void {
  const issue = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  for (const field of PLAIN) {
    const value = record[field];
    if (typeof value === 'string' && !isPlainName(value)) {
      issue(field, 'has a character that is not seen, white space at an end, or is not in the form NFC');
    } else if (field === 'emitter' && typeof value === 'string' && isReservedEmitter(value)) {
      issue(field, 'names that begin with "exhibit." are of Exhibit itself');
    }
  }
}

/** A record as an emitter sends it: the ledger adds `recorded_at`. */
export const recordDraftSchema = z.strictObject(fields).superRefine(consistent).superRefine(named);

/** A record as the ledger holds it. */
export const recordSchema = z
  .strictObject({
    ...fields,
    recorded_at: instant.describe('when the ledger took it; never decreases along a log'),
  })
  .superRefine(consistent);

/** Drops `| undefined` from optional fields: a field is there or not there. */
type Exact<T> = { [K in keyof T]: Exclude<T[K], undefined> };
export type RecordDraft = Exact<z.infer<typeof recordDraftSchema>>;
export type EvidenceRecord = Exact<z.infer<typeof recordSchema>>;
