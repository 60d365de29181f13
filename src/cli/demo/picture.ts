import type { QueryAnswer } from '../../lake/index.ts';
import type { DayCell, DayState, HeatMapRow } from '../../web/index.ts';

/**
 * The week by control and day, to be drawn.
 * @param answer rows of control, day, verdict, disposition (`stopped`: enforced before it could run), count
 * @param titles of controls by their id
 */
export function heatMapRows(
  answer: QueryAnswer,
  days: readonly string[],
  titles: ReadonlyMap<string, string>,
): HeatMapRow[] {
  const cells = new Map<string, Map<string, number>>();
  for (const [control, day, verdict, disposition, decisions] of answer.rows) {
    const key = `${String(control)} ${String(day)}`;
    const counts = cells.get(key) ?? new Map<string, number>();
    const kind = disposition === 'waived' || disposition === 'stopped' ? disposition : String(verdict);
    counts.set(kind, (counts.get(kind) ?? 0) + Number(decisions));
    cells.set(key, counts);
  }
  const controls = [...new Set(answer.rows.map((row) => String(row[0])))].sort();
  return controls.map((control) => ({
    name: `soc2/${control}`,
    title: titles.get(control) ?? '',
    cells: days.map((day) => cellOf(cells.get(`${control} ${day}`))),
  }));
}

/** The worst of a day decides its look; the counts say the rest. */
function cellOf(counts: ReadonlyMap<string, number> | undefined): DayCell {
  if (counts === undefined) return { state: 'none', text: '' };
  const text = [...counts].map(([kind, n]) => `${n} ${kind.replace('_', ' ')}`).join(', ');
  const has = (kind: string) => (counts.get(kind) ?? 0) > 0;
  const state: DayState = has('fail')
    ? 'fail'
    : has('error') || has('not_evaluated')
      ? 'open'
      : has('waived')
        ? 'waived'
        : has('stopped')
          ? 'stopped'
          : has('pass')
            ? 'pass'
            : 'not_applicable';
  return { state, text };
}
