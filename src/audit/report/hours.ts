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
 * Each hour of a source that is to run more than once a day, and each time in which it was silent for longer than that.
 * @param rows of `runs-by-hour`, of all emitters that the source stands for
 * @returns null where its cadence is a day or longer, or no time
 */
export function hoursOf(emitter: ExpectedEmitter, rows: readonly Row[], known: Known): SourceHours | null {
  const seconds = durationSeconds(emitter.cadence);
  if (seconds === undefined || seconds >= 86_400) return null;
  const hours = hoursWithRuns(rows);
  const found = silent(emitter, seconds, hours, known);
  const missed = new Set(found.flatMap(({ overdue: [a, b] }) => hoursBetween(a, b)));
  return {
    days: daysOf({ from: known.from, to: known.until }).map((day) => ({
      day,
      cells: Array.from({ length: 24 }, (_, at) => {
        const hour = midnight(day) / HOUR + at;
        return missed.has(hour) ? 'm' : hours.has(hour) ? 'r' : 'q';
      }).join(''),
    })),
    silences: found.map(({ overdue: _, ...silence }) => silence),
    known_until: formatInstant(known.known_until),
  };
}

/**
 * Runs that did not come, of a source that is to run less than once a day: no single day lacks one.
 * @param rows as for `hoursOf`
 * @returns null where its cadence is a day or shorter, or no time
 */
export function runsMissedOf(emitter: ExpectedEmitter, rows: readonly Row[], known: Known): number | null {
  const seconds = durationSeconds(emitter.cadence);
  if (seconds === undefined || seconds <= 86_400) return null;
  return silent(emitter, seconds, hoursWithRuns(rows), known).reduce(
    (sum, { runs_missed }) => sum + runs_missed,
    0,
  );
}

type Hours = ReadonlyMap<number, readonly Bucket[]>;

function hoursWithRuns(rows: readonly Row[]): Hours {
  return Map.groupBy(rows.map(bucketOf), ({ first }) => Math.floor(first / HOUR));
}

/**
 * Each time in which a source was silent for longer than cadence and grace, by the same arithmetic as `exhibit gaps`. From the begin of
 * the period on: when it ran last before is not asked.
 */
function silent(
  { grace, since, until: end }: ExpectedEmitter,
  seconds: number,
  hours: Hours,
  { from, known_until }: Known,
): (SourceHours['silences'][number] & { overdue: [number, number] })[] {
  const every = seconds * 1_000;
  const extra = grace === undefined ? every / 10 : (durationSeconds(grace) ?? 0) * 1_000;
  const start = Math.max(midnight(from), midnight(since.slice(0, 10)));
  const to = Math.min(
    known_until,
    end === undefined ? known_until : midnight(end.slice(0, 10)) + DAY_MILLISECONDS,
  );
  if (start >= to) return [];
  const { points, loose } = pointsOf(hours, every + extra);
  return silences(points, { since: start, to, every, grace: extra }).map(({ last, due, ended, missed }) => {
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
