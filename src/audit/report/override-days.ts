import { addDays, dayStart } from '../../lake/index.ts';
import { canonicalize } from '../../record/index.ts';
import type { Answers } from './ask.ts';
import { rowsOf } from './rows.ts';
import type { AuditReport } from './schema.ts';
import { inForce, type StatedVersion } from './versions.ts';

/** One recorded form of an override: its file at one time. */
interface Recorded {
  override_id: string;
  digest: string;
  policy_id: string;
  scope: string;
  recorded_at: string;
  created: string;
  sunset: string;
  /** First day of the chain that it renews; its own where it renews nothing. */
  since: string;
  renews: boolean;
}

type Overrides = AuditReport['overrides'];
type Series = Pick<Overrides, 'days' | 'renewals' | 'ahead' | 'without_dates'>;

const DAY = 86_400_000;

/**
 * How old the overrides that were open on each day were at its end. Open is what a bundle in force lists and whose dates hold; expired, what one
 * lists still after its sunset. Where the log does not say what bundles list, dates alone decide, and nothing is known to be expired.
 * @param days UTC days that have come
 */
export function overrideDays(
  answer: Answers['override-history'],
  versions: readonly StatedVersion[],
  days: readonly string[],
): Series {
  const { recorded, without_dates } = read(answer);
  const chained = withAges(recorded);
  const found = days.map((day) => ({ day, ...openAt(chained, versions, day) }));
  const last = days.at(-1);
  return {
    days: found.map(({ day, counts }) => ({ day, ...counts })),
    renewals: chained
      .filter(({ renews }) => renews)
      .map(({ recorded_at, override_id, since }) => ({
        day: recorded_at.slice(0, 10),
        override_id,
        since: since.slice(0, 10),
      })),
    ahead:
      last === undefined
        ? []
        : (found.at(-1)?.open ?? [])
            .filter(({ sunset }) => sunset >= dayStart(addDays(last, 1)))
            .map(({ override_id, sunset, since }) => ({ override_id, sunset, since: since.slice(0, 10) }))
            .sort((a, b) =>
              a.sunset < b.sunset ? -1 : a.sunset > b.sunset ? 1 : a.override_id < b.override_id ? -1 : 1,
            ),
    without_dates,
  };
}

function read(answer: Answers['override-history']): {
  recorded: Omit<Recorded, 'since' | 'renews'>[];
  without_dates: number;
} {
  let without_dates = 0;
  const recorded = rowsOf(answer).flatMap((row) => {
    const [created, sunset] = [instantOf(row.maybe('created')), instantOf(row.maybe('sunset'))];
    if (created === undefined || sunset === undefined) {
      without_dates += 1;
      return [];
    }
    return [
      {
        override_id: row.text('override_id'),
        digest: row.text('override_digest'),
        policy_id: row.text('policy_id'),
        scope: scopeOf(row.text('details')),
        recorded_at: row.text('first_recorded_at'),
        created,
        sunset,
      },
    ];
  });
  return { recorded, without_dates };
}

/** What any sender wrote: a time, or none. */
function instantOf(text: string | null): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What an override is for, as canonical JSON. */
export function scopeOf(details: string): string {
  try {
    const { scope } = JSON.parse(details) as { scope?: object };
    return canonicalize((scope ?? null) as never);
  } catch {
    return details;
  }
}

/** What goes on where another form ended, for the same policy and scope, or under the same id, is as old as that one. */
function withAges(recorded: readonly Omit<Recorded, 'since' | 'renews'>[]): Recorded[] {
  const done: Recorded[] = [];
  for (const each of [...recorded].sort((a, b) => (a.recorded_at < b.recorded_at ? -1 : 1))) {
    const earlier = done.filter(
      (old) =>
        old.override_id === each.override_id ||
        (old.policy_id === each.policy_id &&
          old.scope === each.scope &&
          Date.parse(each.created) <= Date.parse(old.sunset) + DAY),
    );
    const since = [each.created, ...earlier.map((old) => old.since)].sort()[0] ?? each.created;
    // Another text with the same end is a correction.
    const renews = earlier.some((old) => old.sunset < each.sunset);
    done.push({ ...each, since, renews });
  }
  return done;
}

function openAt(recorded: readonly Recorded[], versions: readonly StatedVersion[], day: string) {
  const end = dayStart(addDays(day, 1));
  const lists = inForce(versions, end).flatMap(({ overrides }) =>
    overrides === undefined ? [] : [overrides],
  );
  const known = recorded.filter(({ recorded_at, created }) => recorded_at < end && created < end);
  const listed =
    lists.length === 0 ? newest(known) : known.filter(({ digest }) => lists.some((list) => list.has(digest)));
  const counts = { up_to_7: 0, up_to_30: 0, up_to_90: 0, older: 0, expired: 0 };
  const open: Recorded[] = [];
  for (const each of listed) {
    // On its last day it was open still.
    if (each.sunset < dayStart(day)) {
      if (lists.length > 0) counts.expired += 1;
      continue;
    }
    open.push(each);
    counts[ageOf(Math.floor((Date.parse(end) - 1 - Date.parse(each.since)) / DAY))] += 1;
  }
  return { counts, open };
}

/** The last form of each id. */
function newest(known: readonly Recorded[]): Recorded[] {
  return [...new Map(known.map((each) => [each.override_id, each])).values()];
}

function ageOf(days: number): 'up_to_7' | 'up_to_30' | 'up_to_90' | 'older' {
  if (days <= 7) return 'up_to_7';
  if (days <= 30) return 'up_to_30';
  return days <= 90 ? 'up_to_90' : 'older';
}
