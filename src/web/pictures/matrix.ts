import { plural } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, figure, fitted, label, type Which } from './svg.ts';
import { LAYER_STATES, type LayerCell, type LayerState, type MatrixPicture } from './types.ts';

export const LAYER_WORDS: Record<LayerState, string> = {
  enforce: 'enforce: each policy of the control stops a fail',
  partly: 'enforce in part: so many policies of the control stop a fail, the others tell it or say nothing',
  audit: 'audit: so many policies tell a fail, none stops it',
  unknown: 'judged, and nobody declared what is done',
  off: 'off: possible, and not done',
  not_possible: 'not possible: no policy reads what is seen there',
};
/** In short, with how many of the policies. */
function short({ state, policies: { enforce, told, of } }: LayerCell): string {
  switch (state) {
    case 'enforce':
    case 'partly':
      return `enforce ${enforce} of ${of}`;
    case 'audit':
      return `audit ${told} of ${of}`;
    case 'unknown':
    case 'off':
      return state;
    case 'not_possible':
      return 'not possible';
  }
}
const GLYPH: Record<LayerState, string> = {
  enforce: '■',
  partly: '◧',
  audit: '◐',
  unknown: '?',
  off: '○',
  not_possible: '–',
};

const TITLE = 'Where each control is enforced';
const [LEFT, WIDE, HIGH, TOP, LAST] = [176, 142, 62, 52, 124] as const;

const stops = (cell: LayerCell | undefined): boolean => cell?.state === 'enforce' || cell?.state === 'partly';

/** The layers where a policy of a control stops a fail: where there is one only, nothing stands behind it. */
export function enforcedIn({ layers }: MatrixPicture, cells: readonly LayerCell[]): string[] {
  return layers.filter((_, at) => stops(cells[at]));
}

/** In how many layers, and in how many of those in part. */
function alone(picture: MatrixPicture, cells: readonly LayerCell[]): { where: string; part: string } {
  const layers = enforcedIn(picture, cells);
  const partly = cells.filter(({ state }) => state === 'partly').length;
  if (layers.length === 1) return { where: `only ${layers[0]}`, part: partly === 1 ? 'in part' : '' };
  return {
    where: layers.length === 0 ? 'none' : `${layers.length} layers`,
    part: partly === 0 ? '' : partly === layers.length ? 'each in part' : `${partly} of them in part`,
  };
}

/** Controls by layers. A control that is enforced in one layer only has a strong edge and says so. */
export function matrix(picture: MatrixPicture, which: Which): Markup {
  const { id } = which;
  const { layers, rows } = picture;
  const width = LEFT + layers.length * WIDE + LAST;
  const single = rows.filter(({ cells }) => enforcedIn(picture, cells).length === 1).length;
  const partly = rows.flatMap(({ cells }) => cells.filter(({ state }) => state === 'partly')).length;
  const none = rows.filter(({ cells }) => enforcedIn(picture, cells).length === 0).length;
  return figure({
    ...which,
    title: TITLE,
    desc: `${plural(rows.length, 'control')} by ${layers.length} layers: how many of its policies stop a fail, as they declare it, how old the last decision is, and how many of the fails were stopped in the period. ${single} enforced in one layer only, ${none} in none; ${plural(partly, 'place')} where a part only of the policies stops a fail.`,
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
  const { where, part } = alone(picture, row.cells);
  const x = LEFT + layers.length * WIDE + 10;
  return html`${fitted(2, y + 26, row.name, 20, { class: 'mono' })}${fitted(2, y + 42, row.title, 24, { class: 'dim' })}${row.cells.map(
    (cell, at) => cellOf(cell, `${row.name}, ${layers[at] ?? ''}`, LEFT + at * WIDE, y, id, one),
  )}${label(x, y + (part === '' ? 34 : 26), where, { class: one ? 'bold' : 'dim' })}${part === '' ? undefined : label(x, y + 42, part, { class: 'dim' })}`;
}

const TONE: Record<LayerState, string> = {
  enforce: 'f-pass edge',
  partly: 'f-waived edge',
  audit: 'f-waived edge',
  unknown: 'f-panel edge',
  off: 'edge',
  not_possible: 'bare',
};

function cellOf(cell: LayerCell, where: string, x: number, y: number, id: string, one: boolean): Markup {
  const { state, decisions, policies } = cell;
  const filled = stops(cell) || state === 'audit';
  const ink = filled ? 'on-light' : undefined;
  const styled = (extra: string) => ({ class: [extra, ink].filter((each) => each !== undefined).join(' ') });
  const place = { x: x + 3, y: y + 3, width: WIDE - 6, height: HIGH - 6, radius: 4 };
  const words = `${where}: ${short(cell)}; ${LAYER_WORDS[state]}; ${plural(decisions, 'decision')}, ${fails(cell)}; ${seen(cell)}`;
  const tone = one && stops(cell) ? TONE[state].replace('edge', 'strong') : TONE[state];
  // Hatched is what could be there and is not.
  const back =
    state === 'off'
      ? box({ ...place, x: x + 8, y: y + 14, width: WIDE - 16, height: 17 }, 'f-ground')
      : undefined;
  // As much of the field as policies stop a fail.
  const share =
    state === 'partly'
      ? box(
          {
            ...place,
            x: x + 4,
            y: y + 4,
            width: ((WIDE - 6) * policies.enforce) / policies.of - 1,
            height: HIGH - 8,
          },
          'f-pass',
          words,
        )
      : undefined;
  const middle = { anchor: 'middle' as const };
  const lower =
    decisions === 0
      ? state === 'off' || state === 'not_possible'
        ? undefined
        : label(x + WIDE / 2, y + 38, 'no decision', { ...middle, ...styled('small') })
      : html`${label(x + WIDE / 2, y + 36, age(cell), { ...middle, ...styled('small') })}${label(x + WIDE / 2, y + 51, fails(cell), { ...middle, ...styled('small') })}`;
  const top = decisions === 0 && lower === undefined ? y + 27 : y + 20;
  return html`${box(place, tone, words, state === 'off' ? id : undefined)}${share}${back}${label(x + WIDE / 2, top, `${GLYPH[state]} ${short(cell)}`, { ...middle, ...styled('bold') })}${lower}`;
}

const fails = ({ failed, denied }: LayerCell): string =>
  failed === 0 ? 'no fail' : `${denied} of ${plural(failed, 'fail')} stopped`;
const age = ({ age: days }: LayerCell): string => (days === null ? '' : `${days} d old`);
const seen = ({ last, age: days }: LayerCell): string =>
  last === null ? 'no decision in the period' : `last on ${last}, ${plural(days ?? 0, 'day')} before the end`;

export function matrixTable(picture: MatrixPicture): DocumentTable {
  const { layers, rows } = picture;
  return {
    kind: 'table',
    caption:
      'Layers of each control: how many of its policies stop or tell a fail, decisions, fails that were stopped, day of the last decision',
    columns: ['Control', ...layers, 'Enforced in'],
    rows: rows.map(({ name, cells }) => {
      const { where, part } = alone(picture, cells);
      return [{ code: name }, ...cells.map(cellWords), part === '' ? where : `${where}, ${part}`];
    }),
  };
}

function cellWords(cell: LayerCell): string {
  const { state, policies, decisions, last } = cell;
  const mode = state === 'partly' && policies.told > 0 ? `, audit ${policies.told}` : '';
  const counts =
    decisions === 0 ? 'no decision' : `${plural(decisions, 'decision')}, ${fails(cell)}, last ${last ?? ''}`;
  return `${short(cell)}${mode}, ${counts}`;
}
