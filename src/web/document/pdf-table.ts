import { type FontName, fontFile } from './pdf-fonts.ts';
import type { DocumentCell, DocumentTable } from './types.ts';

/** Longest text of a cell: a longer one goes on in a note below the table, so that a row fits on a page. */
const LONGEST = 280;
const SIZE = 7;

export interface TableParts {
  document: PDFKit.PDFDocument;
  /** The element below which the table and its notes hang. */
  parent: PDFKit.PDFStructureElement;
  show: Record<FontName, (text: string) => string>;
  paragraph(text: string, font?: FontName, size?: number): void;
}

/** A table with its header cells as TH, then the notes for what was too long. */
export function drawTable({ caption, columns, rows }: DocumentTable, parts: TableParts): void {
  const { document, parent, show, paragraph } = parts;
  const notes: string[] = [];
  paragraph(caption, 'bold', 8);
  const cells = rows.map((row) => row.map((cell, at) => cellOf(cell, columns[at] ?? '', notes)));
  const table = document.table({
    structParent: parent,
    columnStyles: widths(columns, cells),
    defaultStyle: { border: 0.5, borderColor: '#8a94a8', padding: 2 },
  } as PDFKit.Mixins.TableOptions);
  const head = (text: string) => ({
    text: show.bold(text),
    type: 'TH' as const,
    font: { src: fontFile('bold'), size: SIZE },
    backgroundColor: '#f0f3f9',
  });
  table.row(columns.map(head));
  for (const row of cells)
    table.row(
      row.map(({ text, font, right }) => ({
        text: show[font](text),
        font: { src: fontFile(font), size: SIZE },
        align: { x: right ? ('right' as const) : ('left' as const) },
      })),
    );
  table.end();
  document.moveDown(0.4);
  for (const note of notes) paragraph(note, 'text', SIZE);
}

interface Drawn {
  text: string;
  font: FontName;
  right: boolean;
}

function cellOf(cell: DocumentCell, column: string, notes: string[]): Drawn {
  if (typeof cell === 'number') return { text: cell.toLocaleString('en-US'), font: 'text', right: true };
  const [text, font]: [string, FontName] = typeof cell === 'string' ? [cell, 'text'] : [cell.code, 'code'];
  if (text.length <= LONGEST) return { text, font, right: false };
  notes.push(`Note ${notes.length + 1}, ${column}: ${text}`);
  return {
    text: `${text.slice(0, LONGEST).toWellFormed()} [goes on in note ${notes.length}]`,
    font,
    right: false,
  };
}

/** Parts of the width, by what stands in the columns: the square root of the longest, so that no column starves. */
function widths(columns: readonly string[], rows: readonly (readonly Drawn[])[]): { width: string }[] {
  const weights = columns.map((name, at) =>
    Math.sqrt(Math.max(6, name.length, ...rows.map((row) => Math.min(row[at]?.text.length ?? 0, 120)))),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => ({ width: `${((weight / sum) * 100).toFixed(3)}%` }));
}
