import { VERDICTS, type Verdict } from '../record/index.ts';
import type { ExpectedControl, ExportContext, ExportedDecision } from './types.ts';

/** Decisions that are named one by one, of each policy and control; counts are of all. */
export const NAMED = 100;

/** What one policy decided for one control in the period. */
export interface PolicySummary {
  policy_id: string;
  strength: string;
  decisions: number;
  counts: Record<Verdict, number>;
  waived: number;
  layers: Set<string>;
  first?: { index: number; observed_at: string };
  last?: { index: number; observed_at: string };
  /** The first of what did not pass, in the order of the log. */
  named: { index: number; record_id: string; observed_at: string; text: string }[];
}

/** Whether a control may be called satisfied, with the reasons why not. */
export interface ControlSummary extends Omit<ExpectedControl, 'policies'> {
  policies: PolicySummary[];
  state: 'satisfied' | 'failed' | 'undecided' | 'not_applicable' | 'nothing_judged';
  reasons: string[];
}

/**
 * Counts decisions by control and policy. A control is satisfied only where each policy that supports it passed or found nothing to
 * judge, at least one passed, no link is weaker than partial throughout, and nothing of the period is missing.
 */
export async function summarize(
  decisions: AsyncIterable<ExportedDecision>,
  { expected }: ExportContext,
): Promise<Map<string, PolicySummary[]>> {
  const found = new Map<string, Map<string, PolicySummary>>();
  for (const { framework, control, policies } of expected) {
    const empty = policies.map(
      ({ policy_id, strength }) => [policy_id, newSummary(policy_id, strength)] as const,
    );
    found.set(`${framework}/${control}`, new Map(empty));
  }
  for await (const decision of decisions) {
    for (const { framework, control, strength } of decision.controls) {
      const key = `${framework}/${control}`;
      const policies = found.get(key) ?? new Map<string, PolicySummary>();
      const policy_id = decision.record.policy_id ?? '';
      const summary = policies.get(policy_id) ?? newSummary(policy_id, strength);
      policies.set(policy_id, summary);
      found.set(key, policies);
      add(summary, decision);
    }
  }
  return new Map(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, policies]) => [
        key,
        [...policies.values()].sort((a, b) => (a.policy_id < b.policy_id ? -1 : 1)),
      ]),
  );
}

/** The conclusion for each control, sorted. */
export function concludeAll(
  found: ReadonlyMap<string, PolicySummary[]>,
  { expected, coverage }: ExportContext,
): ControlSummary[] {
  const titles = new Map(expected.map((each) => [`${each.framework}/${each.control}`, each.title]));
  return [...found].map(([key, policies]) => {
    const [framework = '', control = ''] = key.split('/');
    const title = titles.get(key);
    const general = coverage.gaps.filter(({ policy }) => policy === undefined).length;
    const gaps = [
      ...(general === 0
        ? []
        : [`evidence of the period is missing (${general} gaps, listed with the period)`]),
      ...coverage.gaps
        .filter(({ policy }) => policy !== undefined && policies.some((each) => each.policy_id === policy))
        .map(({ message }) => `evidence is missing: ${message}`),
    ];
    return {
      ...{ framework, control, policies },
      ...(title === undefined ? {} : { title }),
      ...conclude(policies, gaps),
    };
  });
}

function conclude(
  policies: readonly PolicySummary[],
  gaps: readonly string[],
): Pick<ControlSummary, 'state' | 'reasons'> {
  const sum = (of: (each: PolicySummary) => number) => policies.reduce((total, each) => total + of(each), 0);
  const fails = sum(({ counts }) => counts.fail);
  const waived = sum((each) => each.waived);
  const open = sum(({ counts }) => counts.error + counts.not_evaluated);
  const passes = sum(({ counts }) => counts.pass);
  const silent = policies.filter(({ decisions }) => decisions === 0).map(({ policy_id }) => policy_id);
  const reasons = [
    ...(fails === 0 ? [] : [`${fails} decisions failed${waived === 0 ? '' : `, ${waived} of them waived`}`]),
    ...(open === 0 ? [] : [`${open} decisions reached no verdict`]),
    ...(policies.length === 0 ? ['no policy supports it: nothing was judged'] : []),
    ...silent.map((policy) => `policy ${policy} decided nothing in the period`),
    ...gaps,
  ];
  if (fails > 0) return { state: 'failed', reasons };
  if (policies.length === 0 || sum(({ decisions }) => decisions) === 0)
    return { state: 'nothing_judged', reasons };
  if (reasons.length > 0) return { state: 'undecided', reasons };
  if (passes === 0) return { state: 'not_applicable', reasons: ['its policies found nothing to judge'] };
  if (policies.every(({ strength }) => strength === 'supporting'))
    return { state: 'undecided', reasons: ['its policies only support it; what it asks for needs more'] };
  return { state: 'satisfied', reasons: [] };
}

function newSummary(policy_id: string, strength: string): PolicySummary {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  return { policy_id, strength, decisions: 0, counts, waived: 0, layers: new Set(), named: [] };
}

function add(summary: PolicySummary, { index, record }: ExportedDecision): void {
  const verdict = record.verdict ?? 'not_evaluated';
  const at = { index, observed_at: record.observed_at };
  summary.decisions += 1;
  summary.counts[verdict] += 1;
  summary.layers.add(record.layer);
  summary.first ??= at;
  summary.last = at;
  if (record.disposition === 'waived') summary.waived += 1;
  if (verdict === 'pass' || verdict === 'not_applicable' || summary.named.length >= NAMED) return;
  const waived = record.disposition === 'waived' ? `, waived by override ${record.override_id}` : '';
  summary.named.push({
    index,
    record_id: record.record_id,
    observed_at: record.observed_at,
    text: `${verdict}${waived}: ${record.subject_type} ${record.subject_id}, leaf ${index}`,
  });
}
