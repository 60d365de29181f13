import type { DriftReport } from '../drift.ts';
import { driftOf } from '../pictures/drift.ts';
import type { AuditReport } from '../schema.ts';
import { code, table, text, when } from './parts.ts';
import type { DocumentSection } from './types.ts';

export function driftSections(drift: DriftReport, report: AuditReport): DocumentSection[] {
  const { episodes, figures, weaknesses } = drift;
  const { hours_to_resolve: hours } = figures;
  const longest =
    hours.of === 0
      ? 'No episode was resolved, so there is no time to state.'
      : `Hours to resolve, of ${hours.of}: median ${hours.median}, nine of ten within ${hours.p90}, longest ${hours.longest}.`;
  return [
    {
      id: 'drift',
      title: 'Drift response',
      blocks: [
        text(
          `${figures.episodes} episodes: ${figures.open} open at the end of the period, ${figures.resolved} resolved, ${figures.waived} waived, ${figures.withdrawn} withdrawn, ${figures.gone} gone. Only resolved is fixed. ${longest}`,
        ),
        ...driftOf(drift, report),
        table(
          'Episodes',
          ['Finding', 'Policy', 'Subject', 'Severity', 'Owner', 'Opened', 'Closed', 'As', 'Hours'],
          episodes.map((each) => [
            code(each.finding),
            code(each.policy),
            each.subject,
            each.severity,
            each.owner,
            when(each.opened),
            each.closed === null ? 'open' : when(each.closed),
            each.closed_as ?? '',
            each.hours,
          ]),
        ),
        ...weaknesses.map((line) => text(`To be known: ${line}.`)),
      ],
    },
  ];
}

export function incidentSection({ incidents }: DriftReport): DocumentSection {
  return {
    id: 'article-23',
    title: 'Article 23: reports of significant incidents',
    blocks: [
      table(
        'Incidents that somebody marked',
        ['Finding', 'Known', 'Step', 'Due', 'Submitted', 'Late', 'Reference', 'Records'],
        incidents.flatMap(({ finding, known, steps }) =>
          steps.map((each) => [
            code(finding),
            when(known),
            each.step.replaceAll('_', ' '),
            when(each.due),
            when(each.submitted),
            each.late ? 'late' : 'no',
            each.reference,
            code(each.evidence.join(' ')),
          ]),
        ),
        'none was marked in the period. That nothing was marked does not show that nothing happened.',
      ),
    ],
  };
}
