import type { CheckReport, CheckResult } from '../report/report.ts';
import { OBEYED, printable } from '../terminal/text.ts';
import type { Render } from './format.ts';
import { toShow, type Weight, weightOf } from './order.ts';
import { closingLines, doneAbout } from './plain.ts';

/** GitHub shows the first ten annotations of each kind of a step, and drops the others without a word. */
export const ANNOTATION_LIMIT = 10;

/**
 * Workflow commands of GitHub Actions: an annotation a result, at its file and line. Where there are more than GitHub shows, the last
 * place is a word about the rest, which is listed below as plain lines.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export const github: Render = (report) => {
  const all = toShow(report);
  const lines: string[] = [];
  const rest: CheckResult[] = [];
  for (const weight of ['error', 'warning', 'notice'] as const) {
    const results = all.filter((result) => weightOf(result, report) === weight);
    const room = ANNOTATION_LIMIT - (own(report, weight) === undefined ? 0 : 1);
    const kept = results.length <= room ? results : results.slice(0, room - 1);
    lines.push(...kept.map((result) => annotation(weight, result)));
    if (kept.length < results.length) {
      rest.push(...results.slice(kept.length));
      const more = `${results.length - kept.length} of ${results.length} more are not annotated: GitHub shows ${ANNOTATION_LIMIT} of a kind a step. The log and the step summary list them.`;
      lines.push(command(weight, { title: 'Exhibit' }, more));
    }
    const told = own(report, weight);
    if (told !== undefined) lines.push(command(weight, { title: 'Exhibit' }, told));
  }
  lines.push(...rest.map(plainLine), ...closingLines(report));
  return `${lines.join('\n')}\n`;
};

/** What the gate itself has to say. */
function own(report: CheckReport, weight: Weight): string | undefined {
  if (weight === 'warning' && report.advisory !== undefined)
    return `This gate is advisory: nothing is blocked. Otherwise: exit ${report.advisory.exit_code}: ${printable(report.advisory.reason)}`;
  return undefined;
}

function annotation(weight: Weight, result: CheckResult): string {
  const { file, line, column } = result;
  const place = file === undefined ? {} : { file, ...(line === undefined ? {} : { line, endLine: line }) };
  const col = file === undefined || line === undefined || column === undefined ? {} : { col: column };
  return command(weight, { ...place, ...col, title: `${result.severity} ${result.rule_id}` }, text(result));
}

function text(result: CheckResult): string {
  const done = doneAbout(result);
  return [
    `${result.verdict.replace('_', ' ')}${done === '' ? '' : ` (${done})`}: ${result.message ?? result.subject.id}`,
    `subject: ${result.subject.id}`,
    ...(result.fix === undefined ? [] : [`fix: ${result.fix}`]),
    ...(result.controls.length === 0 ? [] : [`controls: ${result.controls.join(', ')}`]),
  ]
    .map(printable)
    .join('\n');
}

function plainLine(result: CheckResult): string {
  const place = [result.file ?? result.subject.id, result.line, result.column].filter((p) => p !== undefined);
  const done = doneAbout(result);
  return printable(
    `${place.join(':')}: ${result.verdict}${done === '' ? '' : `(${done})`} ${result.severity} ${result.rule_id}: ${result.message ?? ''}`.trimEnd(),
  );
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts for what is escaped where */
function command(
  weight: Weight,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${weight} ${listed.join(',')}::${data(message)}`;
}

/** The runner's escapes; before them whatever could be a command of another pipeline that prints this. */
function data(value: string): string {
  return value
    .toWellFormed()
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/##(?=[A-Za-z]{0,20}\[)/g, '#%23');
}

function property(value: string): string {
  return data(value.replace(OBEYED, printable)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
