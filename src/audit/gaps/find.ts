import { matchesGlob } from '../../engine/index.ts';
import { FEW_RECORDS } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { durationSeconds, type ExpectedEmitter } from '../../policy/index.ts';
import { DAY_MILLISECONDS, ExhibitError, formatInstant, parseRecord } from '../../record/index.ts';
import { isOwn } from '../own.ts';
import { type ExpectedPolicy, expectedOf } from './registered.ts';
import { type Scan, type Sent, scan } from './scan.ts';
import { scanByLake } from './scan-lake.ts';
import { silences } from './silence.ts';

/** A run, a sign of life or a verdict that was due. */
interface Late {
  owner: string;
  /** When the last one came; undefined: none in what was read of the log. */
  last?: string;
  due: string;
  /** When it came after all. */
  ended?: string;
  missed: number;
  every: string;
}

/** Something that was expected and is not there. Times are RFC 3339. */
export type Gap =
  | (Late & { kind: 'run missing' | 'heartbeat missing'; emitter: string })
  | (Late & { kind: 'policy not judged'; policy: string })
  | {
      kind: 'sequence missing';
      emitter: string;
      first: number;
      last_number: number;
      missing: number;
      shown_at: string;
    }
  | {
      kind: 'run incomplete';
      emitter: string;
      run_id: string;
      expected: number;
      arrived: number;
      recorded_at: string;
    };

export interface Gaps {
  from: string;
  to: string;
  ledger: { origin: string; size: number; root: string };
  /** Emitters that are expected, with what came from them. */
  emitters: { name: string; owner: string; cadence: string; runs: number; last_run?: string; gaps: number }[];
  /** Policies of the bundle that was announced last, with a cadence in time. */
  policies: { id: string; owner: string; cadence: string; last?: string; gaps: number }[];
  /** Emitters that sent and that nobody registered; Exhibit's own are none of them. */
  unregistered: { name: string; tools: string[]; last: string }[];
  gaps: Gap[];
  /** Ids of gap records that are in the log already. */
  recorded: ReadonlySet<string>;
}

export interface GapsOptions {
  /** Unix milliseconds: until when to look, mostly now. */
  now: number;
  /** Since when to look; a week before `now` where it is not given. */
  from?: number;
  /** What was expected at the end of the period counts, and not what is expected now: the answer is the same however the log grows. */
  asOf?: boolean;
  /** Most records that are read. */
  most?: number;
  /** A shorter stretch is read without asking the lake, which takes longer to answer; 200,000 records unless given. */
  few?: number;
  progress?: (done: number, total: number) => void;
}

const WEEK = 7 * DAY_MILLISECONDS;

/**
 * What was expected in a time and is not in the log: runs and heartbeats of registered emitters, verdicts of policies with a cadence,
 * numbers, and decisions of runs. By the ledger's clock, so that an emitter cannot date a run back.
 * @throws ExhibitError LEDGER_..., BLOB_...; CONFIG_INVALID for a period that ends before it begins
 */
export async function findGaps(reader: LogReader, options: GapsOptions): Promise<Gaps> {
  const { size, root, origin } = await reader.checkpoint();
  const to = options.now;
  const end = await reader.firstAt(formatInstant(to + 1));
  const { emitters: expected, policies } = await expectedOf(reader, options.asOf === true ? end : undefined);
  const from = options.from ?? to - WEEK;
  if (from >= to)
    throw new ExhibitError('USAGE', 'the period ends before it begins', { hint: 'Give --from before --to.' });
  // What came shortly before covers the first part of the period.
  const longest = Math.max(
    0,
    ...expected.flatMap(({ cadence, heartbeat }) => [span(cadence), span(heartbeat)]),
    ...policies.map(({ cadence }) => span(cadence)),
  );
  const first = await reader.firstAt(formatInstant(Math.max(0, from - 2 * longest)));
  const last = end;
  if (options.most !== undefined && last - first > options.most)
    throw new ExhibitError(
      'REQUEST_TOO_LARGE',
      `${last - first} records would have to be read, and ${options.most} is the most here`,
      { hint: 'Run exhibit gaps --record beside the server.' },
    );
  const ids = new Set(policies.map(({ id }) => id));
  const stretch = { from: first, to: last, since: await reader.firstAt(formatInstant(from)) };
  const shortest = {
    emitters: shortestOf(expected.flatMap(({ cadence, heartbeat }) => [cadence, heartbeat])),
    policies: shortestOf(policies.map(({ cadence }) => cadence)),
  };
  const seen =
    (last - first < (options.few ?? FEW_RECORDS)
      ? undefined
      : await scanByLake(reader, stretch, ids, shortest)) ??
    (await scan(reader, stretch, ids, (done) => options.progress?.(done, last - first)));
  const found = expected.map((each) => ({ each, gaps: ofEmitter(each, seen, from, to) }));
  const known = (name: string) => expected.some((each) => matchesGlob(each.name, name));
  const began = size === 0 ? to : recordedAt(await reader.entry(0));
  const silent = policies.map((policy) => ({
    policy,
    gaps: ofPolicy(policy, seen.judged.get(policy.id) ?? [], { began, from, to }),
  }));
  const gaps = [
    ...found.flatMap(({ gaps }) => gaps),
    ...silent.flatMap(({ gaps }) => gaps),
    ...ofNumbers(seen, from),
    ...ofRuns(seen, from),
  ];
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    ledger: { origin, size, root },
    emitters: found.map(({ each, gaps }) => summary(each, seen, gaps.length)),
    policies: silent.map(({ policy: { id, owner, cadence }, gaps }) => {
      const last = seen.judged.get(id)?.at(-1);
      return {
        id,
        owner,
        cadence,
        ...(last === undefined ? {} : { last: formatInstant(last) }),
        gaps: gaps.length,
      };
    }),
    unregistered: [...seen.emitters]
      .filter(([name]) => !known(name) && !isOwn(name))
      .map(([name, { tools, records }]) => ({
        name,
        tools: [...tools].sort(),
        last: formatInstant(records.at(-1) ?? 0),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    gaps: gaps.sort(byTime),
    recorded: seen.recorded,
  };
}

const KINDS: readonly Gap['kind'][] = [
  'run missing',
  'heartbeat missing',
  'policy not judged',
  'sequence missing',
  'run incomplete',
];

/** Of one time: by what they are about, so that the order is the same however they were found. */
function byTime(a: Gap, b: Gap): number {
  const [one, next] = [a, b].map(
    (gap) => `${timeOf(gap)} ${KINDS.indexOf(gap.kind)} ${JSON.stringify(gap)}`,
  ) as [string, string];
  return one < next ? -1 : one > next ? 1 : 0;
}

/** When a gap began to be one: by it they are sorted. */
export function timeOf(gap: Gap): string {
  switch (gap.kind) {
    case 'run missing':
    case 'heartbeat missing':
    case 'policy not judged':
      return gap.due;
    case 'sequence missing':
      return gap.shown_at;
    case 'run incomplete':
      return gap.recorded_at;
  }
}

function ofEmitter(emitter: ExpectedEmitter, seen: Scan, from: number, to: number): Gap[] {
  const since = Date.parse(`${emitter.since}T00:00:00.000Z`);
  const end =
    emitter.until === undefined ? to : Date.parse(`${emitter.until}T00:00:00.000Z`) + DAY_MILLISECONDS;
  const until = Math.min(to, end);
  if (since >= until) return [];
  const of = (
    kind: 'run missing' | 'heartbeat missing',
    every: string | undefined,
    times: number[],
  ): Gap[] => {
    if (every === undefined) return [];
    const expectation = { since, to: until, every: span(every), grace: graceOf(emitter, every) };
    return (
      silences(times, expectation)
        // What ended before the period is none of its gaps; of what lies before the stretch that was read nothing is known.
        .filter(({ ended }) => (ended ?? until) >= from)
        .map(({ last, due, ended, missed }) => ({
          kind,
          emitter: emitter.name,
          owner: emitter.owner,
          ...(last === undefined ? {} : { last: formatInstant(last) }),
          due: formatInstant(due),
          ...(ended === undefined ? {} : { ended: formatInstant(ended) }),
          missed,
          every,
        }))
    );
  };
  return [
    ...of('run missing', emitter.cadence, timesOf(emitter, seen, 'runs')),
    ...of('heartbeat missing', emitter.heartbeat, timesOf(emitter, seen, 'records')),
  ];
}

/** Times in which a policy came to no verdict. Before the log began nothing could be in it. */
function ofPolicy(
  { id, owner, cadence, since }: ExpectedPolicy,
  times: readonly number[],
  { began, from, to }: { began: number; from: number; to: number },
): Gap[] {
  const every = span(cadence);
  const start = Math.max(began, Date.parse(`${since}T00:00:00.000Z`));
  if (start >= to) return [];
  return silences(times, { since: start, to, every, grace: every / 10 })
    .filter(({ ended }) => (ended ?? to) >= from)
    .map(({ last, due, ended, missed }) => ({
      kind: 'policy not judged',
      policy: id,
      owner,
      ...(last === undefined ? {} : { last: formatInstant(last) }),
      due: formatInstant(due),
      ...(ended === undefined ? {} : { ended: formatInstant(ended) }),
      missed,
      every: cadence,
    }));
}

function recordedAt({ bytes }: { bytes: Uint8Array }): number {
  return Date.parse(parseRecord(bytes).recorded_at);
}

function graceOf({ grace }: ExpectedEmitter, every: string): number {
  return grace === undefined ? span(every) / 10 : span(grace);
}

function sentBy({ name }: ExpectedEmitter, seen: Scan): Sent[] {
  return [...seen.emitters].filter(([each]) => matchesGlob(name, each)).map(([, sent]) => sent);
}

function timesOf(emitter: ExpectedEmitter, seen: Scan, what: 'runs' | 'records'): number[] {
  return sentBy(emitter, seen)
    .flatMap((sent) => sent[what])
    .sort((a, b) => a - b);
}

function ofNumbers(seen: Scan, from: number): Gap[] {
  return [...seen.emitters].flatMap(([emitter, { missing }]) =>
    missing
      .filter(({ by }) => by >= from)
      .map(
        ({ first, last, by }): Gap => ({
          kind: 'sequence missing',
          emitter,
          first,
          last_number: last,
          missing: last - first + 1,
          shown_at: formatInstant(by),
        }),
      ),
  );
}

function ofRuns(seen: Scan, from: number): Gap[] {
  return seen.incomplete
    .filter(({ recorded }) => recorded >= from)
    .map(
      ({ recorded, ...rest }): Gap => ({
        kind: 'run incomplete',
        ...rest,
        recorded_at: formatInstant(recorded),
      }),
    );
}

function summary(emitter: ExpectedEmitter, seen: Scan, gaps: number): Gaps['emitters'][number] {
  const runs = timesOf(emitter, seen, 'runs');
  const last = runs.at(-1);
  return {
    name: emitter.name,
    owner: emitter.owner,
    cadence: emitter.cadence,
    runs: sentBy(emitter, seen).reduce((sum, { runs_since }) => sum + runs_since, 0),
    ...(last === undefined ? {} : { last_run: formatInstant(last) }),
    gaps,
  };
}

/** Milliseconds; without end where nothing is expected. */
function shortestOf(durations: readonly (string | undefined)[]): number {
  return Math.min(...durations.filter((each) => each !== undefined).map(span));
}

/** Milliseconds. */
function span(duration: string | undefined): number {
  return (duration === undefined ? 0 : (durationSeconds(duration) ?? 0)) * 1000;
}
