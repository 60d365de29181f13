import type { AuditReport, ControlReport } from '../schema.ts';
import { manualWords } from './manual.ts';
import { code, evidenceWords, table } from './parts.ts';
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
