import type { CheckResult } from '../report/report.ts';
import { printable } from '../terminal/text.ts';
import type { Render } from './format.ts';

/** One line a result that is not a pass: `file:line:column: verdict severity policy: message`, for grep and editors. */
export const plain: Render = (report) => {
  const idle = report.results
    .filter((result) => result.verdict === 'not_applicable')
    .map((result) => result.policy_id);
  const listed = report.results.filter((result) => isShown(result) && result.verdict !== 'not_applicable');
  const lines = listed.map((result) => {
    const place = [result.file ?? result.subject.id, result.line, result.column]
      .filter((p) => p !== undefined)
      .join(':');
    const state =
      result.disposition === 'waived'
        ? `${result.verdict}(waived by ${result.override_id ?? '?'})`
        : result.verdict;
    return printable(
      `${place}: ${state} ${result.severity} ${result.rule_id}: ${result.message ?? ''}`.trimEnd(),
    );
  });
  if (idle.length > 0)
    lines.push(printable(`not applicable (no subject here): ${[...new Set(idle)].join(', ')}`));
  lines.push(summaryLine(report.summary), `exit ${report.exit_code}: ${report.reason}`);
  return `${lines.join('\n')}\n`;
};

/** Passes are counted, not listed; everything else is listed. */
export function isShown(result: CheckResult): boolean {
  return result.verdict !== 'pass';
}

/** Counts in the order in which a reader should worry; nothing is left out. */
export function summaryLine(summary: {
  subjects: number;
  pass: number;
  fail: number;
  error: number;
  not_applicable: number;
  not_evaluated: number;
  waived: number;
}): string {
  const { subjects, fail, waived, error, not_evaluated, pass, not_applicable } = summary;
  return (
    `${subjects} ${subjects === 1 ? 'subject' : 'subjects'}: ${fail} fail, ${waived} waived, ${error} error, ` +
    `${not_evaluated} not evaluated, ${pass} pass, ${not_applicable} not applicable`
  );
}
