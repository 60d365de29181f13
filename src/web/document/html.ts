import { visible } from '../../record/index.ts';
import { heatMap } from '../heatmap.ts';
import { html, type Markup } from '../html.ts';
import { renderPage, type Section } from '../page.ts';
import { drawPicture } from '../pictures/picture.ts';
import { type Cell, dataTable } from '../table.ts';
import type { DocumentBlock, DocumentCell, DocumentTable, WebDocument } from './types.ts';

/** A document as one page without a script: it works from a folder, offline. */
export function documentPage({ title, warnings, lead, sections, footer }: WebDocument): string {
  return renderPage({
    title: visible(title),
    warnings: warnings.map(visible),
    lead: lead.map(visible),
    sections: documentSections(sections),
    footer: visible(footer),
  });
}

/** The sections alone, for a page that has a frame of its own. */
export function documentSections(sections: WebDocument['sections']): Section[] {
  return sections.map((section) => ({
    id: section.id,
    title: visible(section.title),
    body: blocksMarkup(section.blocks, section),
  }));
}

/** Blocks of one section, for a page that has a frame of its own. @param of its id, unique on the page, and its title */
export function blocksMarkup(blocks: readonly DocumentBlock[], of: { id: string; title: string }): Markup {
  return html`${blocks.map((block, at) => blockOf(block, `${of.id}-${at}`, visible(of.title)))}`;
}

function blockOf(block: DocumentBlock, id: string, about: string): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${visible(block.text)}</p>`;
    case 'heading':
      return html`<h3>${visible(block.text)}</h3>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${visible(item)}</li>`)}</ul>`;
    case 'table':
      return block.folded === true ? folded(block, about) : tableOf(block, about);
    case 'days':
      return heatMap(
        block.days,
        block.rows.map((row) => ({ ...row, name: visible(row.name), title: visible(row.title) })),
        about,
      );
    case 'picture':
      return drawPicture(block.picture, { id, about });
  }
}

function tableOf({ caption, columns, rows }: DocumentTable, about: string): Markup {
  return dataTable(
    visible(caption),
    columns,
    rows.map((row) => row.map(cellOf)),
    about,
  );
}

/** In print it is open: the style sheet says so. */
function folded(block: DocumentTable, about: string): Markup {
  return html`<details class="long"><summary>${visible(block.caption)}: ${block.rows.length} rows</summary>${tableOf(block, about)}</details>`;
}

function cellOf(cell: DocumentCell): Cell {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string') return html`<code class="long">${visible(cell.code)}</code>`;
  return cell.length > 40 ? html`<span class="text">${visible(cell)}</span>` : visible(cell);
}
