import { html, type Markup } from './html.ts';

export type Cell = string | number | Markup;

/**
 * A table with a caption; numbers stand right. One that may be wider than the screen says so, and shows a shadow at the
 * edge behind which it goes on.
 * @param about what tells it from others of the same caption on the page
 */
export function dataTable(
  caption: string,
  columns: readonly (string | Markup)[],
  rows: readonly (readonly Cell[])[],
  about?: string,
): Markup {
  return scrolling(
    about === undefined ? caption : `${caption}, ${about}`,
    html`<table>${captionMarkup(caption)}<thead><tr>${columns.map(
      (name) => html`<th scope="col">${name}</th>`,
    )}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map(cellMarkup)}</tr>`)}</tbody></table>`,
    columns.length > 7 ? 'always' : 'wide',
  );
}

/**
 * A region that scrolls sideways by itself, with the keyboard too.
 * @param hint from which width of the screen down it says so, in a browser that cannot tell whether there is more: `wide` tables, a picture of
 * `tiles`, or `always`
 */
export function scrolling(name: string, table: Markup, hint: 'always' | 'wide' | 'tiles'): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${name}"><p class="hint ${hint}">Wide table: scroll it sideways. →</p>${table}</div>`;
}

/** Its own width is the screen's, not that of a table that is wider. */
export function captionMarkup(text: string): Markup {
  return html`<caption><span class="caption">${text}</span></caption>`;
}

function cellMarkup(value: Cell): Markup {
  return typeof value === 'number'
    ? html`<td class="number">${value.toLocaleString('en-US')}</td>`
    : html`<td>${value}</td>`;
}

/** An instant as people read it, in UTC and to the second; the exact one stays in the markup. @param instant RFC 3339, UTC */
export function instant(value: string): Markup {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/.exec(value) ?? [];
  if (day === undefined || time === undefined) return html`${value}`;
  return html`<time datetime="${value}">${day} ${time}</time>`;
}

/** A title with the id that stands for it in records and queries. */
export function titled(title: string, id: string): Markup {
  return title === '' ? html`<code>${id}</code>` : html`${title}<br><code class="soft">${id}</code>`;
}

/** A long id that breaks behind its separators, not within a word. */
export function identifier(id: string): Markup {
  return html`<code class="soft long">${id.split(/(?<=[/._:])/).map((part, i) => html`${i === 0 ? '' : WORD_BREAK}${part}`)}</code>`;
}

const WORD_BREAK = html`<wbr>`;
