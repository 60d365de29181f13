import type { Sink } from '../context.ts';
import { columns, printable } from './text.ts';

type Rows = readonly (readonly string[])[];

/**
 * Rows for where they go: in a pipe one line a row, for other programs; at a terminal no wider than it is, with nothing cut
 * off. Cells are made printable.
 * @returns text that ends with a line break; nothing where there are no rows
 */
export function table(rows: Rows, { isTTY, columns: width }: Pick<Sink, 'isTTY' | 'columns'>): string {
  if (rows.length === 0) return '';
  const lines = columns(rows);
  const fits = !isTTY || lines.every((line) => line.length <= width);
  return `${(fits ? lines : fitted(rows, width)).join('\n')}\n`;
}

/** A sentence for where it goes: one line in a pipe, at a terminal as many as it needs, those after the first moved in. */
export function sentence(text: string, { isTTY, columns: width }: Pick<Sink, 'isTTY' | 'columns'>): string {
  const safe = printable(text);
  if (!isTTY) return `${safe}\n`;
  const [first = '', ...rest] = words(safe, width - 4);
  return `${[first, ...rest.map((line) => (line.length > width - 4 ? line : `    ${line}`))].join('\n')}\n`;
}

function fitted(rows: Rows, width: number): string[] {
  const safe = rows.map((row) => row.map(printable));
  if (safe.every((row) => row.length <= 2)) return facts(safe, width);
  const widths = shrunk(safe, width);
  return widths === undefined ? safe.flatMap((row) => stacked(row, width)) : wrapped(safe, widths);
}

/** A label and its value; a value with a word that does not fit beside its label stands below it. */
function facts(rows: Rows, width: number): string[] {
  const label = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  return rows.flatMap(([name = '', value = '']) => {
    if (longest(value) > width - label) return stacked([name, value], width);
    const [first = '', ...rest] = words(value, width - label);
    return [`${name.padEnd(label)}${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(label)}${line}`)];
  });
}

/**
 * One cell below the other. A word that is longer than the terminal stays whole and is not moved in: the terminal folds it,
 * and copied it is what it was.
 */
function stacked([first = '', ...rest]: readonly string[], width: number): string[] {
  return [
    ...words(first, width),
    ...rest.flatMap((cell) =>
      words(cell, width - 2).map((line) => (line.length > width - 2 ? line : `  ${line}`)),
    ),
  ];
}

/** Widths with which the rows fit, the widest columns made narrower; undefined where their words are too long for it. */
function shrunk(rows: Rows, width: number): number[] | undefined {
  const count = Math.max(...rows.map((row) => row.length));
  const each = (measure: (cell: string) => number) =>
    Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => measure(row[at] ?? ''))));
  const widths = each((cell) => cell.length);
  const least = each(longest);
  const room = width - 2 * (count - 1);
  for (;;) {
    const over = widths.reduce((sum, one) => sum + one, 0) - room;
    if (over <= 0) return widths;
    const slack = widths.map((one, at) => one - (least[at] ?? 0));
    const at = slack.indexOf(Math.max(...slack));
    const most = slack[at] ?? 0;
    if (most === 0) return undefined;
    widths[at] = (widths[at] ?? 0) - Math.min(most, over);
  }
}

function wrapped(rows: Rows, widths: readonly number[]): string[] {
  return rows.flatMap((row) => {
    const cells = widths.map((width, at) => words(row[at] ?? '', width));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      cells
        .map((lines, at) => (lines[line] ?? '').padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  });
}

/** Lines of whole words, at most `width` wide but for longer words. */
function words(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function longest(text: string): number {
  return Math.max(...text.split(' ').map((word) => word.length));
}
