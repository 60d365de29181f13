import type { QueryAnswer } from '../../lake/index.ts';
import { countsOf, rowsOf } from '../report/rows.ts';

/** What the evidence of a period says about one control. Numbers with their denominators; no score. */
export interface ControlAnswer {
  control: string;
  title: string | null;
  /** As the framework's file says: automated, partial, manual; null where only a control map names the control. */
  coverage: string | null;
  /** Closed days on which a control map linked a policy to it, and those of them with a pass or a fail: what found nothing to judge, or came to no verdict, is no evidence of a day. */
  days_expected: number;
  days_with_evidence: number;
  decisions: number;
  /** All fails, waived or not: what pages and reports call fails. */
  failed: number;
  /** `fail` without those that an override covered: they are `waived`, and are no passes. */
  verdicts: Record<'pass' | 'fail' | 'waived' | 'error' | 'not_applicable' | 'not_evaluated', number>;
  /** In words, from the numbers above. */
  state: 'evidence on each day expected' | 'days without evidence' | 'no evidence' | 'nothing is expected';
}

/**
 * One line for each control that a question names.
 * @param days of `control-days`: what each day came to
 */
export function controlsOf(verdicts: QueryAnswer, coverage: QueryAnswer, days: QueryAnswer): ControlAnswer[] {
  const found = new Map<string, ControlAnswer>();
  const of = (control: string): ControlAnswer => {
    const known = found.get(control);
    if (known !== undefined) return known;
    const fresh: ControlAnswer = {
      control,
      title: null,
      coverage: null,
      days_expected: 0,
      days_with_evidence: 0,
      decisions: 0,
      failed: 0,
      verdicts: { pass: 0, fail: 0, waived: 0, error: 0, not_applicable: 0, not_evaluated: 0 },
      state: 'nothing is expected',
    };
    found.set(control, fresh);
    return fresh;
  };
  for (const row of rowsOf(coverage)) {
    const control = of(row.text('control'));
    control.title = row.maybe('title');
    control.coverage = row.maybe('coverage');
    control.days_expected = row.number('days_expected');
  }
  const open = new Set(days.coverage.from_log.days);
  for (const row of rowsOf(days)) {
    const { pass, fail } = countsOf(row);
    // Nothing is expected of a day before it is closed.
    if (pass + fail > 0 && !open.has(row.text('recorded_day')))
      of(row.text('control')).days_with_evidence += 1;
  }
  for (const row of rowsOf(verdicts)) {
    const control = of(row.text('control'));
    // A control of which nothing was judged has a line without a verdict.
    const said = row.maybe('verdict');
    if (said === null) continue;
    const count = row.number('decisions');
    const verdict = row.maybe('disposition') === 'waived' ? 'waived' : said;
    control.decisions += count;
    if (said === 'fail') control.failed += count;
    if (isVerdict(verdict)) control.verdicts[verdict] += count;
  }
  for (const control of found.values()) control.state = stateOf(control);
  return [...found.values()].sort((a, b) => (a.control < b.control ? -1 : 1));
}

function stateOf({ days_expected, days_with_evidence, decisions }: ControlAnswer): ControlAnswer['state'] {
  if (days_with_evidence === 0 && days_expected > 0) return 'no evidence';
  if (decisions === 0 && days_with_evidence === 0) return 'nothing is expected';
  return days_with_evidence < days_expected ? 'days without evidence' : 'evidence on each day expected';
}

const VERDICT_NAMES = new Set(['pass', 'fail', 'waived', 'error', 'not_applicable', 'not_evaluated']);

function isVerdict(name: string): name is keyof ControlAnswer['verdicts'] {
  return VERDICT_NAMES.has(name);
}
