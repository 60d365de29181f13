import type { Applicability } from '../applicability.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { manualWords } from './manual.ts';
import { code, evidenceWords, table, text } from './parts.ts';
import type { DocumentBlock, DocumentCell, DocumentSection } from './types.ts';

/** ISO/IEC 27001: a control of Annex A, which may be left out with a reason. The rest are clauses 4 to 10, and none of those may. */
export const isAnnexA = ({ id }: Pick<ControlReport, 'id'>): boolean => id.startsWith('a.');

/**
 * Annex A: what management decided, and apart from that what the control map links. A link decides nothing. The clauses stand by
 * themselves: they always apply.
 */
export function soaSections(
  { controls }: AuditReport,
  applicability: Applicability | undefined,
): DocumentSection[] {
  const annex = controls.filter(isAnnexA);
  const clauses = controls.filter((control) => !isAnnexA(control));
  const stated = new Map((applicability?.controls ?? []).map((each) => [each.id, each]));
  return [
    {
      id: 'soa',
      title: 'Statement of applicability: Annex A',
      blocks: [
        ...decisionBlocks(annex, clauses, applicability),
        table(
          'Controls of Annex A',
          [
            ...['Control', 'Title', 'Decision of management', 'Reason', 'Linked', 'Linked to', 'Evidence'],
            'Manual evidence',
          ],
          annex.map((control) => {
            const said = stated.get(control.id);
            return [
              code(control.id),
              control.title,
              said === undefined ? 'not given' : said.applicable ? 'applies' : 'does not apply',
              said?.reason ?? '',
              ...linkCells(control),
              evidenceWords(control),
              manualWords(control),
            ];
          }),
          'the framework of the log lists none.',
        ),
      ],
    },
    {
      id: 'clauses',
      title: 'Clauses 4 to 10: requirements of the management system',
      blocks: [
        text('None of them may be left out, so there is nothing to decide on whether they apply.'),
        table(
          'Requirements of clauses 4 to 10',
          ['Requirement', 'Title', 'Linked', 'Linked to', 'Evidence', 'Manual evidence'],
          clauses.map((control) => [
            code(control.id),
            control.title,
            ...linkCells(control),
            evidenceWords(control),
            manualWords(control),
          ]),
          'the framework of the log lists none.',
        ),
      ],
    },
  ];
}

/** How many decisions there are, whose, and what of the file cannot be. */
function decisionBlocks(
  annex: readonly ControlReport[],
  clauses: readonly ControlReport[],
  applicability: Applicability | undefined,
): DocumentBlock[] {
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join(', ');
  const lines = (list: readonly { id: string }[], words: string) =>
    list.length === 0 ? [] : [text(`${words}: ${ids(list)}.`)];
  if (applicability === undefined)
    return [
      text(
        `No decision of management is given: 0 of ${annex.length} controls of Annex A. Whether a control applies is for management to say; a link of the control map says only what could show it. The decisions are given as a file: exhibit report soa --applicability FILE.`,
      ),
    ];
  const { controls: stated, digest } = applicability;
  const by = new Map(stated.map((each) => [each.id, each]));
  const listed = new Set([...annex, ...clauses].map(({ id }) => id));
  return [
    text(
      `Decisions of management, as a file states them (${digest}): ${annex.filter(({ id }) => by.has(id)).length} of ${annex.length} controls of Annex A. A link of the control map is none.`,
    ),
    ...lines(
      stated.filter(({ id }) => !listed.has(id)),
      'The file names controls that the framework does not list',
    ),
    ...lines(
      clauses.filter(({ id }) => by.has(id)),
      'The file names clauses, which always apply',
    ),
    ...lines(
      annex.filter(({ id, decisions }) => decisions > 0 && by.get(id)?.applicable === false),
      'Stated as not applicable, and evidence came all the same',
    ),
  ];
}

/** Whether the control map links anything, and what. */
function linkCells({ policies, foreign_checks, layers }: ControlReport): DocumentCell[] {
  const own = new Set(policies.map(({ policy_id }) => policy_id));
  const silent = layers.every(({ policy_id }) => own.has(policy_id));
  const checks = `${foreign_checks} ${foreign_checks === 1 ? 'check' : 'checks'} of other tools`;
  const to = [
    ...own,
    ...(foreign_checks === 0 ? [] : [silent ? `${checks}, of which none sent a decision` : checks]),
  ];
  return to.length === 0 ? ['not linked', ''] : ['linked', to.join(', ')];
}
