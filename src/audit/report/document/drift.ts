import { type DriftReport, LEAST_RESOLVED } from '../drift.ts';
import { driftOf } from '../pictures/drift.ts';
import type { AuditReport } from '../schema.ts';
import { code, table, text, when } from './parts.ts';
import type { DocumentSection } from './types.ts';

export function driftSections(drift: DriftReport, report: AuditReport): DocumentSection[] {
  const { episodes, figures, weaknesses } = drift;
  return [
    {
      id: 'drift',
      title: 'Drift response',
      blocks: [
        text(
          `${figures.episodes} ${figures.episodes === 1 ? 'episode' : 'episodes'}: ${figures.open} open at the end of the period, ${figures.resolved} resolved, ${figures.waived} waived, ${figures.withdrawn} withdrawn, ${figures.gone} gone. Only resolved is fixed. ${timesOf(figures)}`,
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

/** Of all, as the picture draws it; what was resolved alone would hide what is open. */
function timesOf({
  hours_to_resolve: resolved,
  hours_of_all: { half, nine_of_ten },
}: DriftReport['figures']): string {
  if (resolved.of === 0) return 'No episode was resolved, so there is no time to state.';
  const longest = `Of the ${resolved.of} resolved the longest took ${resolved.longest} hours.`;
  if (resolved.of < LEAST_RESOLVED)
    return `${longest} Within which time a part of all was resolved is not said of fewer than ${LEAST_RESOLVED}.`;
  const within = (hours: number | null) => (hours === null ? 'not yet' : `within ${hours} hours`);
  return `${longest} Of all episodes were resolved: half ${within(half)}, nine of ten ${within(nine_of_ten)}; what is open, or was closed without a pass, counts with the time that it has lasted (Kaplan-Meier).`;
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
