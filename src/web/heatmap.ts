import { DAY_STATES, type DayCell, type DayState, type HeatMapRow } from './days.ts';
import { html, type Markup } from './html.ts';
import { type Column, dayColumns, weekly } from './pictures/weeks.ts';
import { captionMarkup, scrolling, titled } from './table.ts';

export const STATE_WORDS: Record<DayState, string> = {
  fail: 'failed: let through, or found at runtime',
  open: 'not evaluated or error',
  waived: 'failed, waived by an override',
  stopped: 'failed, and each fail was stopped before it ran',
  pass: 'passed',
  not_applicable: 'not applicable: no subject',
  none: 'no evidence',
};

/** A glyph beside the colour: colour alone says nothing to many readers, and is not printed. */
export const GLYPHS: Record<DayState, string> = {
  fail: '×',
  open: '?',
  waived: '~',
  stopped: '■',
  pass: '✓',
  not_applicable: '·',
  none: '',
};

export const HEAT_MAP_NAME = 'Evidence by control and day (UTC)';

/** What a tile says in words. */
export function tileWords({ name }: HeatMapRow, cell: DayCell, day: string): string {
  const { text } = cell;
  return `${name}, ${day}: ${stateWords(cell)}${text === '' ? '' : ` (${text})`}`;
}

/** The state; of a week with days that have none, how many have evidence. */
function stateWords({ state, part }: DayCell): string {
  if (part === undefined) return STATE_WORDS[state];
  const days = `evidence on ${part.with_evidence} of ${part.of} days`;
  return state === 'none' && part.with_evidence > 0 ? days : `${STATE_WORDS[state]}, ${days}`;
}

/** Most days that have a column each; a longer period has one a week. */
const MOST_DAYS = 120;

/**
 * Controls by days as a table of tiles, and folded below it the same with its counts in words. Above 120 days a column is a week.
 * @param days UTC days, YYYY-MM-DD
 * @param about what tells it from another one on the page
 */
export function heatMap(days: readonly string[], rows: readonly HeatMapRow[], about?: string): Markup {
  const weeks = days.length > MOST_DAYS;
  const columns = weeks ? dayColumns(days) : days.map((day): Column => ({ day, days: [day] }));
  const shown = weeks ? rows.map((row) => weekly(row, days)) : rows;
  const name = `${HEAT_MAP_NAME}: the worst of each ${weeks ? 'week, from the day that is named' : 'day'}`;
  const table = html`<table class="tiles${columns.length > 31 ? ' small' : ''}">${captionMarkup(name)}${head(columns)}<tbody>${shown.map(
    (row) =>
      html`<tr${row.old === undefined ? undefined : html` class="old"`}>${rowHead(row)}${row.cells.map((cell, i) => tileCell(row, cell, columns[i]?.day ?? ''))}</tr>`,
  )}</tbody></table>`;
  return html`<figure class="heatmap">${scrolling(regionOf(name, about), table, columns.length > 14 ? 'always' : 'tiles')}
${legend(
  shown.some(({ cells }) => cells.some(({ part }) => part !== undefined)),
  shown.some(({ old }) => old !== undefined),
)}
<details><summary>The same with its counts</summary>${counts(columns, shown, about)}</details>
</figure>`;
}

function head(columns: readonly Column[]): Markup {
  return html`<thead><tr><th scope="col">Control</th>${columns.map(
    ({ day }) => html`<th scope="col"><time datetime="${day}">${day.slice(5)}</time></th>`,
  )}</tr></thead>`;
}

function rowHead({ title, name, href, old }: HeatMapRow): Markup {
  const words = linked(href, titled(title, name));
  return html`<th scope="row">${words}${old === undefined ? undefined : html`<br><span class="soft">${old}</span>`}</th>`;
}

/** A link within the site. What names another one, or a scheme, is no link. */
function linked(href: string | undefined, words: Markup): Markup {
  if (href === undefined || !/^(?:#|\/(?![/\\]))[\w./#?&=%~:+-]*$/.test(href)) return words;
  return html`<a href="${href}">${words}</a>`;
}

function tileCell(row: HeatMapRow, cell: DayCell, day: string): Markup {
  return html`<td title="${tileWords(row, cell, day)}">${linked(cell.href, html`${tile(cell)}<span class="unseen">${stateWords(cell)}</span>`)}</td>`;
}

function tile({ state, part }: Pick<DayCell, 'state' | 'part'>): Markup {
  const sign =
    state === 'none' && part !== undefined && part.with_evidence > 0 ? part.with_evidence : GLYPHS[state];
  const partly = part !== undefined && state !== 'none' ? ' part' : '';
  return html`<span class="tile ${state}${partly}" aria-hidden="true">${sign === '' ? undefined : html`<b>${sign}</b>`}</span>`;
}

function legend(partly: boolean, old: boolean): Markup {
  return html`<ul class="legend">${DAY_STATES.map((state) => html`<li>${tile({ state })} ${STATE_WORDS[state]}</li>`)}${
    partly
      ? html`<li>${tile({ state: 'none', part: { with_evidence: 5, of: 7 } })} evidence on so many days of the week only</li><li>${tile({ state: 'fail', part: { with_evidence: 5, of: 7 } })} hatched foot: days without evidence beside it</li>`
      : undefined
  }${old ? html`<li><span class="faded">${tile({ state: 'pass' })}</span> faded: the newest evidence is older than expected</li>` : undefined}</ul>`;
}

const regionOf = (name: string, about: string | undefined) =>
  about === undefined ? name : `${name}, ${about}`;

function counts(columns: readonly Column[], rows: readonly HeatMapRow[], about: string | undefined): Markup {
  const name = 'Evidence by control and day, with counts';
  return scrolling(
    regionOf(name, about),
    html`<table>${captionMarkup(name)}${head(columns)}<tbody>${rows.map(
      (row) =>
        html`<tr>${rowHead(row)}${row.cells.map(
          (cell) =>
            html`<td>${stateWords(cell)}${cell.text === '' ? '' : html`<br><span class="soft">${cell.text}</span>`}</td>`,
        )}</tr>`,
    )}</tbody></table>`,
    columns.length > 6 ? 'always' : 'wide',
  );
}
