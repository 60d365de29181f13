import type { DriftItem } from '../document/pictures.ts';
import type { DocumentBlock } from '../document/types.ts';
import { type DriftEpisode, type DriftReport, endOf } from '../drift.ts';
import type { AuditReport } from '../schema.ts';
import { lastKnownDay } from './until.ts';

export function driftOf({ episodes, figures }: DriftReport, report: AuditReport): DocumentBlock[] {
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
        p50: figures.hours_of_all.half,
        p90: figures.hours_of_all.nine_of_ten,
      },
    },
  ];
}

function itemOf(episode: DriftEpisode): DriftItem {
  const { finding, detected, hours, severity, due_hours } = episode;
  return { finding, detected, hours, as: endOf(episode), severity, due_hours };
}
