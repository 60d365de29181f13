import { type DriftReport, driftFigures, type Scope } from '../../../audit/index.ts';
import { addDays, dayStart } from '../../../lake/index.ts';
import { formatInstant } from '../../../record/index.ts';
import { dueWithin, type Evaluated, type Finding, type RespondConfig } from '../../../respond/index.ts';

const HOUR = 3_600_000;

/**
 * What was found in a scope, and how it was answered.
 * @param policies ids of those of the framework
 * @param when `now` in Unix milliseconds, and how long findings may be open
 */
export function driftReport(
  { findings, weaknesses }: Evaluated,
  scope: Scope,
  policies: ReadonlySet<string>,
  { now, config }: { now: number; config: RespondConfig },
): DriftReport {
  const period = {
    from: Date.parse(dayStart(scope.from)),
    to: Math.min(Date.parse(dayStart(addDays(scope.to, 1))), now),
  };
  const own = findings.filter((finding) => finding.policies.some((id) => policies.has(id)));
  const episodes = own
    .flatMap((finding) => episodesOf(finding, period, dueWithin(finding, config)))
    .sort((a, b) => (a.opened < b.opened ? -1 : 1));
  return {
    episodes,
    figures: driftFigures(episodes),
    incidents: findings.flatMap((finding) => incidentsOf(finding, period)),
    weaknesses: [...weaknesses],
  };
}

interface Period {
  from: number;
  to: number;
}

function episodesOf(
  { id, policy, subject, severity, owner, episodes }: Finding,
  { from, to }: Period,
  due: number,
): DriftReport['episodes'] {
  return episodes
    .filter(({ opened, closed }) => opened < to && (closed === undefined || closed >= from))
    .map(({ opened, detected, closed, closed_as }) => {
      // What was closed after the period was open at its end.
      const done = closed !== undefined && closed < to;
      const end = done ? closed : to;
      return {
        ...{ finding: id, policy, subject, severity, owner: owner.name },
        opened: formatInstant(opened),
        detected: formatInstant(detected),
        closed: done ? formatInstant(closed) : null,
        closed_as: done ? (closed_as ?? null) : null,
        hours: Math.round(Math.max(0, (end - detected) / HOUR) * 10) / 10,
        due_hours: Number.isFinite(due) ? Math.round((due / HOUR) * 10) / 10 : null,
      };
    });
}

function incidentsOf({ id, article23 }: Finding, { from, to }: Period): DriftReport['incidents'] {
  if (article23 === undefined || article23.known >= to || article23.known < from) return [];
  return [
    {
      finding: id,
      known: formatInstant(article23.known),
      steps: article23.steps.map(({ step, due, submitted, late, reference, evidence }) => ({
        step,
        due: formatInstant(due),
        submitted: submitted === undefined ? null : formatInstant(submitted),
        late,
        reference: reference ?? '',
        evidence,
      })),
    },
  ];
}
