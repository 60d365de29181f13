import { blocks, type CheckReport, type CheckResult, dispositionOf } from '../report/report.ts';

/** What a reader of a change has to look at, what blocks first; passes and what does not apply are counted only. */
export function toShow(report: CheckReport): CheckResult[] {
  const shown = report.results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not_applicable');
  const rank = (result: CheckResult) => RANKS.indexOf(weightOf(result, report));
  // The order within a rank is the report's: by severity and place.
  return shown
    .map((result, at) => ({ result, at }))
    .sort((a, b) => rank(a.result) - rank(b.result) || a.at - b.at)
    .map(({ result }) => result);
}

const RANKS = ['error', 'warning', 'notice'] as const;
export type Weight = (typeof RANKS)[number];

/** error: it stops the gate, or nobody could judge it. warning: it does not stop. notice: waived or only observed. */
export function weightOf(result: CheckResult, { fail_on, advisory }: CheckReport): Weight {
  const disposition = dispositionOf(result);
  if (disposition === 'waived' || disposition === 'observed') return 'notice';
  if (result.verdict !== 'fail') return advisory === undefined ? 'error' : 'warning';
  return blocks(result, fail_on) ? 'error' : 'warning';
}
