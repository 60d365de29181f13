import { findResource, listObjects, nameOf, type Resource } from '../../kubernetes/index.ts';
import { isExhibitError, uuidv7 } from '../../record/index.ts';
import { isOlder } from '../judge/form.ts';
import type { LiveJudge } from '../judge/judge.ts';
import { type Live, type Origin, recordsOf, withDetails } from '../judge/records.ts';
import type { WatchState } from '../judge/state.ts';
import { Totals } from '../judge/totals.ts';
import type { WatcherOptions } from '../types.ts';
import { judgeNothing } from './deleted.ts';
import { judgeGroup } from './group.ts';
import { gapRecord } from './own-records.ts';

export interface PassOptions {
  options: WatcherOptions;
  origin: Origin;
  state: WatchState;
  /** Objects that are judged at once. */
  group: number;
  why: string;
  judge(): LiveJudge;
  /** Writes while the next group is judged; waits for the one before. @throws what that one threw */
  write(job: () => Promise<void>): Promise<void>;
  /** When all is written. */
  written(): Promise<void>;
  /** Nobody else judges meanwhile. */
  alone<T>(job: () => Promise<T>): Promise<T>;
  /** Objects that are not there at a version of the cluster. */
  gone(uids: readonly string[], version: string | undefined): Promise<void>;
  /** Deleted since the list was made. */
  isGone(uid: string): boolean;
}

/** What a judging of all objects came to. */
export interface PassEnd {
  objects: number;
  decisions: number;
  pass: number;
  fail: number;
  waived: number;
  error: number;
  not_evaluated: number;
  /** Kinds that could not be read, and why; those that the cluster does not have are not among them. */
  unavailable: { resource: string; why: string }[];
}

/**
 * Judges all objects of all kinds, as one run. Memory holds one page of them. A kind that cannot be read is a gap record, and the run says so: what
 * was not seen did not pass.
 * @throws ExhibitError of the sink
 */
export async function fullPass(pass: PassOptions): Promise<PassEnd> {
  const { options, origin, state, why } = pass;
  const { sink, resources, namespaces, signal, connection } = options;
  const run_id = uuidv7(origin.clock(), origin.random);
  const totals = new Totals();
  // A pass ends with the bundle with which it began: another one begins another pass.
  const judge = pass.judge();
  const counted: Record<string, number> = {};
  const unavailable: PassEnd['unavailable'] = [];
  const flush: Flush = (lives, later) =>
    pass.alone(async () => {
      // The watch may have been faster, and judged a newer state already. What was known before the list began is older than the list,
      // whatever the numbers say: those of a cluster that came back from a backup go back as well.
      const fresh = lives.filter(({ object: { metadata } }) => {
        const known = state.peek(metadata.uid);
        if (pass.isGone(metadata.uid)) return false;
        return (
          known === undefined || !later.has(metadata.uid) || !isOlder(metadata.resourceVersion, known.version)
        );
      });
      const made = await judgeGroup(fresh, {
        ...{ judge, state, origin, run_id, at: totals.decisions, earlier: options.earlier },
      });
      totals.add(made.judged);
      await pass.write(async () => {
        await sink.put(made.decisions, made.blobs);
        state.save(made.known);
      });
    });
  for (const named of resources) {
    const name = nameOf(named);
    try {
      const resource = await findResource(connection, named, signal);
      if (resource === undefined) continue;
      const places = resource.namespaced ? (namespaces ?? [undefined]) : [undefined];
      for (const namespace of places) {
        const { uids, version } = await listed(resource, namespace, pass, flush);
        await pass.written();
        counted[name] = (counted[name] ?? 0) + uids.size;
        await pass.gone(
          state.uids(name, namespace).filter((uid) => !uids.has(uid)),
          version,
        );
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if (!isExhibitError(error) || !isOfCluster(error.code)) throw error;
      unavailable.push({ resource: name, why: error.message });
    }
  }
  const judged = totals.whole(await judgeNothing(judge, origin), judge.bundle.overrides);
  const made = recordsOf(
    { judged, bundle: judge.bundle, run_id, at: totals.decisions },
    () => undefined,
    origin,
  );
  const run = withDetails(made.run, {
    trigger: why,
    objects: counted,
    ...(unavailable.length === 0 ? {} : { unavailable }),
  });
  const gaps = unavailable.map((one) =>
    gapRecord(origin, 'not listed', `${one.resource} could not be judged: ${one.why}`, { ...one, run_id }),
  );
  await pass.written();
  await sink.put([...made.decisions, run, ...gaps], made.blobs);
  const { pass: passed, fail, waived, error, not_evaluated } = judged.counts;
  return {
    objects: judged.documents,
    decisions: run.run_total ?? 0,
    ...{ pass: passed, fail, waived, error, not_evaluated, unavailable },
  };
}

/** @param later objects that were judged since the list began */
type Flush = (lives: Live[], later: { has(uid: string): boolean }) => Promise<void>;

const isOfCluster = (code: string): boolean => code === 'CLUSTER_FAILED' || code === 'CLUSTER_DENIED';

/** @returns ids of all that is there, and at which version of the cluster */
async function listed(
  resource: Resource,
  namespace: string | undefined,
  { options, group, state }: PassOptions,
  flush: Flush,
): Promise<{ uids: Set<string>; version: string }> {
  const later = state.since();
  try {
    return await pages(resource, namespace, { options, group }, (lives) => flush(lives, later));
  } finally {
    later.end();
  }
}

async function pages(
  resource: Resource,
  namespace: string | undefined,
  { options, group }: Pick<PassOptions, 'options' | 'group'>,
  flush: (lives: Live[]) => Promise<void>,
): Promise<{ uids: Set<string>; version: string }> {
  const { connection, signal, watch } = options;
  const uids = new Set<string>();
  let lives: Live[] = [];
  const scope = namespace === undefined ? {} : { namespace };
  const objects = listObjects(connection, resource, { ...watch, ...scope, signal });
  let version: string;
  for (;;) {
    const { done, value } = await objects.next();
    if (done === true) {
      version = value;
      break;
    }
    uids.add(value.metadata.uid);
    lives.push({ object: value, resource });
    if (lives.length < group) continue;
    await flush(lives);
    lives = [];
  }
  if (lives.length > 0) await flush(lives);
  return { uids, version };
}
