import { csvField, csvQuoted, type EvidenceRecord } from '../record/index.ts';
import type { ExportedDecision, Exporter } from './types.ts';

/** Columns that a record has under the same name. */
const FIELDS = [
  ...(['record_id', 'observed_at', 'recorded_at', 'layer', 'emitter', 'tool'] as const),
  ...(['policy_id', 'rule_id', 'subject_type', 'subject_id', 'subject_name', 'environment'] as const),
  ...(['verdict', 'disposition', 'severity', 'message', 'override_id', 'override_digest'] as const),
  ...(['file', 'line', 'column', 'repository', 'commit', 'change', 'actor', 'actor_verified_by'] as const),
  ...(['run_id', 'run_index', 'policy_revision', 'bundle_digest', 'control_map_digest'] as const),
  ...(['input_digest'] as const),
] satisfies readonly (keyof EvidenceRecord)[];

const COLUMNS = ['log_index', 'framework', 'control', 'strength', ...FIELDS, 'leaf_hash', 'coverage'];

/**
 * RFC 4180, one row a decision. Where a decision supports several controls, framework, control and strength hold as many values,
 * in the same order, with `; ` between: a row for each would count one decision more than once.
 */
export const csv: Exporter = async (decisions, { request, coverage }, write) => {
  const field = request.raw === true ? csvQuoted : csvField;
  const complete = coverage.complete ? 'complete' : 'not complete';
  await write(`${COLUMNS.join(',')}\r\n`);
  for await (const { index, leaf, record, controls } of decisions) {
    const row = [
      String(index),
      joined(controls, 'framework'),
      joined(controls, 'control'),
      joined(controls, 'strength'),
      ...FIELDS.map((name) => String(record[name] ?? '')),
      leaf,
      complete,
    ];
    await write(`${row.map(field).join(',')}\r\n`);
  }
};

function joined(controls: ExportedDecision['controls'], name: 'framework' | 'control' | 'strength'): string {
  return controls.map((each) => each[name]).join('; ');
}
