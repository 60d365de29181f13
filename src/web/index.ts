/** Components that a server and an offline report share: rendered to text, no script needed. */

export { documentPage } from './document/html.ts';
export { documentPdf, type PdfOptions } from './document/pdf.ts';
export { daysTable } from './document/plain.ts';
export type { DocumentBlock as WebBlock, DocumentTable, WebDocument } from './document/types.ts';
export { visible } from './document/visible.ts';
export { DAY_STATES, type DayCell, type DayState, type HeatMapRow, heatMap, STATE_WORDS } from './heatmap.ts';
export { heatMapSvg } from './heatmap-svg.ts';
export { escapeHtml, html, Markup } from './html.ts';
export { commands, type Page, type Program, renderPage, type Section } from './page.ts';
export { type Cell, dataTable, identifier, instant, titled } from './table.ts';
