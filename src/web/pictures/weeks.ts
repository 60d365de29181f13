import type { DayCell, DayState, HeatMapRow } from '../days.ts';
import { dayNumber } from './svg.ts';

/** A column of the map: its first day, and all of its days. */
export interface Column {
  day: string;
  days: readonly string[];
}

/** Weeks from Monday to Sunday, UTC; the first and the last may be shorter. */
export function dayColumns(days: readonly string[]): Column[] {
  // 1970-01-01 was a Thursday.
  const weeks = Map.groupBy(days, (day) => Math.floor((dayNumber(day) + 3) / 7));
  return [...weeks.values()].map((each) => ({ day: each[0] ?? '', days: each }));
}

/** Worst first, for a week. A day without evidence is worse than one that passed, or on which all fails were stopped: a week with one is neither. */
const WORST: readonly DayState[] = ['fail', 'open', 'waived', 'none', 'stopped', 'pass', 'not_applicable'];

/** A row of days as one of weeks. The link of a week is that of the first day with its state. */
export function weekly(row: HeatMapRow, days: readonly string[]): HeatMapRow {
  const at = new Map(days.map((day, index) => [day, index]));
  const cells = dayColumns(days).map((week) => weekOf(week.days.map((day) => row.cells[at.get(day) ?? -1])));
  return { ...row, cells };
}

function weekOf(found: readonly (DayCell | undefined)[]): DayCell {
  const cells = found.map((cell): DayCell => cell ?? { state: 'none', text: '' });
  const state = WORST.find((each) => cells.some((cell) => cell.state === each)) ?? 'none';
  const with_evidence = cells.filter((cell) => cell.state !== 'none').length;
  const first = cells.find((cell) => cell.state === state);
  const counted = WORST.flatMap((each) => {
    const count = cells.filter((cell) => cell.state === each).length;
    return count === 0 ? [] : [`${count} ${DAYS_WORDS[each]}`];
  });
  return {
    state,
    text: `days: ${counted.join(', ')}`,
    ...(first?.href === undefined ? {} : { href: first.href }),
    ...(with_evidence === cells.length ? {} : { part: { with_evidence, of: cells.length } }),
  };
}

const DAYS_WORDS: Record<DayState, string> = {
  fail: 'failed',
  open: 'not evaluated',
  waived: 'waived',
  none: 'without evidence',
  stopped: 'with fails that were all stopped',
  pass: 'passed',
  not_applicable: 'not applicable',
};
