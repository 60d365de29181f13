import {
  type AuditReport,
  aiActIndex,
  REPORT_OF_LAW,
  type ReportDocument,
  reportDocument,
} from '../../audit/index.ts';
import { addDays, dayStart } from '../../lake/index.ts';
import type { PackFile } from '../../verify/index.ts';
import { reportCsv } from '../reports/csv.ts';
import { reportOscal } from '../reports/oscal.ts';
import { inertJson } from '../terminal/json.ts';

/** Most rows of one table in a page. All of them are in the answers, and in the CSV file. */
const MOST_ROWS = 2_000;
/** A PDF of more rows takes longer than all the rest of a pack. */
const MOST_PDF_ROWS = 5_000;

/** The reports on a framework, that of a law or standard among them: each as a page, all together as PDF, CSV, OSCAL and JSON. */
export async function* reportFiles(report: AuditReport, left_out: string[]): AsyncGenerator<PackFile> {
  const { documentPage, documentPdf } = await import('../../web/index.ts');
  const facts = { report };
  const law = REPORT_OF_LAW[report.scope.framework];
  const names = ['framework', 'control', 'overrides', 'completeness', 'methodology'] as const;
  for (const name of [...names, ...(law === undefined ? [] : [law])])
    yield text(`reports/${name}.html`, documentPage(shortened(reportDocument(name, facts))));
  if (law === 'eu-ai-act') yield text('reports/eu-ai-act.json', `${inertJson(aiActIndex(report), 2)}\n`);
  const all = reportDocument('all', facts);
  yield text('reports/all.csv', reportCsv(all));
  yield text('reports/assessment-results.oscal.json', `${inertJson(reportOscal(report, all), 2)}\n`);
  yield text('reports/report.json', `${inertJson(report, 2)}\n`);
  left_out.push('the report on drift: what is late in it depends on the day on which it is asked for');
  const short = shortened(all);
  const rows = rowsOf(short);
  if (rows > MOST_PDF_ROWS)
    left_out.push(
      `the PDF: ${rows} rows, and one of more than ${MOST_PDF_ROWS} is not made; exhibit report all -o pdf`,
    );
  else
    yield {
      path: 'reports/all.pdf',
      // The end of the period, and not the clock: the same input gives the same bytes.
      bytes: await documentPdf(short, { date: new Date(dayStart(addDays(report.scope.to, 1))) }),
    };
}

export function text(path: string, content: string): PackFile {
  return { path, bytes: Buffer.from(content) };
}

type Block = ReportDocument['sections'][number]['blocks'][number];

function shortened(document: ReportDocument): ReportDocument {
  return {
    ...document,
    sections: document.sections.map((section) => ({
      ...section,
      blocks: section.blocks.flatMap(shortBlock),
    })),
  };
}

function shortBlock(block: Block): Block[] {
  if (block.kind !== 'table' || block.rows.length <= MOST_ROWS) return [block];
  const said = `${block.caption}: the first ${MOST_ROWS} of ${block.rows.length} rows; all of them are in all.csv and in the answers.`;
  return [
    { kind: 'text', text: said },
    { ...block, rows: block.rows.slice(0, MOST_ROWS) },
  ];
}

function rowsOf({ sections }: ReportDocument): number {
  return sections
    .flatMap(({ blocks }) => blocks)
    .reduce(
      (sum, block) => sum + (block.kind === 'table' || block.kind === 'days' ? block.rows.length : 0),
      0,
    );
}
