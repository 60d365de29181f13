import type { InLog } from '../../audit/index.ts';
import { type Coverage, cellText, type QueryAnswer } from '../../lake/index.ts';
import { plural } from '../../record/index.ts';
import { inertJson } from '../terminal/json.ts';
import { columns, printable, wrap } from '../terminal/text.ts';
import type { QueryDocument } from './schema.ts';

/** The published shape: schemas/query.schema.json. */
export function json(answer: QueryAnswer & { generated?: string }, saved?: InLog): string {
  const document: QueryDocument = {
    schemaVersion: 1,
    ...answer,
    ...(saved === undefined ? {} : { saved }),
  };
  return `${inertJson(document, 2)}\n`;
}

/** What is said of a name that is not there; the message may end with a question. */
export function noAnswer(message: string): string {
  return `${message}${message.endsWith('?') ? '' : '.'} This is no answer about it.`;
}

/** The coverage header first, then the rows, then the digest of the result. */
export function table(answer: QueryAnswer, width: number): string {
  const { query, ledger, engine, rows, row_count, truncated, result_digest } = answer;
  const unasked = unexpected(answer);
  const out = [
    ...unasked.flatMap((message) => [
      ...wrapAfterLabel(printable(`WARNING   ${noAnswer(message)}`), width),
      '',
    ]),
    `question  ${query.name}`,
    ...parameterLines(query.parameters, width),
    ...scopeLines(answer, width),
    ...coverageLines(answer.coverage, width),
    ...(engine === undefined
      ? []
      : [
          `engine    ${engine.name}, query ${printable(engine.query_id)}, ${engine.scanned_bytes} bytes read`,
        ]),
    ...(answer.ledgers ?? [ledger]).flatMap(({ origin, size, root }) => [
      `ledger    ${printable(origin)}, size ${size}`,
      `          root ${root}`,
    ]),
    '',
  ];
  const cells = [answer.columns.map((column) => column.name), ...rows.map((row) => row.map(cellText))];
  const wide = columns(cells);
  if (rows.length === 0 && unasked.length > 0) out.push('no rows: nothing could be expected, see WARNING');
  else if (rows.length === 0)
    out.push(`nothing found; the columns are ${answer.columns.map(({ name }) => name).join(', ')}`);
  else if (Math.max(...wide.map((line) => line.length)) <= width) out.push(...wide);
  else out.push(...blocks(answer, width));
  out.push(
    '',
    `${plural(row_count, 'row')}${truncated === undefined ? '' : `; ${truncated.message}`}`,
    `result ${result_digest}`,
  );
  return `${out.join('\n')}\n`;
}

/** Why nothing can be said of what was asked for: no framework of the log has it, or no map names it. */
export function unexpected({ coverage }: Pick<QueryAnswer, 'coverage'>): string[] {
  return coverage.gaps.filter(({ kind }) => kind === 'no_expectation').map(({ message }) => message);
}

/** With which values it was asked: a value that went to another place than meant shows here. */
function parameterLines(parameters: QueryAnswer['query']['parameters'], width: number): string[] {
  const values = Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`);
  return values.length === 0 ? [] : wrapAfterLabel(printable(`with      ${values.join(', ')}`), width);
}

function scopeLines({ scope }: QueryAnswer, width: number): string[] {
  if (scope === undefined) return [];
  const { framework, from, to } = scope;
  return wrapAfterLabel(
    `scope     rows of ${framework} from ${from} to ${to} alone were in the engine`,
    width,
  );
}

/** What a table would have to cut is shown row by row instead: nothing is left out. */
function blocks({ columns: names, rows }: QueryAnswer, width: number): string[] {
  const label = Math.max(...names.map((column) => column.name.length)) + 2;
  return rows.flatMap((row, i) => [
    ...(i === 0 ? [] : ['']),
    ...row.flatMap((value, at) => {
      const [first = '', ...rest] = wrap(printable(cellText(value)), Math.max(20, width - label));
      return [
        `${(names[at]?.name ?? '').padEnd(label)}${first}`.trimEnd(),
        ...rest.map((line) => ' '.repeat(label) + line),
      ];
    }),
  ]);
}

/** The header that every answer has: where not all was read, no rows does not mean that nothing happened. Whether evidence is missing is not known from it. */
export function coverageLines(coverage: Coverage, width: number): string[] {
  const { from, to, gaps, from_log, tail, complete } = coverage;
  const { recorded_gaps } = coverage;
  const lines = [
    `period    ${from} to ${to} (UTC)`,
    `coverage  ${complete ? '' : 'NOT COMPLETE: '}${sources(coverage)}`,
  ];
  if (from_log.days.length > 0)
    lines.push(`open days ${from_log.days.join(', ')}: ${from_log.records} records read from the log`);
  lines.push(
    `tail      ${tail.records} records of the log are in no closed day${tail.since === undefined ? '' : ` (since ${tail.since})`}`,
  );
  for (const gap of gaps) lines.push(`gap       ${gap.message}`);
  for (const { message, count, days } of recorded_gaps)
    lines.push(`recorded  ${message}: ${count}, on ${plural(days, 'day')}`);
  return lines.flatMap((line) => wrapAfterLabel(printable(line), width));
}

/** What was read: a question that manifests answer says nothing about files, not even that they are there. */
function sources(coverage: Coverage): string {
  const { source, closed_days, expected, found, rows_expected, rows_found, checked, complete } = coverage;
  switch (source) {
    case 'files': {
      const compared = checked === 'nothing to check' ? 'no file to compare' : `compared by ${checked}`;
      return `${complete ? 'all files read: ' : ''}${found} of ${expected}${complete ? '' : ' files'}, ${rows_found} of ${rows_expected} rows; ${compared}`;
    }
    case 'manifests':
      return `answered from ${plural(closed_days, 'day manifest')} in the log; no lake file was read`;
    case 'log':
      return 'answered from records of the log; no lake file was read';
  }
}

function wrapAfterLabel(line: string, width: number): string[] {
  const [first = '', ...rest] = wrap(line.slice(10), width - 10);
  return [line.slice(0, 10) + first, ...rest.map((part) => ' '.repeat(10) + part)];
}
