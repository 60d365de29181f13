import { daysOf } from '../../lake/index.ts';
import { durationSeconds, type ExpectedEmitter } from '../../policy/index.ts';
import { DAY_MILLISECONDS, formatInstant } from '../../record/index.ts';
import { silences } from '../gaps/silence.ts';
import type { Row } from './rows.ts';
import type { SourceHours } from './schema.ts';

const HOUR = DAY_MILLISECONDS / 24;

/** Runs of one emitter within one hour. Unix milliseconds. */
interface Bucket {
  first: number;
  last: number;
  /** Most that lay between two of them that followed each other. */
  between: number;
}

interface Known {
  from: string;
  until: string;
  /** Unix milliseconds: until when anything can be told. */
  known_until: number;
}

/**
 * Each hour of a source that is to run more than once a day, and each time in which it was silent for longer than that, by the same
 * arithmetic as `exhibit gaps`. From the begin of the period on: when it ran last before is not asked.
 * @param rows of `runs-by-hour`, of all emitters that the source stands for
 * @returns null where its cadence is a day or longer, or no time
 */
export function hoursOf(
  { cadence, grace, since, until: end }: ExpectedEmitter,
  rows: readonly Row[],
  { from, until, known_until }: Known,
): SourceHours | null {
  const seconds = durationSeconds(cadence);
  if (seconds === undefined || seconds >= 86_400) return null;
  const every = seconds * 1_000;
  const extra = grace === undefined ? every / 10 : (durationSeconds(grace) ?? 0) * 1_000;
  const start = Math.max(midnight(from), midnight(since.slice(0, 10)));
  const to = Math.min(
    known_until,
    end === undefined ? known_until : midnight(end.slice(0, 10)) + DAY_MILLISECONDS,
  );
  const hours = Map.groupBy(rows.map(bucketOf), ({ first }) => Math.floor(first / HOUR));
  const { points, loose } = pointsOf(hours, every + extra);
  const found: (SourceHours['silences'][number] & { overdue: [number, number] })[] =
    start >= to
      ? []
      : silences(points, { since: start, to, every, grace: extra }).map(({ last, due, ended, missed }) => {
          const between = last === undefined ? undefined : loose.get(last);
          const length = between ?? (ended ?? to) - (due - every - extra);
          return {
            last_run: last === undefined ? null : formatInstant(last),
            due: formatInstant(due),
            ended: ended === undefined ? null : formatInstant(ended),
            minutes: Math.floor(length / 60_000),
            runs_missed: between === undefined ? missed : Math.floor((between - extra - 1) / every),
            within_hour: between !== undefined,
            overdue: [due, ended ?? to],
          };
        });
  const missed = new Set(found.flatMap(({ overdue: [a, b] }) => hoursBetween(a, b)));
  return {
    days: daysOf({ from, to: until }).map((day) => ({
      day,
      cells: Array.from({ length: 24 }, (_, at) => {
        const hour = midnight(day) / HOUR + at;
        return missed.has(hour) ? 'm' : hours.has(hour) ? 'r' : 'q';
      }).join(''),
    })),
    silences: found.map(({ overdue: _, ...silence }) => silence),
    known_until: formatInstant(known_until),
  };
}

function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

function bucketOf(row: Row): Bucket {
  return {
    first: Date.parse(row.text('first_run_at')),
    last: Date.parse(row.text('last_run_at')),
    between: row.number('longest_between'),
  };
}

/** Hours since 1970 that a time touches. */
function hoursBetween(from: number, to: number): number[] {
  const first = Math.floor(from / HOUR);
  return Array.from({ length: Math.max(0, Math.ceil(to / HOUR) - first) }, (_, at) => first + at);
}

/**
 * The first and the last run of each hour, sorted. Where an hour has runs between the two that are close enough, points stand for them;
 * where they are further apart than allowed, `loose` says how far at most, by the point before.
 */
function pointsOf(hours: ReadonlyMap<number, readonly Bucket[]>, allowed: number) {
  const points: number[] = [];
  const loose = new Map<number, number>();
  for (const [, buckets] of [...hours].sort(([a], [b]) => a - b)) {
    const own = [...new Set(buckets.flatMap(({ first, last }) => [first, last]))].sort((a, b) => a - b);
    for (const [at, point] of own.entries()) {
      points.push(point);
      const next = own[at + 1];
      if (next === undefined || next - point <= allowed) continue;
      const around = buckets.filter(({ first, last }) => first <= point && next <= last);
      if (around.length === 0) continue;
      const between = Math.min(next - point, ...around.map((each) => each.between));
      if (between > allowed) loose.set(point, between);
      else for (let one = point + allowed; one < next; one += allowed) points.push(one);
    }
  }
  return { points, loose };
}
