import { DISPOSITIONS, LAYERS, SCHEMA, SEVERITIES, VERDICTS } from './schema.ts';
import { isInstant } from './time.ts';

type Check = (value: unknown) => boolean;

const text =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most;
const pattern =
  (form: RegExp): Check =>
  (value) =>
    typeof value === 'string' && form.test(value);
const oneOf = (values: readonly string[]): Check => {
  const all: ReadonlySet<unknown> = new Set(values);
  return (value) => all.has(value);
};
const integer =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;

const name = text(1, 256);
const digest = pattern(/^sha256:[0-9a-f]{64}$/);
const uuid = pattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const seen: Check = (value) => name(value) && /^[!-~]+(?: [!-~]+)*$/.test(value as string);

/** Records of one batch share their instant, and looking it up in the calendar is the dearest check of all. */
let instantBefore = '';
const instant: Check = (value) => {
  if (value === instantBefore) return true;
  if (typeof value !== 'string' || value.length !== 24 || !isInstant(value)) return false;
  instantBefore = value;
  return true;
};

/** Details deeper than this go through the schema. */
const MOST_LEVELS = 16;

/** JSON of plain objects and lists, without the one key that the schema leaves out. */
function isJson(value: unknown, levels: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (levels === 0) return false;
      return Array.isArray(value) ? isList(value, levels - 1) : isMembers(value, levels - 1);
    default:
      return false;
  }
}

function isList(list: readonly unknown[], levels: number): boolean {
  // By number: a list with holes has undefined in them.
  for (let i = 0; i < list.length; i += 1) if (!isJson(list[i], levels)) return false;
  return true;
}

function isMembers(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  if (Object.hasOwn(value, '__proto__')) return false;
  for (const key in value) if (!isJson((value as Record<string, unknown>)[key], levels)) return false;
  return true;
}

/** A record with a field that is not here goes through the schema. */
const FIELDS: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    schema: oneOf([SCHEMA]),
    record_id: uuid,
    record_type: oneOf(['decision', 'run']),
    observed_at: instant,
    emitter: (value: unknown) => seen(value) && !/^exhibit\./i.test(value as string),
    sequence: integer(0),
    layer: oneOf(LAYERS),
    tool: seen,
    tool_version: name,
    format: name,
    raw_digest: digest,
    run_id: uuid,
    run_index: integer(0),
    run_total: integer(0),
    policy_id: seen,
    rule_id: name,
    policy_revision: name,
    bundle_digest: digest,
    engine: name,
    engine_version: name,
    control_map_digest: digest,
    subject_type: name,
    subject_id: text(1, 2_048),
    subject_name: text(0, 2_048),
    environment: name,
    file: text(1, 4_096),
    line: integer(1),
    column: integer(1),
    verdict: oneOf(VERDICTS),
    disposition: oneOf(DISPOSITIONS.filter((one) => one !== 'waived')),
    severity: oneOf(SEVERITIES),
    message: text(0, 16_384),
    details: (value: unknown) => isMembers(value, MOST_LEVELS),
    actor: name,
    actor_verified_by: name,
    repository: text(0, 2_048),
    commit: name,
    change: text(0, 2_048),
    input_digest: digest,
    input_ref: digest,
    ext: text(0, 16_384),
  }),
);

const ALWAYS = ['schema', 'record_id', 'record_type', 'observed_at', 'emitter', 'layer', 'tool'] as const;
const DECISION = [
  'run_id',
  'run_index',
  'policy_id',
  'subject_type',
  'subject_id',
  'verdict',
  'disposition',
  'severity',
] as const;
const RUN = ['run_id', 'run_total'] as const;

/**
 * Whether a value is surely a draft of the usual kind: the schema would take it as it is. False says nothing: the schema decides
 * then. It takes a fifth of the schema's time, and a test holds both against each other.
 */
export function isSurelyDraft(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const check = FIELDS.get(key);
    if (check === undefined || !check(record[key])) return false;
  }
  for (const key of ALWAYS) if (record[key] === undefined) return false;
  const needed = record.record_type === 'run' ? RUN : DECISION;
  for (const key of needed) if (record[key] === undefined) return false;
  return record.verdict !== 'pass' || record.disposition === undefined || record.disposition === 'none';
}
