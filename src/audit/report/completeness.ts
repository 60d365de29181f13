import { matchesGlob } from '../../engine/index.ts';
import { addDays, dayStart, daysOf } from '../../lake/index.ts';
import { durationSeconds, type ExpectedEmitter } from '../../policy/index.ts';
import { isOwn } from '../own.ts';
import type { Scope } from '../scope/scope.ts';
import type { Answers } from './ask.ts';
import { hoursOf, runsMissedOf } from './hours.ts';
import { type Row, rowsOf } from './rows.ts';
import type { AuditReport } from './schema.ts';

type Source = AuditReport['completeness']['sources'][number];

/**
 * Expected against seen, by source and day.
 * @param until last day that evidence can be expected of: that of the period, or today
 * @param today is not over: of it nothing is expected after the last run of any source
 * @param unfinished day of the period that is not over: of it no run is missed that may still come
 */
export function completenessOf(
  answers: Answers,
  emitters: readonly ExpectedEmitter[],
  { from }: Scope,
  { until, today, unfinished }: { until: string; today: string; unfinished: string | undefined },
): AuditReport['completeness'] {
  const sent = Map.groupBy(rowsOf(answers['sources-by-day']), (row) => row.text('emitter'));
  const numbers = Map.groupBy(rowsOf(answers['sequence-gaps']), (row) => row.text('emitter'));
  const names = [...new Set([...sent.keys(), ...numbers.keys()])];
  const others = names.filter((name) => !isOwn(name));
  const runs = Map.groupBy(rowsOf(answers['runs-by-hour']), (row) => row.text('emitter'));
  const known_until = knownUntil(answers, until, today);
  const missing = (name: string) =>
    (numbers.get(name) ?? []).reduce((sum, row) => sum + row.number('missing'), 0);
  const expected = emitters.map((each) => {
    const matching = others.filter((name) => matchesGlob(each.name, name));
    const rows = matching.flatMap((name) => sent.get(name) ?? []);
    const lost = matching.reduce((sum, name) => sum + missing(name), 0);
    const ran = matching.flatMap((name) => runs.get(name) ?? []);
    const known = { from, until, known_until };
    return {
      ...sourceOf(each.name, rows, lost, { emitter: each, from, until, unfinished }),
      hours: hoursOf(each, ran, known),
      runs_missed: runsMissedOf(each, ran, known),
    };
  });
  const unregistered = others
    .filter((name) => !emitters.some((each) => matchesGlob(each.name, name)))
    .sort()
    .map((name) => sourceOf(name, sent.get(name) ?? [], missing(name), { from, until, unfinished }));
  const own = names
    .filter(isOwn)
    .sort()
    .map((name) =>
      sourceOf(name, sent.get(name) ?? [], missing(name), { from, until, unfinished, own: true }),
    );
  const sources = [...expected, ...unregistered, ...own];
  return {
    sources,
    incomplete_runs: rowsOf(answers['incomplete-runs']).map((row) => ({
      run_id: row.text('run_id'),
      emitter: row.text('emitter'),
      problem: row.text('problem'),
    })),
    gap_records: rowsOf(answers['gap-records']).map((row) => ({
      log_index: row.number('log_index'),
      record_id: row.text('record_id'),
      emitter: row.text('emitter'),
      policy_id: row.maybe('policy_id'),
      message: row.text('message'),
    })),
    unmapped_decisions: rowsOf(answers['unmapped-decisions']).reduce(
      (sum, row) => sum + row.number('decisions'),
      0,
    ),
    late: rowsOf(answers['sources-by-day']).reduce((sum, row) => sum + row.number('late'), 0),
  };
}

interface SourceFacts {
  emitter?: ExpectedEmitter;
  from: string;
  until: string;
  unfinished: string | undefined;
  own?: boolean;
}

function sourceOf(
  name: string,
  rows: readonly Row[],
  numbers_missing: number,
  { emitter, from, until, unfinished, own = false }: SourceFacts,
): Source {
  const days = new Set(rows.filter((row) => row.number('runs') > 0).map((row) => row.text('recorded_day')));
  const sum = (column: string) => rows.reduce((total, row) => total + row.number(column), 0);
  const expected =
    emitter === undefined
      ? undefined
      : expectedDays(emitter, from, until)?.filter((day) => day !== unfinished || days.has(day));
  return {
    emitter: name,
    owner: emitter?.owner ?? null,
    own,
    cadence: emitter?.cadence ?? null,
    days_expected: expected?.length ?? null,
    days_with_runs: days.size,
    days_missed: expected?.filter((day) => !days.has(day)) ?? [],
    days: byDay(rows),
    hours: null,
    runs_missed: null,
    records: sum('records'),
    runs: sum('runs'),
    late: sum('late'),
    numbers_missing,
  };
}

function knownUntil(answers: Answers, until: string, today: string): number {
  const end = Date.parse(dayStart(addDays(until, 1)));
  if (until < today) return end;
  const last = rowsOf(answers['runs-by-hour'])
    .map((row) => row.text('last_run_at'))
    .sort()
    .at(-1);
  return last === undefined ? Date.parse(dayStart(until)) : Math.min(end, Date.parse(last));
}

/** Several emitters may be of one registered name. */
function byDay(rows: readonly Row[]): Source['days'] {
  return [...Map.groupBy(rows, (row) => row.text('recorded_day'))]
    .map(([day, of]) => ({
      day,
      runs: of.reduce((sum, row) => sum + row.number('runs'), 0),
      records: of.reduce((sum, row) => sum + row.number('records'), 0),
    }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Days on each of which a run is due. A cadence of more than a day, or with each change, says nothing about one day: `exhibit gaps` does. */
function expectedDays(
  { cadence, since, until: end }: ExpectedEmitter,
  from: string,
  until: string,
): string[] | null {
  const seconds = durationSeconds(cadence);
  if (seconds === undefined || seconds > 86_400) return null;
  const first = since.slice(0, 10) > from ? since.slice(0, 10) : from;
  const last = end !== undefined && end.slice(0, 10) < until ? end.slice(0, 10) : until;
  return first > last ? [] : daysOf({ from: first, to: last });
}
