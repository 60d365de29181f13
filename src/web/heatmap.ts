import { html, type Markup } from './html.ts';
import { captionMarkup, scrolling, titled } from './table.ts';

/** What a control's day looks like, worst first. A day without evidence is never drawn as a pass. */
export const DAY_STATES = ['fail', 'open', 'waived', 'pass', 'not_applicable', 'none'] as const;
export type DayState = (typeof DAY_STATES)[number];

export interface DayCell {
  state: DayState;
  /** Counts in words, for the tooltip and the table. */
  text: string;
}

export interface HeatMapRow {
  /** Control id. */
  name: string;
  title: string;
  /** One cell a day, in the order of the days. */
  cells: readonly DayCell[];
}

export const STATE_WORDS: Record<DayState, string> = {
  fail: 'failed',
  open: 'not evaluated or error',
  waived: 'failed, waived by an override',
  pass: 'passed',
  not_applicable: 'not applicable: no subject',
  none: 'no evidence',
};

/** A glyph beside the colour: colour alone says nothing to many readers, and is not printed. */
export const GLYPHS: Record<DayState, string> = {
  fail: '×',
  open: '?',
  waived: '~',
  pass: '✓',
  not_applicable: '·',
  none: '',
};

export const HEAT_MAP_NAME = 'Evidence by control and day (UTC)';

/** What a tile says in words. */
export function tileWords({ name }: HeatMapRow, { state, text }: DayCell, day: string): string {
  return `${name}, ${day}: ${STATE_WORDS[state]}${text === '' ? '' : ` (${text})`}`;
}

/**
 * Controls by days as a table of tiles, and folded below it the same with its counts in words.
 * @param days UTC days, YYYY-MM-DD
 */
export function heatMap(days: readonly string[], rows: readonly HeatMapRow[]): Markup {
  const name = `${HEAT_MAP_NAME}: the worst of each day`;
  const table = html`<table class="tiles">${captionMarkup(name)}${head(days)}<tbody>${rows.map(
    (row) => html`<tr>${rowHead(row)}${row.cells.map((cell, i) => tileCell(row, cell, days[i] ?? ''))}</tr>`,
  )}</tbody></table>`;
  return html`<figure class="heatmap">${scrolling(name, table, days.length > 14 ? 'always' : 'tiles')}
${legend()}
<details><summary>The same with its counts</summary>${counts(days, rows)}</details>
</figure>`;
}

function head(days: readonly string[]): Markup {
  return html`<thead><tr><th scope="col">Control</th>${days.map(
    (day) => html`<th scope="col"><time datetime="${day}">${day.slice(5)}</time></th>`,
  )}</tr></thead>`;
}

function rowHead(row: HeatMapRow): Markup {
  return html`<th scope="row">${titled(row.title, row.name)}</th>`;
}

function tileCell(row: HeatMapRow, cell: DayCell, day: string): Markup {
  return html`<td title="${tileWords(row, cell, day)}">${tile(cell.state)}<span class="unseen">${STATE_WORDS[cell.state]}</span></td>`;
}

function tile(state: DayState): Markup {
  return html`<span class="tile ${state}" aria-hidden="true">${GLYPHS[state]}</span>`;
}

function legend(): Markup {
  return html`<ul class="legend">${DAY_STATES.map((state) => html`<li>${tile(state)} ${STATE_WORDS[state]}</li>`)}</ul>`;
}

function counts(days: readonly string[], rows: readonly HeatMapRow[]): Markup {
  const name = 'Evidence by control and day, with counts';
  return scrolling(
    name,
    html`<table>${captionMarkup(name)}${head(days)}<tbody>${rows.map(
      (row) =>
        html`<tr>${rowHead(row)}${row.cells.map(
          (cell) =>
            html`<td>${STATE_WORDS[cell.state]}${cell.text === '' ? '' : html`<br><span class="soft">${cell.text}</span>`}</td>`,
        )}</tr>`,
    )}</tbody></table>`,
    days.length > 6 ? 'always' : 'wide',
  );
}
