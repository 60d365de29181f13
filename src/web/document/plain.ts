import { DAY_STATES } from '../days.ts';
import { GLYPHS, STATE_WORDS } from '../heatmap.ts';
import type { DocumentBlock, DocumentTable } from './types.ts';

/** Most days that have a column each. */
const BY_DAY = 14;

/** Days as a plain table: a column a day with its glyph, or how many days had each state. */
export function daysTable({ days, rows }: Extract<DocumentBlock, { kind: 'days' }>): DocumentTable {
  if (days.length <= BY_DAY)
    return {
      kind: 'table',
      caption: `Evidence by control and day: the worst of each day. ${DAY_STATES.map((state) => `${GLYPHS[state] || 'empty'} ${STATE_WORDS[state]}`).join('; ')}`,
      columns: ['Control', ...days.map((day) => day.slice(5))],
      rows: rows.map(({ name, cells }) => [{ code: name }, ...cells.map(({ state }) => GLYPHS[state])]),
    };
  return {
    kind: 'table',
    caption: `Evidence by control: of ${days.length} days, how many were so, by the worst of each day`,
    columns: ['Control', ...DAY_STATES.map((state) => STATE_WORDS[state])],
    rows: rows.map(({ name, cells }) => [
      { code: name },
      ...DAY_STATES.map((state) => cells.filter((cell) => cell.state === state).length),
    ]),
  };
}
