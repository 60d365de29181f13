import type { Applicability } from '../applicability.ts';
import type { AuditReport, ControlReport } from '../schema.ts';
import { manualWords } from './manual.ts';
import { code, evidenceWords, table, text } from './parts.ts';
import type { DocumentCell, DocumentSection } from './types.ts';

const COLUMNS = [
  'Point',
  'Title',
  'Coverage',
  'Policies',
  'Evidence',
  'Days',
  'Of',
  'Manual evidence',
] as const;

function rowOf(control: ControlReport): DocumentCell[] {
  return [
    code(control.id),
    control.title,
    control.kind,
    control.policies.map(({ policy_id }) => policy_id).join(', '),
    evidenceWords(control),
    control.days_with_evidence,
    control.days_expected,
    manualWords(control),
  ];
}

/** One table of points. */
export function viewOf(id: string, title: string, controls: readonly ControlReport[]): DocumentSection {
  return {
    id,
    title,
    blocks: [table(title, COLUMNS, controls.map(rowOf), 'the framework of the log lists none.')],
  };
}

export const under = ({ controls }: AuditReport, ...begins: readonly string[]) =>
  controls.filter(({ id }) => begins.some((begin) => id === begin || id.startsWith(`${begin}.`)));

/** The points of Article 21(2), and what the framework has of Article 23. */
export function nis2Sections(report: AuditReport): DocumentSection[] {
  return [
    viewOf('article-21', 'Article 21(2): measures', under(report, '21')),
    viewOf('article-23-points', 'Article 23: reporting, by point', under(report, '23')),
  ];
}

/** Each control: applicable or not, why, and implemented by what. What nobody stated is not decided. */
export function soaSections(
  { controls }: AuditReport,
  applicability: Applicability | undefined,
): DocumentSection[] {
  const stated = new Map((applicability?.controls ?? []).map((each) => [each.id, each]));
  const listed = new Set(controls.map(({ id }) => id));
  const unknown = [...stated.keys()].filter((id) => !listed.has(id));
  const source =
    applicability === undefined
      ? 'No file states which controls apply (--applicability): only the control map speaks.'
      : `Stated in a file of the policy repository, ${applicability.digest}.`;
  const rows = controls.map((control): DocumentCell[] => {
    const said = stated.get(control.id);
    const linked = control.policies.length + control.foreign_checks > 0;
    const answer = said === undefined ? (linked ? 'yes' : 'not decided') : said.applicable ? 'yes' : 'no';
    const reason =
      said?.reason ??
      (linked
        ? `The control map links it: ${control.policies[0]?.rationale ?? 'checks of other tools'}`
        : 'nobody stated it');
    const by = [
      ...control.policies.map(({ policy_id }) => policy_id),
      ...(control.foreign_checks > 0 ? [`${control.foreign_checks} checks of other tools`] : []),
    ];
    return [
      code(control.id),
      control.title,
      answer,
      reason,
      by.length > 0 ? by.join(', ') : 'no policy',
      evidenceWords(control),
      manualWords(control),
    ];
  });
  const conflict = controls.filter(
    ({ id, decisions }) => decisions > 0 && stated.get(id)?.applicable === false,
  );
  return [
    {
      id: 'soa',
      title: 'Statement of applicability',
      blocks: [
        text(source),
        ...(unknown.length === 0
          ? []
          : [text(`The file names controls that the framework does not list: ${unknown.join(', ')}.`)]),
        ...(conflict.length === 0
          ? []
          : [
              text(
                `Stated as not applicable, and evidence came all the same: ${conflict.map(({ id }) => id).join(', ')}.`,
              ),
            ]),
        table(
          'Controls',
          ['Control', 'Title', 'Applicable', 'Reason', 'Implemented by', 'Evidence', 'Manual evidence'],
          rows,
        ),
      ],
    },
  ];
}
