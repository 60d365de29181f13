import type { ReportDocument } from '../../audit/index.ts';
import { csvField } from '../../record/index.ts';
import { type DocumentTable, daysTable, pictureTable } from '../../web/index.ts';

/**
 * The tables of a report as CSV, one below the other: each line begins with the section and the table that it is of. What must be known
 * first stands in the first lines. What a spreadsheet would run as a formula is inert.
 */
export function reportCsv({ title, warnings, lead, sections, footer }: ReportDocument): string {
  const lines: string[][] = [['report', '', title]];
  for (const warning of warnings) lines.push(['warning', '', warning]);
  for (const line of [...lead, footer]) lines.push(['note', '', line]);
  for (const section of sections)
    for (const block of section.blocks) {
      if (block.kind === 'text') lines.push([section.title, 'note', block.text]);
      if (block.kind === 'list') for (const item of block.items) lines.push([section.title, 'note', item]);
      if (block.kind === 'table') lines.push(...tableLines(section.title, block));
      if (block.kind === 'picture') lines.push(...tableLines(section.title, pictureTable(block.picture)));
      if (block.kind === 'days') lines.push(...tableLines(section.title, daysTable(block)));
    }
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function tableLines(section: string, { caption, columns, rows }: Omit<DocumentTable, 'kind'>): string[][] {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'object' ? cell.code : String(cell))));
  return [columns as string[], ...cells].map((row) => [section, caption, ...row]);
}
