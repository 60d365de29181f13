import { addDays, daysOf } from '../../../lake/index.ts';
import { AGES } from '../document/pictures.ts';
import type { DocumentBlock } from '../document/types.ts';
import type { AuditReport } from '../schema.ts';
import { lastKnownDay } from './until.ts';

/** Weeks to come that have a bar each. */
const WEEKS = 13;
const COLUMN = {
  '0-7': 'up_to_7',
  '8-30': 'up_to_30',
  '31-90': 'up_to_90',
  'over 90': 'older',
  expired: 'expired',
} as const;

/** How many overrides were open on each day, and which end next. @param limit most that the organisation allows */
export function burnDownOf(report: AuditReport, limit?: number): DocumentBlock[] {
  const { days, renewals } = report.overrides;
  if (days.length === 0) return [];
  const shown = new Set(days.map(({ day }) => day));
  return [
    {
      kind: 'picture',
      picture: {
        shape: 'burn-down',
        days: days.map(({ day }) => day),
        bands: AGES.map((age) => ({ age, counts: days.map((each) => each[COLUMN[age]]) })),
        limit: limit ?? null,
        marks: renewals
          .filter(({ day }) => shown.has(day))
          .map(({ day, override_id, since }) => ({
            day,
            text: `${override_id} renewed, open since ${since}`,
          })),
      },
    },
    ...expiriesOf(report),
  ];
}

function expiriesOf(report: AuditReport): DocumentBlock[] {
  const first = addDays(lastKnownDay(report), 1);
  const later = addDays(first, WEEKS * 7);
  const { ahead } = report.overrides;
  if (ahead.length === 0) return [];
  const starts = daysOf({ from: first, to: addDays(later, -1) }).filter((_, at) => at % 7 === 0);
  const among = (from: string, to: string | undefined) =>
    ahead
      .filter(({ sunset }) => sunset.slice(0, 10) >= from && (to === undefined || sunset.slice(0, 10) < to))
      .map(({ override_id }) => override_id);
  return [
    {
      kind: 'picture',
      picture: {
        shape: 'expiries',
        weeks: [
          ...starts.map((from) => ({ from, label: from.slice(5), ids: among(from, addDays(from, 7)) })),
          { from: later, label: 'later', ids: among(later, undefined) },
        ],
      },
    },
  ];
}
