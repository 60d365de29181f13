import { ExhibitError } from '../../record/index.ts';
import { pictureTable } from '../pictures/picture.ts';
import { type FontName, fontFile, PDFDocument, showable } from './pdf-fonts.ts';
import { drawTable } from './pdf-table.ts';
import { daysTable } from './plain.ts';
import type { DocumentBlock, DocumentTable, WebDocument } from './types.ts';

/** Laying out text takes most of the time: about half a millisecond a cell, and 460 bytes of the file. */
const MOST_CELLS = 40_000;

export interface PdfOptions {
  /** The document's date, so that the same input gives the same bytes: not the clock. */
  date: Date;
}

/**
 * A tagged PDF: title, language, headings, paragraphs and tables with header cells, in the order of the page.
 * @throws ExhibitError REQUEST_TOO_LARGE
 */
export async function documentPdf(source: WebDocument, { date }: PdfOptions): Promise<Uint8Array> {
  const cells = source.sections
    .flatMap(({ blocks }) => blocks)
    .map((block) => (block.kind === 'picture' ? pictureTable(block.picture) : block))
    .reduce(
      (sum, block) =>
        sum + ('rows' in block ? block.rows.reduce((n, row) => n + ('cells' in row ? 1 : row.length), 0) : 1),
      0,
    );
  if (cells > MOST_CELLS)
    throw new ExhibitError(
      'REQUEST_TOO_LARGE',
      `a PDF of ${cells} cells would take too long: ${MOST_CELLS} is the most`,
      {
        hint: 'Ask for one control, or for another report; the page and the CSV file have no such limit.',
      },
    );
  const document = new PDFDocument({
    // The library's own first font is one that a program in one file does not carry.
    font: fontFile('text'),
    size: 'A4',
    layout: 'landscape',
    margins: { top: 40, bottom: 46, left: 40, right: 40 },
    tagged: true,
    lang: 'en',
    displayTitle: true,
    pdfVersion: '1.7',
    bufferPages: true,
    // The library writes the title into XML as it is: no sign of markup comes there.
    info: {
      Title: source.title.replace(/[<>&]/g, ' '),
      Creator: 'Exhibit',
      Producer: 'Exhibit',
      CreationDate: date,
      ModDate: date,
    },
  });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  const show = {
    text: showable(document, 'text'),
    bold: showable(document, 'bold'),
    code: showable(document, 'code'),
  };
  const root = document.struct('Document');
  document.addStructure(root);
  write(document, root, source, show);
  footers(document, source, show.text);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

type Show = Record<FontName, (text: string) => string>;

function write(
  document: PDFKit.PDFDocument,
  root: PDFKit.PDFStructureElement,
  source: WebDocument,
  show: Show,
): void {
  const say = (tag: string, text: string, font: FontName, size: number, parent = root) => {
    const words = show[font](text);
    const draw = (): void => {
      document.font(fontFile(font)).fontSize(size).text(words, { paragraphGap: 3 });
    };
    // The types of the library do not know a function where options may stand; its manual does.
    parent.add(document.struct(tag, {}, [draw]));
  };
  say('H1', source.title, 'bold', 16);
  for (const warning of source.warnings) say('P', `! ${warning}`, 'bold', 9);
  for (const line of source.lead) say('P', line, 'text', 9);
  for (const section of source.sections) {
    const part = document.struct('Sect');
    root.add(part);
    document.moveDown(0.6);
    say('H2', section.title, 'bold', 12, part);
    for (const block of section.blocks) writeBlock(document, part, block, show, say);
    part.end();
  }
  root.end();
}

type Say = (
  tag: string,
  text: string,
  font: FontName,
  size: number,
  parent?: PDFKit.PDFStructureElement,
) => void;

function writeBlock(
  document: PDFKit.PDFDocument,
  parent: PDFKit.PDFStructureElement,
  block: DocumentBlock,
  show: Show,
  say: Say,
): void {
  switch (block.kind) {
    case 'text':
      say('P', block.text, 'text', 9, parent);
      return;
    case 'heading':
      say('H3', block.text, 'bold', 10, parent);
      return;
    case 'list':
      for (const item of block.items) say('P', `• ${item}`, 'text', 9, parent);
      return;
    case 'table':
    case 'days':
    case 'picture':
      drawTable(tableOf(block), {
        document,
        parent,
        show,
        paragraph: (text, font = 'text', size = 9) => say('P', text, font, size, parent),
      });
      return;
  }
}

function tableOf(block: Extract<DocumentBlock, { kind: 'table' | 'days' | 'picture' }>): DocumentTable {
  if (block.kind === 'picture') return pictureTable(block.picture);
  return block.kind === 'days' ? daysTable(block) : block;
}

/** Number of each page, and on each what must be known first: a page that is torn out says it, too. */
function footers(
  document: PDFKit.PDFDocument,
  { footer, warnings }: WebDocument,
  show: (text: string) => string,
): void {
  const { start, count } = document.bufferedPageRange();
  for (let at = 0; at < count; at += 1) {
    document.switchToPage(start + at);
    const { margins, height, width } = document.page;
    const bottom = margins.bottom;
    margins.bottom = 0;
    const first = warnings[0] === undefined ? '' : `! ${warnings[0]}  `;
    const line = show(`${first}${footer}`);
    // Decoration: readers hear it once, in the text itself.
    document.markContent('Artifact', { type: 'Pagination' });
    document
      .font(fontFile('text'))
      .fontSize(6)
      .text(line, margins.left, height - 36, {
        width: width - margins.left - margins.right - 60,
        height: 24,
        ellipsis: true,
      });
    document.text(`${at + 1} of ${count}`, width - margins.right - 50, height - 36, {
      width: 50,
      align: 'right',
      lineBreak: false,
    });
    document.endMarkedContent();
    margins.bottom = bottom;
  }
}
