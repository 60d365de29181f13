import type { BridgeRow } from '../../lake/index.ts';
import type { Answers } from './ask.ts';
import type { Latest } from './latest.ts';
import { manualOf, systemDecisionsOf } from './named.ts';
import { countsOf, type Row, rowsOf } from './rows.ts';
import type { AuditReport, ControlKind, ControlReport, PolicyChange } from './schema.ts';
import type { StatedFramework, StatedVersion } from './versions.ts';

export interface ControlFacts {
  answers: Answers;
  framework: StatedFramework | undefined;
  /** In force at the end of the period. */
  inForce: readonly StatedVersion[];
  links: readonly BridgeRow[];
  changes: readonly PolicyChange[];
  /** Days on which evidence could be expected: those of the period up to today. */
  days_expected: number;
  /** The last decision of each control. */
  latest: ReadonlyMap<string, Latest>;
}

/** One entry for each control that the framework lists, or that evidence names though no framework does. Sorted as the framework lists them. */
export function controlsOf(facts: ControlFacts): ControlReport[] {
  const { answers, framework, links } = facts;
  const grouped = Object.fromEntries(
    (
      [
        'control-days',
        'control-layers',
        'control-subjects',
        'control-exceptions',
        'control-waivers',
        'manual-evidence',
        'ai-systems',
      ] as const
    ).map((name) => [name, Map.groupBy(rowsOf(answers[name]), (row) => row.text('control'))]),
  ) as Record<string, Map<string, Row[]>>;
  const listed = (framework?.controls ?? []).map(({ id }) => id.replace(`${framework?.id}/`, ''));
  const others = new Set([
    ...links.map(({ control }) => control),
    ...(grouped['control-days']?.keys() ?? []),
    ...(grouped['manual-evidence']?.keys() ?? []),
    ...(grouped['ai-systems']?.keys() ?? []),
  ]);
  const names = [...listed, ...[...others].filter((name) => !listed.includes(name)).sort()];
  return names.map((id) => controlOf(id, (name) => grouped[name]?.get(id) ?? [], facts));
}

function controlOf(
  id: string,
  rows: (question: string) => readonly Row[],
  { framework, inForce, links, changes, days_expected, latest }: ControlFacts,
): ControlReport {
  const listed = framework?.controls.find((each) => each.id === id || each.id === `${framework.id}/${id}`);
  const own = links.filter(({ control }) => control === id);
  const policies = own.flatMap((link) => policyOf(link, inForce));
  const days = rows('control-days').map((row) => ({
    day: row.text('recorded_day'),
    ...countsOf(row),
    stopped: row.number('stopped'),
  }));
  const named = new Set([
    ...policies.map(({ policy_id }) => policy_id),
    ...rows('control-layers').map((row) => row.text('policy_id')),
  ]);
  const exceptions = rows('control-exceptions');
  return {
    id,
    title: listed?.title ?? '',
    kind: kindOf(own, listed?.coverage),
    policies,
    foreign_checks: own.length - policies.length,
    ...sumOf(days),
    subjects: rows('control-subjects')[0]?.number('subjects') ?? 0,
    days_expected,
    days_with_evidence: days.filter(({ pass, fail }) => pass + fail > 0).length,
    layers: rows('control-layers').map((row) => layerOf(row, inForce)),
    days,
    exceptions: exceptions[0]?.number('exceptions') ?? 0,
    exceptions_listed: exceptions.map(exceptionOf),
    waivers: rows('control-waivers').map((row) => ({
      override_id: row.text('override_id'),
      policy_id: row.text('policy_id'),
      uses: row.number('uses'),
    })),
    changes: changes.filter(({ policy_id }) => named.has(policy_id)),
    manual: rows('manual-evidence').map(manualOf),
    ai_systems: rows('ai-systems').map(systemDecisionsOf),
    latest: latest.get(id) ?? null,
  };
}

/** What the links say, not what came: evidence is counted apart. */
export function kindOf(
  links: readonly Pick<BridgeRow, 'strength'>[],
  coverage: string | undefined,
): ControlKind {
  if (links.some(({ strength }) => strength === 'full')) return 'automated';
  if (links.length > 0) return 'partly';
  return coverage === 'manual' ? 'manual' : 'none';
}

function policyOf(link: BridgeRow, inForce: readonly StatedVersion[]): ControlReport['policies'] {
  const version = inForce.findLast(({ policies }) => policies.has(link.policy_id));
  const policy = version?.policies.get(link.policy_id);
  if (version === undefined || policy === undefined) return [];
  const digest = version.files.get(policy.file);
  return [
    {
      policy_id: policy.id,
      title: policy.title,
      says: policy.description,
      rationale: link.rationale,
      strength: link.strength,
      severity: policy.severity,
      owner: policy.owner,
      cadence: policy.cadence,
      since: policy.since,
      modes: policy.layers,
      remediation: policy.remediation,
      inputs: policy.inputs,
      file: policy.file,
      ...(digest === undefined ? {} : { text_digest: digest }),
      revision: version.revision,
    },
  ];
}

function layerOf(row: Row, inForce: readonly StatedVersion[]): ControlReport['layers'][number] {
  const [policy_id, layer] = [row.text('policy_id'), row.text('layer')];
  const policy = inForce.findLast(({ policies }) => policies.has(policy_id))?.policies.get(policy_id);
  return {
    policy_id,
    layer,
    tool: row.text('tool'),
    mode: policy?.layers[layer] ?? (policy === undefined ? 'unknown' : 'not declared'),
    first_day: row.text('first_day'),
    last_day: row.text('last_day'),
    days: row.number('days'),
    ...countsOf(row),
    denied: row.number('denied'),
  };
}

function exceptionOf(row: Row): ControlReport['exceptions_listed'][number] {
  return {
    policy_id: row.text('policy_id'),
    subject_type: row.text('subject_type'),
    subject_id: row.text('subject_id'),
    environment: row.text('environment'),
    severity: row.text('severity'),
    message: row.text('message'),
    first_failed: row.text('first_failed_at'),
    last_failed: row.text('last_failed_at'),
    fails: row.number('fails'),
    waived: row.number('waived'),
    passed: row.maybe('passed_at'),
    record_id: row.text('record_id'),
    log_index: row.number('log_index'),
  };
}

function sumOf(days: ControlReport['days']) {
  const sum = { decisions: 0, pass: 0, fail: 0, waived: 0, undecided: 0, not_applicable: 0 };
  for (const one of days) for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += one[name];
  return sum;
}

/** What all controls have together, each decision and each exception once. */
export function totalsOf(
  answers: Pick<Answers, 'framework-decisions' | 'control-exceptions'>,
): AuditReport['totals'] {
  const [decisions] = rowsOf(answers['framework-decisions']).map(countsOf);
  const [exception] = rowsOf(answers['control-exceptions']);
  return {
    ...(decisions ?? sumOf([])),
    exceptions: exception?.number('distinct_exceptions') ?? 0,
  };
}

export function denominatorsOf(controls: readonly ControlReport[]): AuditReport['denominators'] {
  const of = (kind: ControlKind) => controls.filter((control) => control.kind === kind).length;
  return {
    controls: controls.length,
    automated: of('automated'),
    partly: of('partly'),
    manual: of('manual'),
    none: of('none'),
    with_evidence: controls.filter(({ pass, fail }) => pass + fail > 0).length,
    with_exceptions: controls.filter(({ exceptions }) => exceptions > 0).length,
    with_manual: controls.filter(({ manual }) => manual.some(({ in_force }) => in_force)).length,
  };
}
