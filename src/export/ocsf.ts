import type { Severity, Verdict } from '../record/index.ts';
import type { ExportContext, ExportedDecision, Exporter } from './types.ts';

/** The released schema that events follow. @see https://schema.ocsf.io/1.8.0/classes/compliance_finding */
export const OCSF_VERSION = '1.8.0';

const SEVERITY: Record<Severity, readonly [id: number, name: string]> = {
  info: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};

/**
 * Pass only for a pass. A waived fail stays Fail: OCSF has no word for it, so disposition and override stand in `unmapped`.
 * What was not decided is Unknown, never Warning, which reads like a result.
 */
const STATUS: Record<Verdict, readonly [id: number, name: string]> = {
  pass: [1, 'Pass'],
  fail: [3, 'Fail'],
  error: [0, 'Unknown'],
  not_evaluated: [0, 'Unknown'],
  not_applicable: [99, 'not_applicable'],
};

/** One Compliance Finding (class 2003) a decision: one a line, or one JSON array. */
export const ocsf: Exporter = async (decisions, context, write) => {
  const { array = false } = context.request;
  let first = true;
  for await (const decision of decisions) {
    const event = JSON.stringify(ocsfEvent(decision, context));
    await write(array ? `${first ? '[\n' : ',\n'}${event}` : `${event}\n`);
    first = false;
  }
  if (array) await write(first ? '[]\n' : '\n]\n');
};

/** The event of one decision. */
export function ocsfEvent({ index, leaf, record, controls }: ExportedDecision, context: ExportContext) {
  const { coverage, request } = context;
  const verdict = record.verdict ?? 'not_evaluated';
  const [severity_id, severity] =
    record.severity === undefined ? ([0, 'Unknown'] as const) : SEVERITY[record.severity];
  const [status_id, status] = STATUS[verdict];
  const time = Date.parse(record.observed_at);
  const frameworks = [...new Set(controls.map(({ framework }) => framework))];
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2003,
    class_name: 'Compliance Finding',
    type_uid: 200_301,
    type_name: 'Compliance Finding: Create',
    time,
    severity_id,
    severity,
    ...(record.message === undefined ? {} : { message: record.message }),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Exhibit', vendor_name: 'Exhibit', version: request.version },
      uid: record.record_id,
      log_name: coverage.ledger.origin,
      log_provider: record.tool,
      logged_time: Date.parse(record.recorded_at),
      original_time: record.observed_at,
      sequence: index,
    },
    finding_info: {
      uid: record.record_id,
      title: record.policy_id ?? record.record_id,
      created_time: time,
      ...(record.message === undefined ? {} : { desc: record.message }),
      analytic: {
        type_id: 1,
        type: 'Rule',
        uid: record.rule_id ?? record.policy_id ?? 'unknown',
        ...(record.policy_revision === undefined ? {} : { version: record.policy_revision }),
      },
    },
    compliance: {
      control: record.policy_id,
      requirements: controls.map(({ framework, control }) => `${framework}/${control}`),
      standards: frameworks,
      status_id,
      status,
      status_code: verdict,
    },
    resources: [
      {
        uid: record.subject_id,
        ...(record.subject_name === undefined ? {} : { name: record.subject_name }),
        type: record.subject_type,
        role_id: 1,
        role: 'Target',
        ...(record.environment === undefined ? {} : { labels: [`environment:${record.environment}`] }),
      },
    ],
    evidences: [{ name: 'evidence record', uid: record.record_id, data: evidence(record) }],
    unmapped: {
      verdict,
      disposition: record.disposition,
      ...(record.override_id === undefined
        ? {}
        : { override_id: record.override_id, override_digest: record.override_digest }),
      layer: record.layer,
      emitter: record.emitter,
      ...pick(record, [
        'run_id',
        'run_index',
        'actor',
        'actor_verified_by',
        'repository',
        'commit',
        'change',
      ]),
      controls: controls.map(({ framework, control, strength }) => ({ framework, control, strength })),
      ...(record.ext === undefined ? {} : { ext: record.ext }),
      ledger: { ...coverage.ledger, index, leaf_hash: leaf },
      coverage: { from: coverage.from, to: coverage.to, complete: coverage.complete },
    },
  };
}

function evidence(record: ExportedDecision['record']) {
  return pick(record, [
    'input_digest',
    'input_ref',
    'raw_digest',
    'bundle_digest',
    'control_map_digest',
    'policy_revision',
    'engine',
    'engine_version',
    'tool_version',
    'file',
    'line',
    'column',
    'details',
  ]);
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  ) as Partial<Pick<T, K>>;
}
