import { type CheckResult, dispositionOf } from '../report/report.ts';
import type { Colors } from '../terminal/color.ts';
import { printable, wrap } from '../terminal/text.ts';
import type { Render } from './format.ts';
import { closingLines, doneAbout, isShown } from './plain.ts';

/** For people: a block a result, what, where, why and how to fix it; never colour alone. */
export const table: Render = (report, { colors, width }) => {
  const out: string[] = [];
  const listed = report.results.filter((result) => isShown(result) && result.verdict !== 'not_applicable');
  for (const result of listed) out.push(...block(result, colors, width), '');
  const closing = closingLines(report);
  const verdict = closing.pop() ?? '';
  out.push(...closing.flatMap((line) => wrap(line, width)));
  out.push(report.exit_code === 0 ? colors.green(verdict) : colors.bold(colors.red(verdict)));
  return `${out.join('\n')}\n`;
};

function block(result: CheckResult, colors: Colors, width: number): string[] {
  const [glyph, paint] = look(result, colors);
  const done = doneAbout(result);
  const state = `${result.verdict.replace('_', ' ')}${done === '' ? '' : `, ${done}`}`;
  const head = `${glyph} ${state}  ${result.severity}  ${result.rule_id}`;
  const place = [result.file, result.line, result.column].filter((part) => part !== undefined).join(':');
  const lines = wrap(printable(head), Math.max(40, width - 4)).map((line, i) =>
    paint(i === 0 ? line : `    ${line}`),
  );
  const add = (label: string, text: string) => {
    const [first = '', ...rest] = wrap(printable(text), Math.max(20, width - 11));
    lines.push(`  ${colors.dim(label.padEnd(8))} ${first}`, ...rest.map((line) => `           ${line}`));
  };
  if (place !== '') add('where', place);
  add('subject', result.subject.id);
  if (result.message !== undefined) add('why', result.message);
  if (result.fix !== undefined) add('fix', result.fix);
  if (result.controls.length > 0) add('controls', result.controls.join(', '));
  return lines;
}

function look(result: CheckResult, colors: Colors): [string, (text: string) => string] {
  const disposition = dispositionOf(result);
  if (disposition === 'waived') return ['~', colors.yellow];
  switch (result.verdict) {
    case 'fail':
      return disposition === 'enforced' || disposition === 'none' ? ['✗', colors.red] : ['!', colors.yellow];
    case 'error':
    case 'not_evaluated':
      return ['?', colors.magenta];
    case 'not_applicable':
      return ['-', colors.dim];
    case 'pass':
      return ['✓', colors.green];
  }
}
