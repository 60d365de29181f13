import type { KeptRow } from '../../../audit/index.ts';
import { cellText, type QueryAnswer } from '../../../lake/index.ts';
import type { Shown, Some } from './messages.ts';

/** Most rows that a page shows; the file has all. */
const MOST_ROWS = 200;
/** Longest value on a page, and the longest rows together, in characters: whoever fails a check chooses its message. */
const MOST_VALUE = 2_000;
const MOST_TEXT = 512 * 1024;
/** Most rows that went or came, which a comparison shows. */
const MOST_CHANGED = 20;

/** The first rows as text, as far as a page has room. */
export function shownRows(rows: QueryAnswer['rows']): Shown {
  const shown: Shown = { rows: [], cut: 0 };
  let length = 0;
  for (const row of rows.slice(0, MOST_ROWS)) {
    const cells = row.map(cellText);
    const short = cells.map(cutValue);
    length += short.reduce((sum, each) => sum + each.length, 0);
    if (length > MOST_TEXT && shown.rows.length > 0) break;
    shown.rows.push(short);
    shown.cut += cells.filter(({ length: own }) => own > MOST_VALUE).length;
  }
  return shown;
}

function cutValue(text: string): string {
  return text.length <= MOST_VALUE
    ? text
    : `${text.slice(0, MOST_VALUE)}... (cut: ${text.length.toLocaleString('en-US')} characters)`;
}

/** Rows of a comparison, as JSON. */
export function some(rows: readonly KeptRow[]): Some {
  return {
    first: rows.slice(0, MOST_CHANGED).map(({ row }) => cutValue(JSON.stringify(row))),
    count: rows.length,
  };
}
