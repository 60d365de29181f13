import type { DriftItem } from '../document/pictures.ts';
import type { DocumentBlock } from '../document/types.ts';
import type { DriftEpisode, DriftReport } from '../drift.ts';
import type { AuditReport } from '../schema.ts';
import { lastKnownDay } from './until.ts';

export function driftOf({ episodes }: DriftReport, report: AuditReport): DocumentBlock[] {
  if (episodes.length === 0) return [];
  const items = episodes.map(itemOf);
  const until = lastKnownDay(report);
  const { from } = report.scope;
  return [
    {
      kind: 'picture',
      picture: {
        shape: 'drift',
        from,
        // A period that has not come has no day: its first one stands for it.
        to: [from, until].sort().at(-1) ?? from,
        items,
        p50: resolvedWithin(items, 0.5),
        p90: resolvedWithin(items, 0.9),
      },
    },
  ];
}

function itemOf({
  finding,
  detected,
  hours,
  closed,
  closed_as,
  severity,
  due_hours,
}: DriftEpisode): DriftItem {
  const as = closed === null ? 'open' : closed_as === 'resolved' ? 'resolved' : 'other';
  return { finding, detected, hours, as, severity, due_hours };
}

/**
 * Hours within which a part of all was resolved, by Kaplan and Meier (1958): what is open, or was closed without a pass, is known to have
 * lasted so long at least, and counts until then. A figure of what was resolved alone would hide what is open.
 * @returns null where fewer than this part were resolved
 */
export function resolvedWithin(
  items: readonly Pick<DriftItem, 'hours' | 'as'>[],
  part: number,
): number | null {
  const times = [...new Set(items.filter(({ as }) => as === 'resolved').map(({ hours }) => hours))].sort(
    (a, b) => a - b,
  );
  let left = 1;
  for (const time of times) {
    const at_risk = items.filter(({ hours }) => hours >= time).length;
    const resolved = items.filter(({ hours, as }) => as === 'resolved' && hours === time).length;
    left *= 1 - resolved / at_risk;
    // Sums of fractions are not exact: half is half.
    if (left <= 1 - part + 1e-9) return time;
  }
  return null;
}
