import type { CheckReport, CheckResult } from '../report/report.ts';
import { printable } from '../terminal/text.ts';
import type { Render } from './format.ts';
import { toShow, weightOf } from './order.ts';
import { ADVISORY, closingLines, doneAbout } from './plain.ts';

/** GitHub takes comments of up to 65,536 characters. */
export const COMMENT_LIMIT = 65_536;
/** And step summaries of up to 1 MiB. A larger one is not shown at all. */
export const SUMMARY_LIMIT = 1024 * 1024;

/** A comment for a change. */
export const markdown: Render = (report) => markdownWithin(report, COMMENT_LIMIT);

/**
 * Markdown of at most so many bytes. Rows are left out from the end, which is where the least severe stand, and the text says how many.
 * @param limit of bytes in UTF-8
 */
export function markdownWithin(report: CheckReport, limit: number): string {
  const results = toShow(report);
  const head = headOf(report);
  const tail = `${closingLines(report)
    .map((line) => `${plainText(line)}  `)
    .join('\n')}\n`;
  const rows = results.map((result) => rowOf(result, report));
  const room = limit - size(head) - size(TABLE) - size(tail) - 200;
  const kept: string[] = [];
  let used = 0;
  for (const row of rows) {
    used += size(row);
    if (used > room) break;
    kept.push(row);
  }
  const rest = rows.length - kept.length;
  const cut =
    rest === 0
      ? ''
      : `\n**${rest} of ${rows.length} rows are left out here, the least severe, because ${limit} bytes is the most that is shown. \`-o json\` has all.**\n`;
  return `${head}${rows.length === 0 ? '' : `${TABLE}${kept.join('')}`}${cut}\n${tail}`;
}

const TABLE = '| | severity | where | why and how to mend it | policy |\n|---|---|---|---|---|\n';

function headOf(report: CheckReport): string {
  const title = `### Exhibit: ${report.exit_code === 0 ? (report.advisory === undefined ? 'nothing blocks' : 'advisory') : 'blocked'}\n\n`;
  const reason = `${plainText(report.reason)}\n\n`;
  return `${title}${report.advisory === undefined ? '' : `> ${ADVISORY}\n\n`}${reason}`;
}

const GLYPH = { error: '❌ blocks', warning: '⚠️ warned', notice: 'ℹ️' } as const;

function rowOf(result: CheckResult, report: CheckReport): string {
  const weight = weightOf(result, report);
  const done = doneAbout(result);
  const state = result.verdict === 'fail' ? GLYPH[weight] : `❓ ${result.verdict.replace('_', ' ')}`;
  const place = [result.file, result.line, result.column].filter((part) => part !== undefined).join(':');
  const where = [place, result.subject.id].filter(Boolean).map(code).join('<br>');
  const fix = result.fix === undefined ? '' : `<br>Fix: ${plainText(result.fix)}`;
  const cells = [
    `${state}${done === '' || done === 'warned' ? '' : ` (${plainText(done)})`}`,
    result.severity,
    where,
    `${plainText(result.message ?? '')}${fix}`,
    `${code(result.rule_id)}${result.controls.length === 0 ? '' : `<br>${plainText(result.controls.join(', '))}`}`,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Text that came from outside: nothing in it is a link, a mention, HTML or a command. */
function plainText(text: string): string {
  return printable(text)
    .replace(/[&<>"'`|\\*_{}[\]()#~!@$:]/g, (sign) => `&#${sign.codePointAt(0)};`)
    .replace(/(www)\./gi, '$1&#46;');
}

function code(text: string): string {
  return `<code>${plainText(text)}</code>`;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
