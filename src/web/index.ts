/** Components that a server and an offline report share: rendered to text, no script needed. */
export { DAY_STATES, type DayCell, type DayState, type HeatMapRow, heatMap, STATE_WORDS } from './heatmap.ts';
export { escapeHtml, html, Markup } from './html.ts';
export { commands, dataTable, type Page, renderPage, type Section } from './page.ts';
