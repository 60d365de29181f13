import { type Change, type ConfigurationChange, changesOf, isBypass, lastBefore } from './changes.ts';
import { type Expectation, whyNotAsked } from './expectation.ts';
import type { AdmissionRun } from './runs.ts';
import type { AuditWrite } from './write.ts';

/** Why a write was admitted without a run of ours. */
export const BYPASS_REASONS = [
  'failed_open',
  'webhook_removed',
  'webhook_changed',
  'webhook_not_there_yet',
  'unknown',
] as const;
export type BypassReason = (typeof BYPASS_REASONS)[number];

/** A write that was admitted, and that the webhook should have been asked about. */
export interface Bypassed {
  write: AuditWrite;
  reason: BypassReason;
  /** The change of the configuration that explains it. */
  change?: ConfigurationChange;
}

export interface Told {
  writes: Iterable<AuditWrite>;
  /** The stretch of time that the audit log covers, Unix milliseconds; undefined: it holds no event. */
  covers: { from: number; to: number } | undefined;
  /** Writes that a receiver counted and did not list, by why. */
  counted?: Readonly<Record<string, number>>;
}

export interface ReconcileOptions {
  expected: Expectation;
  /** Unix milliseconds, both included: only what happened then is compared. */
  from: number;
  to: number;
  /** When the last record of the log was taken, Unix milliseconds: of what came later nothing can be said. */
  recordedUntil: number;
  /** How far the clocks and the ends of both logs may lie apart, in milliseconds. */
  slack: number;
}

/** Both sides and what is missing on either. Each write of the period is in exactly one class. */
export interface Reconciliation {
  /** Writes of the period in the audit log. */
  writes: number;
  /** Of those, what the webhook was asked about or should have been: recorded, lost, later and bypassed add up to it. */
  population: number;
  recorded: number;
  /** Named a run that the log does not have. */
  lost: AuditWrite[];
  /** Named a run that may have come after the end of the log that was read. */
  later: number;
  bypassed: Bypassed[];
  /** Only tried (dry run): answered without a record. */
  tried: number;
  /** Refused by others before the webhook had said anything. */
  refused: number;
  not_asked: { reason: string; count: number }[];
  /** Runs of the webhook in the period. Named, again, connections and unnamed add up to it. */
  runs: number;
  named: number;
  /** Of a request about which the API server asked several times (a change that met another one, each object of a collection). */
  again: number;
  /** Connections into pods, which the audit log tells of when they end. */
  connections: number;
  /** Within what the audit log covers, and no event names them: the audit log is not complete. */
  unnamed: AdmissionRun[];
  /** Runs at the edges of, or beyond, what the audit log covers. */
  outside: number;
  changes: Change[];
}

/**
 * Compares what the API server admitted with what the webhook recorded. Pure: the order of events and records, and events that come
 * twice, change nothing.
 */
export function reconcile(
  { writes, covers, counted = {} }: Told,
  runs: readonly AdmissionRun[],
  options: ReconcileOptions,
): Reconciliation {
  const { expected, from, to } = options;
  const inPeriod = (time: number) => from <= time && time <= to;
  const unique = new Map<string, AuditWrite>();
  for (const write of writes) unique.set(write.audit_id, unique.get(write.audit_id) ?? write);
  const all = [...unique.values()].sort((a, b) => order(a, b));
  const changes = changesOf(all, expected);
  const own = all.filter(({ time }) => inPeriod(Date.parse(time)));
  const known = new Set(runs.map(({ run_id }) => run_id));
  const found: Pick<Reconciliation, 'recorded' | 'lost' | 'later' | 'bypassed' | 'tried' | 'refused'> = {
    recorded: 0,
    lost: [],
    later: 0,
    bypassed: [],
    tried: 0,
    refused: 0,
  };
  const notAsked = new Map(Object.entries(counted));
  const taken = new Set<string>();
  for (const write of own) {
    // Where the API server says that it could not ask, a run is of an earlier try, or of nobody.
    const failedOpen = write.failed_open?.includes(expected.webhook) === true;
    if (write.dry_run === true) found.tried += 1;
    else if (failedOpen && write.refused !== true) found.bypassed.push(bypass(write, changes, expected));
    // A run is of one request: whoever names that of another was not judged by it.
    else if (write.run !== undefined && taken.has(write.run) && write.refused !== true)
      found.bypassed.push({ write, reason: 'unknown' });
    else if (write.run !== undefined) {
      taken.add(write.run);
      if (known.has(write.run)) found.recorded += 1;
      else if (Date.parse(write.time) > options.recordedUntil - options.slack) found.later += 1;
      else found.lost.push(write);
    } else if (write.refused === true) found.refused += 1;
    else {
      const reason = whyNotAsked(write, expected);
      if (reason === undefined) found.bypassed.push(bypass(write, changes, expected));
      else notAsked.set(reason, (notAsked.get(reason) ?? 0) + 1);
    }
  }
  const { recorded, lost, later, bypassed } = found;
  return {
    writes: own.length + Object.values(counted).reduce((sum, count) => sum + count, 0),
    population: recorded + lost.length + later + bypassed.length,
    ...found,
    not_asked: [...notAsked]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => (a.reason < b.reason ? -1 : 1)),
    ...ofRuns(runs, all, covers, options),
    changes: changes.filter(({ write }) => inPeriod(Date.parse(write.time))),
  };
}

function bypass(write: AuditWrite, changes: readonly Change[], expected: Expectation): Bypassed {
  if (write.failed_open?.includes(expected.webhook) === true) return { write, reason: 'failed_open' };
  const change = lastBefore(changes, write);
  if (change === undefined) {
    // The first thing that the log tells of the configuration is that somebody made it.
    const later = changes[0];
    return later?.kind === 'created'
      ? { write, reason: 'webhook_not_there_yet', change: later }
      : { write, reason: 'unknown' };
  }
  switch (change.kind) {
    case 'removed':
      return { write, reason: 'webhook_removed', change };
    case 'changed':
      return { write, reason: 'webhook_changed', change };
    case 'created':
    case 'same':
      if (isBypass(change)) return { write, reason: 'webhook_changed', change };
      // An API server takes a configuration up some time after it has stored it.
      return Date.parse(write.time) - Date.parse(change.write.time) < TAKEN_UP
        ? { write, reason: 'webhook_not_there_yet', change }
        : { write, reason: 'unknown' };
  }
}

/** Longest time in which an API server takes up a configuration, milliseconds. */
const TAKEN_UP = 30_000;

function ofRuns(
  runs: readonly AdmissionRun[],
  writes: readonly AuditWrite[],
  covers: Told['covers'],
  { from, to, slack }: ReconcileOptions,
): Pick<Reconciliation, 'runs' | 'named' | 'again' | 'connections' | 'unnamed' | 'outside'> {
  const names = new Set(writes.flatMap(({ run }) => (run === undefined ? [] : [run])));
  // By what one request was about: the audit log keeps the first run of a request, and drops those of its repetitions.
  const asked = Map.groupBy(
    writes.filter(({ run }) => run !== undefined),
    aboutOf,
  );
  const start = Math.max(from, (covers?.from ?? Number.POSITIVE_INFINITY) + slack);
  const end = Math.min(to, (covers?.to ?? Number.NEGATIVE_INFINITY) - slack);
  const own = runs.filter(({ time }) => from <= time && time <= to);
  const told = { runs: own.length, named: 0, again: 0, connections: 0, outside: 0 };
  const unnamed: AdmissionRun[] = [];
  for (const run of own) {
    const near = (write: AuditWrite) => Math.abs(Date.parse(write.time) - run.time) <= REQUEST;
    if (names.has(run.run_id)) told.named += 1;
    else if ((asked.get(aboutOf(run)) ?? asked.get(aboutOf({ ...run, name: '' })))?.some(near) === true)
      told.again += 1;
    else if (run.time < start || run.time > end) told.outside += 1;
    else if (run.operation === 'CONNECT') told.connections += 1;
    else unnamed.push(run);
  }
  return { ...told, unnamed };
}

/** Longest time of one request, milliseconds: an API server ends it after a minute. */
const REQUEST = 60_000;

type About = Pick<AdmissionRun, 'operation' | 'group' | 'resource'> & {
  subresource?: string;
  namespace?: string;
  name?: string;
  verb?: string;
};

/** Of a collection the audit log has no names. */
function aboutOf({ operation, group, resource, subresource, namespace, name, verb }: About): string {
  const of = verb === 'deletecollection' ? '' : name;
  return JSON.stringify([operation, group, resource, subresource ?? '', namespace ?? '', of ?? '']);
}

function order(a: AuditWrite, b: AuditWrite): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.audit_id < b.audit_id ? -1 : 1;
}
