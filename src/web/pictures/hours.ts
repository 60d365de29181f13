import { plural } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { axis } from './heartbeat.ts';
import { box, figure, fitted, label, line, type Which } from './svg.ts';
import type { HoursPicture } from './types.ts';

const WORDS = { r: 'a run came', m: 'a run was overdue', q: 'no run, and none was overdue' } as const;
type Cell = keyof typeof WORDS;
const CELLS = Object.keys(WORDS) as Cell[];

const [LEFT, RIGHT, TOP, INNER] = [214, 150, 28, 700] as const;
/** Of one hour, and between two sources. */
const [HOUR, GAP] = [4, 22] as const;
/** Least width of an overdue hour: one of a year would not be seen. */
const SEEN = 3;

/** A field of days by hours for each source, midnight at the top. An hour in which a run was overdue is hatched. */
export function hours(picture: HoursPicture, which: Which): Markup {
  const { id } = which;
  const { days, rows } = picture;
  const pitch = Math.min(28, INNER / Math.max(1, days.length));
  const inner = pitch * days.length;
  const bottom = TOP + rows.length * (24 * HOUR + GAP) - GAP + 4;
  const overdue = rows.reduce((sum, row) => sum + countOf(row, 'm'), 0);
  return figure({
    ...which,
    title: 'Hours of sources that should run more than once a day',
    desc: `${plural(rows.length, 'source')}, ${plural(days.length, 'day')} from ${days[0] ?? ''} to ${days.at(-1) ?? ''}, 24 hours each: in ${overdue} hours of sources a run was overdue.`,
    width: Math.ceil(LEFT + Math.max(inner, 160) + RIGHT),
    height: bottom + 26,
    body: html`${rows.map((row, at) => {
      const y = TOP + at * (24 * HOUR + GAP);
      const fields = fieldsOf(row.cells);
      // What is overdue last, so that nothing covers it.
      const drawn = [
        ...fields.filter(({ cell }) => cell !== 'm'),
        ...fields.filter(({ cell }) => cell === 'm'),
      ];
      return html`${fitted(0, y + 40, row.name, 26, { class: 'mono small' })}${fitted(0, y + 54, row.about, 32, { class: 'dim' })}${[0, 12, 24].map((hour) => label(LEFT - 6, y + hour * HOUR + 4, `${hour}`.padStart(2, '0'), { anchor: 'end', class: 'dim' }))}${drawn.map((field) => fieldBox(field, { id, row: row.name, days, pitch, y }))}${label(LEFT + inner + 8, y + 44, plural(row.silences, 'silence'), { class: 'dim' })}${label(LEFT + inner + 8, y + 58, row.silences === 0 ? '' : `longest ${spanWords(row.longest)}`, { class: 'dim' })}`;
    })}${line(LEFT, bottom, LEFT + inner, bottom, 'axis')}${axis(days, pitch).map(({ at, text }) => html`${line(LEFT + at * pitch, bottom, LEFT + at * pitch, bottom + 4, 'axis')}${label(LEFT + at * pitch, bottom + 16, text, { class: 'dim' })}`)}`,
    legend: html`<ul class="legend">${CELLS.map((cell) => html`<li><svg class="key" width="18" height="18" aria-hidden="true">${shapeOf(cell, { x: 1, y: 1, width: 16, height: 16 }, undefined, id)}</svg> ${WORDS[cell]}</li>`)}</ul>
`,
    table: hoursTable(picture),
  });
}

export interface Field {
  cell: Cell;
  /** Places of its first day and hour. */
  day: number;
  hour: number;
  days: number;
  hours: number;
}

/** Hours of a day that follow each other in one state, and days that follow each other with the same such hours, are one field. */
export function fieldsOf(cells: readonly string[]): Field[] {
  const done: Field[] = [];
  let open = new Map<string, Field>();
  for (const [day, text] of cells.entries()) {
    const now = new Map<string, Field>();
    for (const { cell, hour, hours: count } of stretchesOf(text)) {
      const key = `${cell} ${hour} ${count}`;
      const field = open.get(key) ?? { cell, day, hour, days: 0, hours: count };
      field.days += 1;
      now.set(key, field);
    }
    for (const [key, field] of open) if (now.get(key) !== field) done.push(field);
    open = now;
  }
  return [...done, ...open.values()];
}

function stretchesOf(text: string): Pick<Field, 'cell' | 'hour' | 'hours'>[] {
  return [...text.matchAll(/r+|m+|q+/g)].map(({ 0: found, index }) => ({
    cell: found[0] as Cell,
    hour: index,
    hours: found.length,
  }));
}

interface Place {
  id: string;
  row: string;
  days: readonly string[];
  pitch: number;
  y: number;
}

function fieldBox(field: Field, { id, row, days, pitch, y }: Place): Markup {
  const { cell, day, hour } = field;
  const [first = '', last = ''] = [days[day], days[day + field.days - 1]];
  const when = `${first === last ? first : `${first} to ${last}`}, ${clock(hour)} to ${clock(hour + field.hours)}`;
  const width = field.days * pitch;
  const place = { x: LEFT + day * pitch, y: y + hour * HOUR, width, height: field.hours * HOUR };
  const seen = cell === 'm' ? { ...place, width: Math.max(SEEN, width) } : place;
  return shapeOf(cell, seen, `${row}, ${when}: ${WORDS[cell]}`, id);
}

function shapeOf(
  cell: Cell,
  place: Parameters<typeof box>[0],
  words: string | undefined,
  id: string,
): Markup {
  switch (cell) {
    case 'r':
      return box(place, 'f-pass', words);
    case 'm':
      return box(place, 'missed', words, id);
    case 'q':
      return box(place, 'f-line', words);
  }
}

const clock = (hour: number): string => `${`${hour}`.padStart(2, '0')}:00`;

const countOf = ({ cells }: Pick<HoursPicture['rows'][number], 'cells'>, cell: Cell): number =>
  cells.reduce((sum, text) => sum + text.split(cell).length - 1, 0);

/** Hours and minutes. */
export function spanWords(minutes: number): string {
  return `${Math.floor(minutes / 60)} h ${`${minutes % 60}`.padStart(2, '0')} min`;
}

export function hoursTable({ days, rows }: HoursPicture): DocumentTable {
  return {
    kind: 'table',
    caption: `Hours of sources that should run more than once a day, of ${plural(days.length, 'day')}: how many were so`,
    columns: [
      'Source',
      'Expected',
      ...CELLS.map((cell) => WORDS[cell]),
      'Silences',
      'Longest',
      'Days with an overdue hour',
    ],
    rows: rows.map((row) => [
      { code: row.name },
      row.about,
      ...CELLS.map((cell) => countOf(row, cell)),
      row.silences,
      row.silences === 0 ? '' : spanWords(row.longest),
      row.cells.flatMap((text, at) => (text.includes('m') ? [days[at] ?? ''] : [])).join(', '),
    ]),
  };
}
