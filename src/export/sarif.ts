import { createHash } from 'node:crypto';
import type { Severity, Verdict } from '../record/index.ts';
import { notes } from './notes.ts';
import type { ExportContext, ExportedDecision, Exporter } from './types.ts';

const LEVEL: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** `open`: evaluated, without information to decide. SARIF knows no error of a rule; the notification says it. */
const KIND: Record<Verdict, 'pass' | 'fail' | 'open' | 'notApplicable'> = {
  pass: 'pass',
  fail: 'fail',
  error: 'open',
  not_evaluated: 'open',
  not_applicable: 'notApplicable',
};

/**
 * SARIF 2.1.0, one run. Every decision is a result with its kind; a waived one is a fail with a suppression. Results come first, so
 * that they stream; what is known only at the end (rules, what was not decided) comes after them.
 */
export const sarif: Exporter = async (decisions, context, write) => {
  const rules = new Map<string, Set<string>>();
  let undecided = 0;
  await write(
    '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"columnKind":"utf16CodeUnits","results":[',
  );
  let separator = '\n';
  for await (const decision of decisions) {
    const { record, controls } = decision;
    const known = rules.get(ruleOf(decision)) ?? new Set();
    for (const { framework, control } of controls) known.add(`${framework}/${control}`);
    rules.set(ruleOf(decision), known);
    if (KIND[record.verdict ?? 'not_evaluated'] === 'open') undecided += 1;
    await write(`${separator}${JSON.stringify(result(decision))}`);
    separator = ',\n';
  }
  const { coverage } = context;
  const run = {
    tool: { driver: driver(rules, context) },
    invocations: [
      {
        executionSuccessful: undecided === 0 && coverage.complete,
        toolExecutionNotifications: [
          ...(undecided === 0
            ? []
            : [{ level: 'error', message: { text: `${undecided} decisions reached no verdict` } }]),
          ...notes(coverage).map((text) => ({ level: 'warning', message: { text } })),
        ],
      },
    ],
    properties: { coverage },
  };
  await write(`\n],${JSON.stringify(run).slice(1, -1)}}]}\n`);
};

const ruleOf = ({ record }: ExportedDecision): string => record.rule_id ?? record.policy_id ?? 'unknown';

function driver(rules: ReadonlyMap<string, ReadonlySet<string>>, { request }: ExportContext) {
  return {
    name: 'Exhibit',
    version: request.version,
    rules: [...rules]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, controls]) => ({
        id,
        properties: { tags: ['compliance', ...[...controls].sort()] },
      })),
  };
}

function result(decision: ExportedDecision) {
  const { index, leaf, record, controls } = decision;
  const kind = KIND[record.verdict ?? 'not_evaluated'];
  return {
    ruleId: ruleOf(decision),
    kind,
    // The specification: a level other than none stands with the kind fail only.
    level: kind === 'fail' ? LEVEL[record.severity ?? 'medium'] : 'none',
    message: { text: record.message ?? `${record.verdict}: ${record.subject_id}` },
    locations: [location(record)],
    partialFingerprints: { 'exhibitSubject/v1': fingerprint(decision) },
    ...(record.disposition === 'waived'
      ? {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: `override ${record.override_id}` },
          ],
        }
      : {}),
    properties: {
      record_id: record.record_id,
      log_index: index,
      leaf_hash: leaf,
      observed_at: record.observed_at,
      recorded_at: record.recorded_at,
      layer: record.layer,
      policy_id: record.policy_id,
      verdict: record.verdict,
      disposition: record.disposition,
      severity: record.severity,
      ...(record.override_id === undefined ? {} : { override_id: record.override_id }),
      controls: controls.map(({ framework, control }) => `${framework}/${control}`),
    },
  };
}

function location({ file, line, column, subject_id, subject_type }: ExportedDecision['record']) {
  return {
    ...(file === undefined
      ? {}
      : {
          physicalLocation: {
            artifactLocation: { uri: file.toWellFormed().split('/').map(encodeURIComponent).join('/') },
            ...(line === undefined
              ? {}
              : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } }),
          },
        }),
    logicalLocations: [{ fullyQualifiedName: subject_id ?? '', kind: subject_type ?? 'resource' }],
  };
}

/** As the report of a run has it, so that a finding keeps its identity between both. */
function fingerprint(decision: ExportedDecision): string {
  const { subject_type, subject_id, file } = decision.record;
  return createHash('sha256')
    .update(JSON.stringify([ruleOf(decision), subject_type, subject_id, file ?? '']))
    .digest('hex');
}
