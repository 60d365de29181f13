/** A column of the lake: its name, its type in Parquet, and the expression over the record's JSON that fills it. */
export interface Column {
  name: string;
  type: 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'TIMESTAMP' | 'BOOLEAN';
  /** Over the raw columns of JSON_COLUMNS; the name itself where it is the same. */
  from: string;
}

const text = (name: string, from = `"${name}"`): Column => ({ name, type: 'VARCHAR', from });
const number = (name: string, from = `"${name}"`): Column => ({ name, type: 'BIGINT', from });
// The trailing Z is read as UTC and dropped: Athena and DuckDB agree on naive timestamps only. Records carry milliseconds.
const time = (name: string): Column => ({ name, type: 'TIMESTAMP', from: `CAST("${name}" AS TIMESTAMP)` });

/** How the record's JSON is read: field name and DuckDB type. JSON keeps the text of a nested value as it is. */
export const JSON_COLUMNS: Readonly<Record<string, 'VARCHAR' | 'BIGINT' | 'JSON'>> = {
  log_index: 'BIGINT',
  leaf_hash: 'VARCHAR',
  schema: 'VARCHAR',
  record_id: 'VARCHAR',
  record_type: 'VARCHAR',
  observed_at: 'VARCHAR',
  recorded_at: 'VARCHAR',
  emitter: 'VARCHAR',
  sequence: 'BIGINT',
  layer: 'VARCHAR',
  tool: 'VARCHAR',
  tool_version: 'VARCHAR',
  format: 'VARCHAR',
  raw_digest: 'VARCHAR',
  run_id: 'VARCHAR',
  run_index: 'BIGINT',
  run_total: 'BIGINT',
  policy_id: 'VARCHAR',
  rule_id: 'VARCHAR',
  policy_revision: 'VARCHAR',
  bundle_digest: 'VARCHAR',
  engine: 'VARCHAR',
  engine_version: 'VARCHAR',
  control_map_digest: 'VARCHAR',
  subject_type: 'VARCHAR',
  subject_id: 'VARCHAR',
  subject_name: 'VARCHAR',
  environment: 'VARCHAR',
  file: 'VARCHAR',
  line: 'BIGINT',
  column: 'BIGINT',
  verdict: 'VARCHAR',
  disposition: 'VARCHAR',
  severity: 'VARCHAR',
  message: 'VARCHAR',
  details: 'JSON',
  actor: 'VARCHAR',
  actor_verified_by: 'VARCHAR',
  repository: 'VARCHAR',
  commit: 'VARCHAR',
  change: 'VARCHAR',
  input_digest: 'VARCHAR',
  input_ref: 'VARCHAR',
  redactions: 'JSON',
  override_id: 'VARCHAR',
  override_digest: 'VARCHAR',
  ext: 'VARCHAR',
};

/** Columns that each record has in both shapes, in file order. `line` and `column` end in `_number`: COLUMN is reserved in SQL. */
const COMMON: readonly Column[] = [
  number('log_index'),
  text('record_id'),
  text('record_type'),
  time('observed_at'),
  time('recorded_at'),
  {
    name: 'late',
    type: 'BOOLEAN',
    // A policy and an override are true since their commit or creation: that they are recorded when first used is not late.
    from: `"record_type" NOT IN ('policy', 'override') AND CAST(CAST("observed_at" AS TIMESTAMP) AS DATE) < CAST(CAST("recorded_at" AS TIMESTAMP) AS DATE)`,
  },
  text('emitter'),
  number('sequence'),
  text('layer'),
  text('tool'),
  text('tool_version'),
  text('format'),
  text('raw_digest'),
  text('run_id'),
  number('run_index'),
  number('run_total'),
  text('policy_id'),
  text('rule_id'),
  text('policy_revision'),
  text('bundle_digest'),
  text('engine'),
  text('engine_version'),
  text('control_map_digest'),
  text('subject_type'),
  text('subject_id'),
  text('subject_name'),
  text('environment'),
  text('file'),
  number('line_number', '"line"'),
  number('column_number', '"column"'),
  text('verdict'),
  text('disposition'),
  text('severity'),
  text('message'),
  text('details', 'CAST("details" AS VARCHAR)'),
  text('actor'),
  text('actor_verified_by'),
  text('repository'),
  text('commit'),
  text('change'),
  text('input_digest'),
  text('input_ref'),
  text('redactions', 'CAST("redactions" AS VARCHAR)'),
  text('override_id'),
  text('override_digest'),
  text('ext'),
  text('record_schema', '"schema"'),
  text('schema_version'),
  text('origin'),
];

/** One row a record, of all types. The leaf hash is left out: it is half of the bytes, and the log has it by log_index. */
export const FACT_COLUMNS: readonly Column[] = COMMON;

/** One row per decision and control. */
export const EVIDENCE_COLUMNS: readonly Column[] = [
  text('framework'),
  text('control'),
  text('strength'),
  ...COMMON,
  text('leaf_hash'),
];

/** What decisions of a day are told apart by in the daily counts. */
const COUNTED_BY = new Set([
  ...['layer', 'tool', 'policy_id', 'bundle_digest', 'control_map_digest'],
  ...['environment', 'verdict', 'disposition', 'severity'],
]);

/** One row for each combination that decisions of a day have, with their number: what a question over a year of all controls reads. */
export const DAILY_COUNT_COLUMNS: readonly Column[] = [
  ...COMMON.filter(({ name }) => COUNTED_BY.has(name)),
  number('decisions', 'count(*)'),
];

/** Names for a SELECT list, quoted. */
export function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => `"${name}"`).join(', ');
}
