import { csvField } from '../../record/index.ts';
import type { QueryAnswer } from './types.ts';
import type { QueryValue } from './values.ts';

/** RFC 4180; a value that a spreadsheet would run as a formula gets a quote in front. */
export function answerCsv({ columns, rows }: Pick<QueryAnswer, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map(cellText))];
  return lines.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

/** A value of an answer as text; nothing for NULL, JSON for lists and maps. */
export function cellText(value: QueryValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
