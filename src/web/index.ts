/** Components that a server and an offline report share: rendered to text, no script needed. */

export { DAY_STATES, type DayCell, type DayState, type HeatMapRow } from './days.ts';
export { blocksMarkup, documentPage, documentSections } from './document/html.ts';
export { documentPdf, type PdfOptions } from './document/pdf.ts';
export { daysTable } from './document/plain.ts';
export type { DocumentBlock as WebBlock, DocumentTable, WebDocument } from './document/types.ts';
export { heatMap, STATE_WORDS } from './heatmap.ts';
export { heatMapSvg } from './heatmap-svg.ts';
export { escapeHtml, html, Markup } from './html.ts';
export { commands, type Page, type Program, renderPage, type Section } from './page.ts';
export { drawPicture, pictureTable } from './pictures/picture.ts';
export type * from './pictures/types.ts';
export { type AnswerView, answerSections, type ComparedView } from './portal/answer.ts';
export { hidden, type PortalLink, type PortalPage, portalPage } from './portal/frame.ts';
export { type LandingFacts, landingSections } from './portal/landing.ts';
export {
  askSection,
  type QuestionField,
  type QuestionForm,
  type QuestionLine,
  questionList,
  textDetails,
} from './portal/question.ts';
export { type RecordFacts, recordSections } from './portal/record.ts';
export { type RequestsFacts, requestsSections } from './portal/requests.ts';
export { linkPage, messagePage, messageSection, signInPage } from './portal/sign-in.ts';
export { PORTAL_STYLE } from './portal/style.ts';
export { actionForm, type PackFacts, packSections, type WorkFacts, workSection } from './portal/work.ts';
export { type Cell, dataTable, identifier, instant, titled } from './table.ts';
