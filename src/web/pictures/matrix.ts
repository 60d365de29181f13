import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, figure, fitted, label, plural, type Which } from './svg.ts';
import { LAYER_STATES, type LayerCell, type LayerState, type MatrixPicture } from './types.ts';

export const LAYER_WORDS: Record<LayerState, string> = {
  enforce: 'enforce: a fail is stopped',
  audit: 'audit: a fail is told, not stopped',
  unknown: 'judged, and nobody declared what is done',
  off: 'off: possible, and not done',
  not_possible: 'not possible: no policy reads what is seen there',
};
const SHORT: Record<LayerState, string> = {
  enforce: 'enforce',
  audit: 'audit',
  unknown: 'unknown',
  off: 'off',
  not_possible: 'not possible',
};
const GLYPH: Record<LayerState, string> = {
  enforce: '■',
  audit: '◐',
  unknown: '?',
  off: '○',
  not_possible: '–',
};

const TITLE = 'Where each control is enforced';
const [LEFT, WIDE, HIGH, TOP, LAST] = [176, 122, 46, 52, 110] as const;

/** The layers that enforce a control: where there is one only, nothing stands behind it. */
export function enforcedIn({ layers }: MatrixPicture, cells: readonly LayerCell[]): string[] {
  return layers.filter((_, at) => cells[at]?.state === 'enforce');
}

const alone = (picture: MatrixPicture, cells: readonly LayerCell[]): string => {
  const where = enforcedIn(picture, cells);
  return where.length === 1 ? `only ${where[0]}` : where.length === 0 ? 'none' : `${where.length} layers`;
};

/** Controls by layers. A control that is enforced in one layer only has a strong edge and says so. */
export function matrix(picture: MatrixPicture, which: Which): Markup {
  const { id } = which;
  const { layers, rows } = picture;
  const width = LEFT + layers.length * WIDE + LAST;
  const single = rows.filter(({ cells }) => enforcedIn(picture, cells).length === 1).length;
  const none = rows.filter(({ cells }) => enforcedIn(picture, cells).length === 0).length;
  return figure({
    ...which,
    title: TITLE,
    desc: `${plural(rows.length, 'control')} by ${layers.length} layers: what is done with a fail, how old the last decision is, and how many fails were stopped in the period. ${single} enforced in one layer only, ${none} in none.`,
    width,
    height: TOP + rows.length * HIGH + 6,
    body: html`${layers.map((layer, at) => label(LEFT + at * WIDE + WIDE / 2, TOP - 10, layer, { anchor: 'middle', class: 'bold' }))}${label(LEFT + layers.length * WIDE + 10, TOP - 10, 'enforced in', { class: 'dim' })}${rows.map(
      (row, at) => rowOf(picture, row, TOP + at * HIGH, id),
    )}`,
    legend: html`<ul class="legend">${LAYER_STATES.map((state) => html`<li><span aria-hidden="true">${GLYPH[state]}</span> ${LAYER_WORDS[state]}</li>`)}</ul>
`,
    table: matrixTable(picture),
  });
}

function rowOf(picture: MatrixPicture, row: MatrixPicture['rows'][number], y: number, id: string): Markup {
  const { layers } = picture;
  const one = enforcedIn(picture, row.cells).length === 1;
  return html`${fitted(2, y + 18, row.name, 20, { class: 'mono' })}${fitted(2, y + 34, row.title, 24, { class: 'dim' })}${row.cells.map(
    (cell, at) => cellOf(cell, `${row.name}, ${layers[at] ?? ''}`, LEFT + at * WIDE, y, id, one),
  )}${label(LEFT + layers.length * WIDE + 10, y + 26, alone(picture, row.cells), { class: one ? 'bold' : 'dim' })}`;
}

const TONE: Record<LayerState, string> = {
  enforce: 'f-pass edge',
  audit: 'f-waived edge',
  unknown: 'f-panel edge',
  off: 'edge',
  not_possible: 'bare',
};

function cellOf(cell: LayerCell, where: string, x: number, y: number, id: string, one: boolean): Markup {
  const { state, decisions, denied } = cell;
  const filled = state === 'enforce' || state === 'audit';
  const ink = filled ? 'on-light' : undefined;
  const styled = (extra: string) => ({ class: [extra, ink].filter((each) => each !== undefined).join(' ') });
  const place = { x: x + 3, y: y + 3, width: WIDE - 6, height: HIGH - 6, radius: 4 };
  const words = `${where}: ${LAYER_WORDS[state]}; ${plural(decisions, 'decision')}, ${denied} denied; ${seen(cell)}`;
  const tone = one && state === 'enforce' ? 'f-pass strong' : TONE[state];
  // Hatched is what could be there and is not.
  const back =
    state === 'off'
      ? box({ ...place, x: x + 8, y: y + 6, width: WIDE - 16, height: 17 }, 'f-ground')
      : undefined;
  return html`${box(place, tone, words, state === 'off' ? id : undefined)}${back}${label(x + WIDE / 2, y + 19, `${GLYPH[state]} ${SHORT[state]}`, { anchor: 'middle', ...styled('bold') })}${
    decisions === 0
      ? state === 'off' || state === 'not_possible'
        ? undefined
        : label(x + WIDE / 2, y + 35, 'no decision', { anchor: 'middle', ...styled('small') })
      : label(x + WIDE / 2, y + 35, `${age(cell)} · ${denied} denied`, {
          anchor: 'middle',
          ...styled('small'),
        })
  }`;
}

const age = ({ age: days }: LayerCell): string => (days === null ? '' : `${days} d old`);
const seen = ({ last, age: days }: LayerCell): string =>
  last === null ? 'no decision in the period' : `last on ${last}, ${plural(days ?? 0, 'day')} before the end`;

export function matrixTable(picture: MatrixPicture): DocumentTable {
  const { layers, rows } = picture;
  return {
    kind: 'table',
    caption:
      'Layers of each control: what is done with a fail, decisions, fails that were stopped, day of the last decision',
    columns: ['Control', ...layers, 'Enforced in'],
    rows: rows.map(({ name, cells }) => [
      { code: name },
      ...cells.map(({ state, decisions, denied, last }) =>
        decisions === 0
          ? `${SHORT[state]}, no decision`
          : `${SHORT[state]}, ${plural(decisions, 'decision')}, ${denied} denied, last ${last ?? ''}`,
      ),
      alone(picture, cells),
    ]),
  };
}
