import { DAY_STATES, type DayState, type HeatMapRow } from './days.ts';
import { GLYPHS, HEAT_MAP_NAME, STATE_WORDS, tileWords } from './heatmap.ts';
import { html, type Markup } from './html.ts';
import { PALETTE, TILE_COLOURS } from './style.ts';

const TILE = 28;
const GAP = 4;
const PITCH = TILE + GAP;
const EDGE = 16;
/** Above the first row: the title and the days. */
const TOP = 64;
/** Widest letter of the labels, in user units; the font is as wide in every letter. */
const LETTER = 7.8;
const WORD_LETTER = 7;
/** For the title, and one entry of the legend a line. */
const LEAST_WIDTH = Math.max(360, ...DAY_STATES.map((state) => EDGE + wordsWidth(state)));

/**
 * The heat map as a picture by itself, for a report or a slide: SVG 1.1, without script, font, style sheet or address of another file.
 * Each tile has its glyph and, as its tooltip, its words.
 * @param days UTC days, YYYY-MM-DD
 * @returns a whole XML document
 */
export function heatMapSvg(days: readonly string[], rows: readonly HeatMapRow[]): string {
  const left = EDGE + Math.ceil(Math.max(0, ...rows.map(({ name }) => name.length)) * LETTER) + EDGE;
  const width = Math.max(left + days.length * PITCH + EDGE, LEAST_WIDTH);
  const items = legendItems(width);
  const bottom = TOP + rows.length * PITCH + EDGE;
  const height = bottom + items.lines * PITCH + EDGE;
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" font-family="ui-monospace, 'DejaVu Sans Mono', monospace" font-size="13">
<title id="title">${HEAT_MAP_NAME}: the worst of each day</title>
<desc id="desc">${inWords(days, rows)}</desc>
<defs><pattern id="none" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="${PALETTE.ground}"/><rect width="2" height="6" fill="${PALETTE.hatch}"/></pattern></defs>
<rect width="${width}" height="${height}" fill="${PALETTE.ground}"/>
<text x="${EDGE}" y="26" fill="${PALETTE.ink}" font-size="14" font-weight="700">${HEAT_MAP_NAME}</text>
${days.map(
  (
    day,
    at,
  ) => html`<text x="${left + at * PITCH + TILE / 2}" y="${TOP - 8}" fill="${PALETTE.soft}" font-size="9" text-anchor="middle">${day.slice(5)}</text>
`,
)}${rows.map((row, at) => rowMarkup(row, days, left, TOP + at * PITCH))}${items.markup(bottom)}
</svg>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${picture.text.replace(NOT_XML, '\ufffd')}`;
}

/** Two code points that XML 1.0 does not take (section 2.2); controls and lone surrogates are gone already. */
const NOT_XML = /[\ufffe\uffff]/g;

function rowMarkup(row: HeatMapRow, days: readonly string[], left: number, y: number) {
  const { name, title, cells } = row;
  const label = html`<text x="${EDGE}" y="${y + 19}" fill="${PALETTE.ink}">${title === '' ? undefined : html`<title>${title}</title>`}${name}</text>
`;
  const tiles = cells.map((cell, at) =>
    tile(cell.state, left + at * PITCH, y, tileWords(row, cell, days[at] ?? '')),
  );
  return html`${label}${tiles}`;
}

function tile(state: DayState, x: number, y: number, words: string): Markup {
  const { fill, glyph } = LOOKS[state];
  const sign = html`<text x="${x + TILE / 2}" y="${y + 19}" fill="${glyph}" font-weight="700" text-anchor="middle">${GLYPHS[state]}</text>`;
  return html`<g class="${state}"><title>${words}</title><rect x="${x}" y="${y}" width="${TILE}" height="${TILE}" rx="4" fill="${fill}" stroke="${PALETTE.line}"/>${state === 'stopped' ? RING(x, y) : undefined}${GLYPHS[state] === '' ? undefined : sign}</g>
`;
}

/** A ring within the tile: its pattern, beside colour and glyph. */
const RING = (x: number, y: number): Markup =>
  html`<rect x="${x + 3}" y="${y + 3}" width="${TILE - 6}" height="${TILE - 6}" rx="2" fill="none" stroke="${PALETTE.light}"/>`;

const filled = ([fill, glyph]: readonly [keyof typeof PALETTE, keyof typeof PALETTE]) => ({
  fill: PALETTE[fill],
  glyph: PALETTE[glyph],
});

const LOOKS: Record<DayState, { fill: string; glyph: string }> = {
  pass: filled(TILE_COLOURS.pass),
  fail: filled(TILE_COLOURS.fail),
  waived: filled(TILE_COLOURS.waived),
  stopped: filled(TILE_COLOURS.stopped),
  open: filled(TILE_COLOURS.open),
  not_applicable: { fill: PALETTE.ground, glyph: PALETTE.ink },
  none: { fill: 'url(#none)', glyph: PALETTE.ink },
};

/** Of a state in the legend, with the room behind it. */
function wordsWidth(state: DayState): number {
  return TILE + 8 + Math.ceil(STATE_WORDS[state].length * WORD_LETTER) + EDGE;
}

/** The legend in lines that are no wider than the picture. */
function legendItems(width: number) {
  const places: { state: DayState; x: number; line: number }[] = [];
  let [x, line] = [EDGE, 0];
  for (const state of DAY_STATES) {
    const needs = wordsWidth(state);
    if (x > EDGE && x + needs > width) [x, line] = [EDGE, line + 1];
    places.push({ state, x, line });
    x += needs;
  }
  return {
    lines: line + 1,
    markup: (top: number): Markup =>
      html`${places.map(({ state, x: at, line: row }) => {
        const y = top + row * PITCH;
        return html`${tile(state, at, y, STATE_WORDS[state])}<text x="${at + TILE + 8}" y="${y + 18}" fill="${PALETTE.ink}" font-size="11">${STATE_WORDS[state]}</text>
`;
      })}`,
  };
}

/** What the picture shows, for who does not see it. */
function inWords(days: readonly string[], rows: readonly HeatMapRow[]): string {
  const states = rows.flatMap(({ cells }) => cells.map(({ state }) => state));
  const counts = DAY_STATES.map((state) => ({ state, n: states.filter((one) => one === state).length }));
  const said = counts.filter(({ n }) => n > 0).map(({ state, n }) => `${n} ${STATE_WORDS[state]}`);
  const period = days.length === 0 ? '' : ` from ${days[0]} to ${days.at(-1)}`;
  return `${rows.length} controls, ${days.length} days${period}. Days of controls by their worst: ${said.join('; ')}.`;
}
