/** Components that a server and an offline report share: rendered to text, no script needed. */

export { DAY_STATES, type DayCell, type DayState, type HeatMapRow } from './days.ts';
export { blocksMarkup, documentPage } from './document/html.ts';
export { documentPdf, type PdfOptions } from './document/pdf.ts';
export { daysTable } from './document/plain.ts';
export type { DocumentBlock as WebBlock, DocumentTable, WebDocument } from './document/types.ts';
export { visible } from './document/visible.ts';
export { heatMap, STATE_WORDS } from './heatmap.ts';
export { heatMapSvg } from './heatmap-svg.ts';
export { escapeHtml, html, Markup } from './html.ts';
export { commands, type Page, renderPage, type Section } from './page.ts';
export { drawPicture, pictureTable } from './pictures/picture.ts';
export type * from './pictures/types.ts';
export { type Cell, dataTable, identifier, instant, titled } from './table.ts';
