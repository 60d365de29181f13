import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { box, figure, label, type Which } from './svg.ts';
import type { FunnelPicture } from './types.ts';

const PARTS = [
  { key: 'evaluated', words: 'evaluated', tone: 'f-hatch' },
  { key: 'denied', words: 'denied', tone: 'f-fail' },
  { key: 'overridden', words: 'overridden', tone: 'f-waived edge' },
  { key: 'reached', words: 'failed, and judged by a later layer', tone: 'f-open' },
] as const;

const [LEFT, TOP, BAR, GAP, INNER] = [110, 34, 16, 14, 330] as const;
const GROUP = PARTS.length * BAR + GAP;

/** Of each layer four bars in one scale. What is small beside what was judged is still a line of two units, with its number. */
export function funnel(picture: FunnelPicture, which: Which): Markup {
  const { rows } = picture;
  const most = Math.max(1, ...rows.map(({ evaluated }) => evaluated));
  return figure({
    ...which,
    title: 'Layers: judged, denied, overridden, seen again later',
    desc: rows
      .map((row) => `${row.layer}: ${PARTS.map(({ key, words }) => `${row[key]} ${words}`).join(', ')}`)
      .join('. '),
    width: LEFT + INNER + 270,
    height: TOP + Math.max(1, rows.length) * GROUP,
    body: html`${rows.map((row, at) => {
      const y = TOP + at * GROUP;
      return html`${label(0, y + 13, row.layer, { class: 'bold' })}${PARTS.map(
        ({ key, words, tone }, part) => {
          const [count, top] = [row[key], y + part * BAR];
          const width = count === 0 ? 0 : Math.max(2, (count / most) * INNER);
          return html`${width === 0 ? undefined : box({ x: LEFT, y: top + 2, width, height: BAR - 4 }, tone, `${row.layer}: ${count} ${words}`)}${label(LEFT + width + 6, top + 12, `${count.toLocaleString('en-US')} ${words}`, { class: 'small' })}`;
        },
      )}`;
    })}`,
    table: funnelTable(picture),
  });
}

export function funnelTable({ rows }: FunnelPicture): DocumentTable {
  return {
    kind: 'table',
    caption:
      'By layer, each policy and subject counted once; denied: a fail was enforced; the last column: failed here, and judged by a later layer afterwards',
    columns: ['Layer', 'Evaluated', 'Failed', 'Denied', 'Overridden', 'Failed, and judged later'],
    rows: rows.map(({ layer, evaluated, failed, denied, overridden, reached }) => [
      ...[layer, evaluated, failed, denied, overridden, reached],
    ]),
  };
}
