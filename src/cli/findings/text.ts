import { plural } from '../../record/index.ts';
import { isOpen } from '../../respond/index.ts';
import type { Sink } from '../context.ts';
import { sentence, table } from '../terminal/table.ts';
import type { FindingMetricsReport, FindingReport, FindingsReport } from './schema.ts';

type To = Pick<Sink, 'isTTY' | 'columns'>;

/** Most findings that are shown; what is left out is counted, and `-o json` has all. */
const MOST = 50;

export function findingsText({ findings, counts, weaknesses, judged, at }: FindingsReport, sink: To): string {
  const rows = findings
    .slice(0, MOST)
    .map((each) => [
      each.id,
      each.state,
      each.severity,
      each.environment ?? '',
      each.rule ?? each.policy,
      each.subject,
      each.owner.weak ? `${each.owner.name} (default)` : each.owner.name,
      dueText(each),
    ]);
  const parts = [
    ...(rows.length === 0
      ? []
      : [
          table(
            [['FINDING', 'STATE', 'SEVERITY', 'ENVIRONMENT', 'POLICY', 'SUBJECT', 'OWNER', 'DUE'], ...rows],
            sink,
          ),
        ]),
    ...(findings.length > MOST ? [`and ${findings.length - MOST} more: -o json has all\n`] : []),
    ...(weaknesses.length === 0 && rows.length === 0 ? [] : ['\n']),
    ...weaknesses.map((each) => sentence(`weak: ${each}`, sink)),
  ];
  const open = counts.open + counts.acknowledged + counts.reopened;
  parts.push(
    sentence(
      `${plural(findings.length, 'finding')} at ${at}: ${open} open (${counts.reopened} reopened, ${counts.overdue} overdue, ${counts.escalated} escalated), ${counts.waived} waived, ${counts.withdrawn} withdrawn, ${counts.gone} gone, ${counts.resolved} resolved; ${plural(judged, 'verdict')} read`,
      sink,
    ),
  );
  if (judged === 0)
    parts.push(
      sentence('no verdict of the layer runtime is in the log: that nothing failed says nothing', sink),
    );
  return parts.join('');
}

function dueText({ state, due, overdue, escalation }: FindingsReport['findings'][number]): string {
  if (!isOpen(state)) return '';
  const level = escalation.level > 0 ? `, level ${escalation.level}` : '';
  return `${due.slice(0, 16)}Z${overdue ? ` overdue${level}` : ''}`;
}

export function findingText({ finding }: FindingReport, sink: To): string {
  const { owner, article23, escalation } = finding;
  const facts: [string, string][] = [
    ['finding', finding.id],
    ['state', finding.state],
    ['severity', finding.severity],
    ['policy', finding.policies.join(', ')],
    ...(finding.rule === undefined ? [] : [['rule', finding.rule] as [string, string]]),
    ['subject', finding.subject],
    ...(finding.environment === undefined ? [] : [['environment', finding.environment] as [string, string]]),
    ['owner', `${owner.name}, by ${owner.by} (${owner.evidence})${owner.weak ? ': weak' : ''}`],
    ['detected', finding.detected],
    ['due', `${finding.due}${finding.overdue ? `, overdue, level ${escalation.level}` : ''}`],
    ...(finding.snoozed_until === undefined
      ? []
      : [['snoozed until', finding.snoozed_until] as [string, string]]),
  ];
  const steps = (article23?.steps ?? []).map(({ step, due, limit, submitted, late, evidence }) => [
    step.replaceAll('_', ' '),
    `due ${due}${limit === undefined ? '' : ` (by the directive ${limit})`}`,
    submitted === undefined
      ? late
        ? 'late, not submitted'
        : 'not submitted'
      : `submitted ${submitted}${late ? ', late' : ''}`,
    `${plural(evidence.length, 'record')}`,
  ]);
  return [
    table(facts, sink),
    ...(steps.length === 0 ? [] : [`\nNIS2 Article 23, known at ${article23?.known}\n`, table(steps, sink)]),
    '\noccurrences\n',
    table(
      finding.all_occurrences
        .slice(0, MOST)
        .map(({ state, subject_id, policy, tools, last_failed, message }) => [
          state,
          subject_id,
          policy,
          tools.join(' '),
          last_failed,
          message ?? '',
        ]),
      sink,
    ),
    ...(finding.all_occurrences.length > MOST
      ? [`and ${finding.all_occurrences.length - MOST} more: -o json has all\n`]
      : []),
    '\nhistory\n',
    table(
      finding.history.map(({ at, what, record_id, actor, text }) => [
        at,
        what,
        record_id,
        actor ?? '',
        text ?? '',
      ]),
      sink,
    ),
    ...finding.notes.map((note) => sentence(`weak: ${note}`, sink)),
  ].join('');
}

type Figures = FindingMetricsReport['all'];

export function metricsText(report: FindingMetricsReport, sink: To): string {
  const row = (name: string, figures: Figures) => [
    name,
    `${figures.findings}`,
    `${figures.open}`,
    `${figures.overdue}`,
    ...(['detect', 'acknowledge', 'resolve'] as const).map((key) => figureText(figures[key])),
  ];
  const header = ['', 'FINDINGS', 'OPEN', 'OVERDUE', 'DETECT', 'ACKNOWLEDGE', 'RESOLVE'];
  const rows = [
    row('all', report.all),
    ...report.by_severity.map(({ severity, ...figures }) => row(severity, figures)),
    ...report.by_policy.map(({ policy, ...figures }) => row(policy, figures)),
    ...report.by_owner.map(({ owner, ...figures }) => row(owner, figures)),
  ];
  return [
    table([header, ...rows], sink),
    '\n',
    sentence(
      'median / 90th percentile; what is not done yet counts with its age so far, and "n open" says how many: then the figure is the least that it can be',
      sink,
    ),
    ...(report.judged === 0
      ? [sentence('no verdict of the layer runtime is in the log: that nothing failed says nothing', sink)]
      : []),
  ].join('');
}

function figureText({ count, open, median, p90 }: Figures['detect']): string {
  if (count === 0 || median === undefined || p90 === undefined) return 'none';
  return `${duration(median)} / ${duration(p90)}${open > 0 ? ` (${open} open)` : ''}`;
}

/** Seconds in the two largest units that are not zero. */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ];
  let rest = seconds;
  const parts = units.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.slice(0, 2).join(' ') || '0s';
}
