import { plural } from '../../record/index.ts';
import { type CheckReport, type CheckResult, dispositionOf } from '../report/report.ts';
import { printable } from '../terminal/text.ts';
import type { Render } from './format.ts';

/** One line a result that is not a pass: `file:line:column: verdict severity policy: message`, for grep and editors. */
export const plain: Render = (report) => {
  const listed = report.results.filter((result) => isShown(result) && result.verdict !== 'not_applicable');
  const lines = listed.map((result) => {
    const place = [result.file ?? result.subject.id, result.line, result.column]
      .filter((p) => p !== undefined)
      .join(':');
    const done = doneAbout(result);
    const state = `${result.verdict}${done === '' ? '' : `(${done})`}`;
    const fix = result.fix === undefined ? '' : ` Fix: ${result.fix}`;
    return printable(
      `${place}: ${state} ${result.severity} ${result.rule_id}: ${result.message ?? ''}${fix}`.trimEnd(),
    );
  });
  return `${[...lines, ...closingLines(report)].join('\n')}\n`;
};

/** Passes are counted, not listed; everything else is listed. */
export function isShown(result: CheckResult): boolean {
  return result.verdict !== 'pass';
}

/** What was done about a result that did not simply pass or fail, in words; in a simulation what would be done. */
export function doneAbout(result: CheckResult): string {
  return [done(result), result.known === undefined ? '' : KNOWN[result.known]].filter(Boolean).join('; ');
}

const KNOWN = { baseline: 'in the baseline', unchanged: 'not of this change' } as const;

function done(result: CheckResult): string {
  const would = result.would === undefined ? '' : 'would be ';
  const disposition = dispositionOf(result);
  switch (disposition) {
    case 'waived': {
      const until = result.override_sunset === undefined ? '' : ` until ${result.override_sunset}`;
      return `${would}waived by ${result.would?.override_id ?? result.override_id ?? '?'}${until}`;
    }
    case 'warned':
    case 'observed':
    case 'awaiting_approval':
      return `${would}${disposition.replace('_', ' ')}`;
    case 'enforced':
      return result.would === undefined ? '' : 'would be enforced';
    case 'none':
      return '';
  }
}

/** How the run ended: what was a simulation, counts in the order in which a reader should worry, the exit code and why. */
export function closingLines(report: CheckReport): string[] {
  const { results, summary, effective_time, exit_code, reason } = report;
  const { subjects, fail, waived, error, not_evaluated, pass, not_applicable } = summary;
  return [
    ...(effective_time === null ? [] : [`Simulated as of ${effective_time}: nothing was enforced.`]),
    `${plural(subjects, 'subject')}, ${plural(results.length - not_applicable, 'verdict')}: ${fail} fail, ${waived} waived, ${error} error, ${not_evaluated} not evaluated, ${pass} pass`,
    ...(not_applicable === 0
      ? []
      : [`${plural(not_applicable, 'time')} a policy found no subject (not applicable; -o json lists them)`]),
    ...overrideLines(report.overrides),
    ...knownLines(report),
    ...preCommitLines(report),
    ...advisoryLines(report),
    // Its end may be what a server answered.
    `exit ${exit_code}: ${printable(reason)}`,
  ];
}

/** What was there before the change: counted, shown, and blocking where an override is the only way. */
function knownLines({ known }: CheckReport): string[] {
  if (known === undefined) return [];
  const { baseline, changed_since, blocking, fail_on } = known;
  const found = [
    ...(baseline === undefined ? [] : [`${baseline.found} in the baseline ${printable(baseline.file)}`]),
    ...(changed_since === undefined
      ? []
      : [`${changed_since.unchanged} not of this change (since ${changed_since.commit.slice(0, 12)})`]),
  ];
  const least = fail_on === 'any' ? '' : ` at or above ${fail_on}`;
  const left = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  return [
    `known violations: ${found.join(', ')}; ${blocking}${least} block all the same`,
    ...left(baseline?.gone ?? 0, 'of the baseline were not found here: mended, or not judged'),
    ...left(baseline?.ignored ?? 0, 'were added to the baseline by this change and do not count'),
  ];
}

/** Whether the commits of the change went through a hook. */
function preCommitLines({ pre_commit }: CheckReport): string[] {
  if (pre_commit === undefined) return [];
  const { commits, judged, without_input, missing } = pre_commit;
  const short = missing
    .slice(0, 10)
    .map((each) => each.commit.slice(0, 12) + (each.state === 'refused' ? ' (was refused)' : ''));
  const rest = missing.length > 10 ? ` and ${missing.length - 10} more (-o json lists them)` : '';
  return [
    `pre-commit: ${judged} of ${commits} commits have a record, ${without_input} touch nothing that is judged`,
    ...(missing.length === 0 ? [] : [`no pre-commit record for ${short.join(', ')}${rest}`]),
  ];
}

export const ADVISORY = 'This gate is advisory: nothing is blocked.';

/** How it would have ended, where the gate only warns. */
export function advisoryLines({ advisory }: CheckReport): string[] {
  if (advisory === undefined) return [];
  return [`${ADVISORY} Otherwise: exit ${advisory.exit_code}: ${printable(advisory.reason)}`];
}

/** What whoever answers for the overrides should do something about. */
function overrideLines({ orphans, expired, expiring_7 }: CheckReport['overrides']): string[] {
  const late = expired.map(({ id, matched }) => `${id} (${matched})`);
  const told: [string, string[]][] = [
    ['overrides that matched nothing here (orphans)', orphans],
    ['overrides past their sunset, with the fails that they would still match', late],
    ['overrides that end within 7 days', expiring_7],
  ];
  return told.flatMap(([what, ids]) => (ids.length === 0 ? [] : [printable(`${what}: ${ids.join(', ')}`)]));
}
