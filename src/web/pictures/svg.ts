import { visible } from '../../record/index.ts';
import type { DocumentTable } from '../document/types.ts';
import { html, type Markup } from '../html.ts';
import { type Cell, dataTable } from '../table.ts';

/** Which of the page's pictures it is. */
export interface Which {
  /** Unique on the page, letters, digits and dashes: ids of the picture begin with it. */
  id: string;
  /** What tells it from another one of its kind on the page, such as the title of its section. */
  about?: string | undefined;
}

export interface Drawing extends Which {
  title: string;
  /** What the picture shows, for who does not see it. */
  desc: string;
  width: number;
  height: number;
  body: Markup;
  legend?: Markup;
  /** The same numbers. */
  table: DocumentTable;
}

/** A picture with its name, its description, and folded below it the table of the same numbers. Wider than the screen, it scrolls by itself. */
export function figure({ id, about, title, desc, width, height, body, legend, table }: Drawing): Markup {
  const hint = width > 330 ? (width > 1100 ? 'always' : width > 760 ? 'wide' : 'tiles') : undefined;
  return html`<figure class="picture"><div class="scroll" tabindex="0" role="region" aria-label="Picture: ${visible(about === undefined ? title : `${title}, ${about}`)}">${hint === undefined ? undefined : html`<p class="hint ${hint}">Wide picture: scroll it sideways. →</p>`}<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${visible(title)}</title>
<desc id="${id}-desc">${visible(desc)}</desc>
<defs><pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="f-ground"/><rect width="2.5" height="6" class="f-hatch"/></pattern></defs>
<text x="0" y="15" class="head">${title}</text>
${body}</svg></div>
${legend ?? ''}<details><summary>The same as a table</summary>${tableMarkup(table, about)}</details>
</figure>`;
}

function tableMarkup({ caption, columns, rows }: DocumentTable, about: string | undefined): Markup {
  const cells = rows.map((row) =>
    row.map(
      (cell): Cell =>
        typeof cell === 'object' ? html`<code class="long">${visible(cell.code)}</code>` : shown(cell),
    ),
  );
  return dataTable(
    visible(caption),
    columns.map(visible),
    cells,
    about === undefined ? undefined : visible(about),
  );
}

const shown = (cell: string | number): Cell => (typeof cell === 'number' ? cell : visible(cell));

interface TextOptions {
  anchor?: 'start' | 'middle' | 'end';
  class?: string;
}

/** One line of text. What hides in it is made visible. */
export function label(
  x: number,
  y: number,
  words: string,
  { anchor = 'start', class: name }: TextOptions = {},
): Markup {
  return html`<text x="${fixed(x)}" y="${fixed(y)}"${anchor === 'start' ? undefined : html` text-anchor="${anchor}"`}${name === undefined ? undefined : html` class="${name}"`}>${visible(words)}</text>
`;
}

/** Words that fit into so many letters; the whole stands as its title. */
export function fitted(x: number, y: number, words: string, most: number, options: TextOptions = {}): Markup {
  const seen = [...visible(words)];
  if (seen.length <= most) return label(x, y, words, options);
  const anchor = options.anchor ?? 'start';
  return html`<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}"${options.class === undefined ? undefined : html` class="${options.class}"`}><title>${seen.join('')}</title>${seen.slice(0, most - 1).join('')}…</text>
`;
}

export function box(
  place: { x: number; y: number; width: number; height: number; radius?: number },
  name: string,
  words?: string,
  hatch?: string,
): Markup {
  const { x, y, width, height, radius = 0 } = place;
  const fill = hatch === undefined ? undefined : html` fill="url(#${hatch}-hatch)"`;
  const round = radius === 0 ? undefined : html` rx="${radius}"`;
  return html`<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}"${round} class="${name}"${fill}>${words === undefined ? undefined : html`<title>${visible(words)}</title>`}</rect>
`;
}

export function line(x1: number, y1: number, x2: number, y2: number, name: string): Markup {
  return html`<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" class="${name}"/>
`;
}

/** One decimal at most: the same numbers give the same bytes. */
export function fixed(value: number): number {
  return Math.round(value * 10) / 10;
}

const DAY = 86_400_000;
/** Midnight UTC of a day, in days since 1970. */
export const dayNumber = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY);

/** Days to be named at an axis: the first of each month in a long period, else each seventh, or each in a short one. */
export function dayTicks(days: readonly string[]): { at: number; text: string }[] {
  const long = days.length > 92;
  const step = days.length <= 14 ? 1 : 7;
  const every = Math.max(1, Math.ceil(days.length / 400));
  return days.flatMap((day, at) => {
    if (!long) return at % step === 0 ? [{ at, text: day.slice(5) }] : [];
    const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
    return day.endsWith('-01') && month % every === 0 ? [{ at, text: day.slice(0, 7) }] : [];
  });
}
