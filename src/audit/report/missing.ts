import { formatPeriod, toPeriods } from '../../lake/index.ts';
import { plural } from '../../record/index.ts';
import type { AuditReport } from './schema.ts';

type Completeness = AuditReport['completeness'];
export type Missing = AuditReport['standing']['missing'][number];

/** Most sources, and periods, that one line names; how many more there are is said. */
const MOST = 5;

/**
 * What is known to be missing of a period, one entry a kind, in words with counts: the one rule for each page, file and exit code.
 * @param completeness undefined where it was not read: then only the days are told of
 */
export function missingOf(
  { days_missing, days_expected }: { days_missing: readonly string[]; days_expected: number },
  completeness: Completeness | undefined,
): Missing[] {
  return [
    ...recordless(days_missing, days_expected),
    ...(completeness === undefined
      ? []
      : [
          ...missedDays(completeness),
          ...silences(completeness),
          ...incompleteRuns(completeness),
          ...numbers(completeness),
          ...recordedGaps(completeness.gap_records.length),
        ]),
  ];
}

/** @param days without any record, sorted @param of how many days that have come */
export function recordless(days: readonly string[], of: number): Missing[] {
  if (days.length === 0) return [];
  return [
    {
      kind: 'days_without_records',
      count: days.length,
      message: `${recordlessWords(days.length, of)}: ${periods(days)}. Nothing is known of ${days.length === 1 ? 'it' : 'them'}`,
      section: 'sources',
    },
  ];
}

/** `1 of 5 days has no record at all` */
export function recordlessWords(count: number, of: number): string {
  return `${count} of ${plural(of, 'day')} ${count === 1 ? 'has' : 'have'} no record at all`;
}

export function recordedGaps(count: number): Missing[] {
  if (count === 0) return [];
  return [
    {
      kind: 'gaps_recorded',
      count,
      message: `${plural(count, 'gap')} ${count === 1 ? 'is' : 'are'} on record: something that was expected did not come`,
      section: 'gaps',
    },
  ];
}

function missedDays({ sources }: Completeness): Missing[] {
  const silent = sources.filter(({ days_missed }) => days_missed.length > 0);
  if (silent.length === 0) return [];
  const count = silent.reduce((sum, { days_missed }) => sum + days_missed.length, 0);
  return [
    {
      kind: 'days_of_sources',
      count,
      message: `${plural(count, 'day')} on which a run of a source was due had none: ${named(
        silent,
        ({ days_missed, days_expected }) => `${days_missed.length} of ${days_expected}`,
      )}`,
      section: 'sources',
    },
  ];
}

/** Of sources that are to run more than once a day, where a day with one run may lack others, and of those that are to run less often. */
function silences({ sources }: Completeness): Missing[] {
  const missed = ({ hours, runs_missed }: Completeness['sources'][number]) =>
    runs_missed ?? (hours?.silences ?? []).reduce((sum, silence) => sum + silence.runs_missed, 0);
  const silent = sources.filter((source) => missed(source) > 0);
  if (silent.length === 0) return [];
  const count = silent.reduce((sum, source) => sum + missed(source), 0);
  return [
    {
      kind: 'runs_of_sources',
      count,
      message: `${plural(count, 'run')} of sources that are to run more or less often than once a day did not come in time: ${named(silent, (source) => String(missed(source)))}`,
      section: 'sources',
    },
  ];
}

function incompleteRuns({ incomplete_runs }: Completeness): Missing[] {
  const count = incomplete_runs.length;
  if (count === 0) return [];
  const sources = Map.groupBy(incomplete_runs, ({ emitter }) => emitter);
  return [
    {
      kind: 'runs_incomplete',
      count,
      message: `${plural(count, 'run')} did not arrive whole, or ${count === 1 ? 'has' : 'have'} too many decisions: ${named(
        [...sources].map(([emitter, runs]) => ({ emitter, count: runs.length })),
        (each) => String(each.count),
      )}`,
      section: 'gaps',
    },
  ];
}

function numbers({ sources }: Completeness): Missing[] {
  const lacking = sources.filter(({ numbers_missing }) => numbers_missing > 0);
  if (lacking.length === 0) return [];
  const count = lacking.reduce((sum, { numbers_missing }) => sum + numbers_missing, 0);
  return [
    {
      kind: 'numbers_missing',
      count,
      message: `${plural(count, 'number')} that sources gave to their records never came: ${named(lacking, ({ numbers_missing }) => String(numbers_missing))}`,
      section: 'sources',
    },
  ];
}

/** `watch 3 of 30, scan 1 of 30`: those with most are not looked for, the order is that of the table. */
function named<Of extends { emitter: string }>(sources: readonly Of[], of: (source: Of) => string): string {
  const rest = sources.length - MOST;
  const words = sources.slice(0, MOST).map((source) => `${source.emitter} ${of(source)}`);
  return `${words.join(', ')}${rest > 0 ? `, and ${plural(rest, 'more source')}` : ''}`;
}

function periods(days: readonly string[]): string {
  const all = toPeriods(days);
  const rest = all.length - MOST;
  const words = all.slice(0, MOST).map(formatPeriod).join(', ');
  return `${words}${rest > 0 ? `, and ${plural(rest, 'more period')}` : ''}`;
}
