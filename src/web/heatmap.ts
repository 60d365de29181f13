import { html, type Markup } from './html.ts';

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

/** A glyph beside the colour: colour alone says nothing to many readers. */
const GLYPHS: Record<DayState, string> = {
  fail: '×',
  open: '?',
  waived: '~',
  pass: '✓',
  not_applicable: '·',
  none: '',
};

const CELL = 26;
const LABEL = 150;
const HEAD = 64;

/**
 * Controls by days as an SVG, with a table of the same content for those who do not see it.
 * @param days UTC days, YYYY-MM-DD
 */
export function heatMap(days: readonly string[], rows: readonly HeatMapRow[]): Markup {
  const width = LABEL + days.length * CELL + 10;
  const height = HEAD + rows.length * CELL + 6;
  return html`<figure class="heatmap">
<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="heatmap-title">
<title id="heatmap-title">Evidence by control and day; the table below has the same content</title>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/><path d="M0 0V6" class="hatch-line"/></pattern></defs>
${days.map((day, i) => dayLabel(day, i))}
${rows.map((row, r) => rowMarkup(row, r, days))}
</svg>
${legend()}
<details><summary>The same as a table</summary>${table(days, rows)}</details>
</figure>`;
}

function dayLabel(day: string, i: number): Markup {
  const x = LABEL + i * CELL + CELL / 2 + 4;
  return html`<text class="day" transform="translate(${x} ${HEAD - 8}) rotate(-60)">${day.slice(5)}</text>`;
}

function rowMarkup(row: HeatMapRow, r: number, days: readonly string[]): Markup {
  const y = HEAD + r * CELL;
  return html`<text class="control" x="${LABEL - 8}" y="${y + CELL / 2 + 4}" text-anchor="end">${row.name}</text>${row.cells.map(
    (cell, i) => {
      const x = LABEL + i * CELL;
      const label = `${row.name}, ${days[i] ?? ''}: ${STATE_WORDS[cell.state]}${cell.text === '' ? '' : ` (${cell.text})`}`;
      return html`<g><title>${label}</title><rect class="cell ${cell.state}" x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" rx="3"/><text class="glyph ${cell.state}" x="${x + CELL / 2}" y="${y + CELL / 2 + 5}" text-anchor="middle">${GLYPHS[cell.state]}</text></g>`;
    },
  )}`;
}

function legend(): Markup {
  return html`<ul class="legend">${DAY_STATES.map(
    (state) =>
      html`<li><svg width="22" height="22" aria-hidden="true"><rect class="cell ${state}" x="1" y="1" width="20" height="20" rx="3"/><text class="glyph ${state}" x="11" y="16" text-anchor="middle">${GLYPHS[state]}</text></svg> ${STATE_WORDS[state]}</li>`,
  )}</ul>`;
}

function table(days: readonly string[], rows: readonly HeatMapRow[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: evidence by control and day"><table><caption>Evidence by control and day (UTC)</caption><thead><tr><th scope="col">control</th>${days.map(
    (day) => html`<th scope="col">${day}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${row.name}<br><span class="soft">${row.title}</span></th>${row.cells.map(
        (cell) =>
          html`<td>${STATE_WORDS[cell.state]}${cell.text === '' ? '' : html`<br><span class="soft">${cell.text}</span>`}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}
