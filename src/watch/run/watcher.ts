import { setTimeout as sleep } from 'node:timers/promises';
import { findResource, nameOf, type Resource, watchResource } from '../../kubernetes/index.ts';
import { isExhibitError, uuidv7 } from '../../record/index.ts';
import { formDigest, isOlder } from '../judge/form.ts';
import { LiveJudge } from '../judge/judge.ts';
import type { Live, Origin } from '../judge/records.ts';
import { WatchState } from '../judge/state.ts';
import type { WatcherOptions } from '../types.ts';
import { deletedRun } from './deleted.ts';
import { fullPass, type PassEnd } from './full-pass.ts';
import { judgeGroup } from './group.ts';
import { Lost } from './lost.ts';
import { gapRecord, heartbeatRecord } from './own-records.ts';
import { Queue } from './queue.ts';
import { Recent } from './recent.ts';

/** Objects that are judged before others get their turn. */
const GROUP = 100;
/** Changes that wait before the watches are held back. */
const WAITING = 500;
/** How often a kind that the server does not have is looked for, in milliseconds. */
const LOOK_FOR_KIND = 30_000;

type Work =
  | { what: 'changed'; live: Live }
  | { what: 'deleted'; uid: string }
  | {
      what: 'synced';
      resource: Resource;
      namespace: string | undefined;
      uids: ReadonlySet<string>;
      version: string | undefined;
    };

/** Judges what a cluster has: all of it at the start and again and again, and each change as it comes. */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #end = new AbortController();
  readonly #origin: Origin;
  readonly #state: WatchState;
  readonly #lost: Lost;
  readonly #work = new Queue<Work>(WAITING);
  /** One group after the other, whoever asks: a change waits for the group at hand, and not for a whole pass. */
  #turn: Promise<unknown> = Promise.resolve();
  /** What a pass over all objects writes while it judges on. */
  #writing: Promise<void> = Promise.resolve();
  #judge: LiveJudge | undefined;
  /** Ids of objects that were deleted lately: a list that was made before may still hold them. */
  readonly #deleted = new Recent(10_000);

  constructor(options: WatcherOptions) {
    this.#options = { ...options, signal: AbortSignal.any([options.signal, this.#end.signal]) };
    this.#origin = options;
    this.#state = new WatchState(options.stateFile);
    this.#lost = new Lost(options.clock);
  }

  /**
   * One judging of all that is there.
   * @throws ExhibitError where there is no bundle (then a gap record says so), or where nobody keeps the records
   */
  async once(): Promise<PassEnd> {
    await this.#open();
    return this.#pass('start');
  }

  /** Until the signal. @throws as `once`; a bundle that cannot be had later leaves the one before in use */
  async run(): Promise<void> {
    await this.once();
    const tasks = [
      ...this.#options.resources.map((_, at) => this.#follow(at)),
      this.#judgeWork(),
      this.#every(this.#options.cadence, () => this.#pass('cadence').then(() => {})),
      this.#every(this.#options.heartbeat, () => this.#alive()),
      this.#every(this.#options.look, () => this.#look()),
    ];
    try {
      await Promise.all(tasks);
    } finally {
      // One that failed ends all: what nobody keeps is not to be judged on.
      this.#end.abort();
      await Promise.allSettled(tasks);
    }
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {});
    await this.#writing.catch(() => {});
    await this.#judge?.close();
    this.#state.close();
  }

  async #open(): Promise<void> {
    const { bundle, clock, environment, sink, log, resources } = this.#options;
    try {
      this.#judge = await LiveJudge.open(await bundle(), clock, environment);
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      const why = `nothing is judged: ${error.message}`;
      await sink.put([gapRecord(this.#origin, 'bundle missing', why, { code: error.code })], new Map());
      throw error;
    }
    const names = resources.map(nameOf);
    const forgotten = this.#state.keepOnly(names);
    if (forgotten > 0) log('warn', 'kinds are not watched any more', { objects: forgotten });
  }

  /** What judges now; it is there once `#open` has returned. */
  get #now(): LiveJudge {
    if (this.#judge === undefined) throw new TypeError('no bundle is open');
    return this.#judge;
  }

  #alone<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(job, job);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #write(job: () => Promise<void>): Promise<void> {
    await this.#writing;
    this.#writing = job();
    // Whoever waits for it next is told.
    this.#writing.catch(() => {});
  }

  async #pass(why: string): Promise<PassEnd> {
    const end = await fullPass({
      ...{ options: this.#options, origin: this.#origin, state: this.#state, group: GROUP, why },
      judge: () => this.#now,
      alone: (job) => this.#alone(job),
      write: (job) => this.#write(job),
      written: () => this.#writing,
      gone: (uids, version) => this.#gone(uids, version),
      isGone: (uid) => this.#deleted.has(uid),
    });
    this.#options.log(end.unavailable.length === 0 ? 'info' : 'warn', 'all objects were judged', {
      ...end,
      why,
    });
    return end;
  }

  async #follow(at: number): Promise<void> {
    const { resources, connection, signal, namespaces, log } = this.#options;
    const named = resources[at];
    if (named === undefined) return;
    const resource = await this.#found(named);
    if (resource === undefined) return;
    const places = resource.namespaced ? (namespaces ?? [undefined]) : [undefined];
    const name = nameOf(resource);
    await Promise.all(
      places.map(async (namespace) => {
        const key = namespace === undefined ? name : `${name} of ${namespace}`;
        const scope = namespace === undefined ? {} : { namespace };
        const options = { ...this.#options.watch, ...scope, signal };
        for await (const event of watchResource(connection, resource, options)) {
          switch (event.type) {
            case 'listed':
            case 'added':
            case 'modified':
              await this.#work.add({ what: 'changed', live: { object: event.object, resource } });
              break;
            case 'deleted':
              await this.#work.add({ what: 'deleted', uid: event.object.metadata.uid });
              break;
            case 'synced':
              this.#lost.found(key);
              if (event.absent) log('warn', 'the cluster has no such kind', { resource: key });
              await this.#work.add({
                ...{ what: 'synced', resource, namespace, uids: event.uids, version: event.version },
              });
              break;
            case 'lost':
              if (this.#lost.lost(key, event.error.message))
                log('warn', 'not watched now', {
                  resource: key,
                  why: event.error.message,
                  retry: event.retry,
                });
              break;
          }
        }
      }),
    );
  }

  /** Looks for a kind until the server has it: definitions of it may come later. */
  async #found(named: WatcherOptions['resources'][number]): Promise<Resource | undefined> {
    const { connection, signal, log } = this.#options;
    let told = false;
    while (!signal.aborted) {
      try {
        const resource = await findResource(connection, named, signal);
        if (resource !== undefined) return resource;
        if (!told) log('warn', 'the cluster has no such kind', { resource: nameOf(named) });
        told = true;
        // Nothing of it is there, so nothing is missed.
        this.#lost.found(nameOf(named));
      } catch (error) {
        if (signal.aborted) return undefined;
        const why = isExhibitError(error) ? error.message : 'it failed';
        if (this.#lost.lost(nameOf(named), why))
          log('warn', 'not watched now', { resource: nameOf(named), why });
      }
      await sleep(this.#options.watch?.pause ?? LOOK_FOR_KIND, undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  async #judgeWork(): Promise<void> {
    for (;;) {
      const works = await this.#work.take(GROUP, this.#options.signal);
      if (works.length === 0) return;
      for (const group of grouped(works)) {
        const [first] = group;
        if (first?.what === 'changed')
          await this.#changed(group.flatMap((work) => (work.what === 'changed' ? [work.live] : [])));
        else if (first?.what === 'deleted') await this.#gone([first.uid], undefined);
        else if (first?.what === 'synced')
          await this.#gone(
            this.#state.uids(nameOf(first.resource), first.namespace).filter((uid) => !first.uids.has(uid)),
            first.version,
          );
      }
    }
  }

  /** Each object that changed is a run of its own; they are written together. */
  #changed(lives: readonly Live[]): Promise<void> {
    return this.#alone(async () => {
      // What is known must be what was judged last.
      await this.#writing;
      const { sink, earlier } = this.#options;
      const judge = this.#now;
      const seen = new Set<string>();
      const records = [];
      const blobs = new Map();
      const known = [];
      // The last state of each: what an object was for a moment between is not there any more.
      for (const live of lives.toReversed()) {
        const { uid, resourceVersion } = live.object.metadata;
        if (seen.has(uid)) continue;
        seen.add(uid);
        const before = this.#state.peek(uid);
        if (before !== undefined) {
          if (before.form === formDigest(live.object) && before.bundle === judge.bundle.digest) continue;
          if (isOlder(resourceVersion, before.version)) continue;
        }
        const run_id = uuidv7(this.#origin.clock(), this.#origin.random);
        const made = await judgeGroup([live], {
          ...{ judge, state: this.#state, earlier, origin: this.#origin, run_id, at: 0 },
        });
        records.push(...made.decisions, made.run);
        for (const [digest, bytes] of made.blobs) blobs.set(digest, bytes);
        known.push(...made.known);
      }
      if (records.length === 0) return;
      await sink.put(records, blobs);
      this.#state.save(known);
    });
  }

  /** @param version of the cluster at which they were not there; an object that is younger came since */
  async #gone(uids: readonly string[], version: string | undefined): Promise<void> {
    for (const uid of uids)
      await this.#alone(async () => {
        await this.#writing;
        const known = this.#state.get(uid);
        if (version === undefined) this.#deleted.add(uid);
        if (known === undefined || (version !== undefined && isOlder(version, known.version))) return;
        await this.#options.sink.put(...(await deletedRun(known, this.#now, this.#origin)));
        this.#state.remove(uid);
      });
  }

  async #alive(): Promise<void> {
    const lost = this.#lost.since();
    for (const one of this.#lost.toTell())
      await this.#options.sink.put(
        [gapRecord(this.#origin, 'not watched', `${one.resource} is not watched: ${one.why}`, one)],
        new Map(),
      );
    const details = { objects: this.#state.count, lost };
    await this.#options.sink.put([heartbeatRecord(this.#origin, details)], new Map());
  }

  /** Another bundle judges all anew. One that cannot be used leaves the one before, which the log says. */
  async #look(): Promise<void> {
    const { bundle, clock, environment, log } = this.#options;
    let next: LiveJudge;
    try {
      const given = await bundle();
      if (given.digest === this.#now.bundle.digest) return;
      next = await LiveJudge.open(given, clock, environment);
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      log('error', 'the bundle cannot be used; the one before goes on', {
        code: error.code,
        why: error.message,
      });
      return;
    }
    const last = this.#now;
    await this.#alone(async () => {
      this.#judge = next;
    });
    await last.close();
    await this.#pass('another bundle');
  }

  async #every(milliseconds: number, job: () => Promise<void>): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      await sleep(milliseconds, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await job();
    }
  }
}

/** Changes that follow each other are judged together; everything else alone, and all in order. */
function grouped(works: readonly Work[]): Work[][] {
  const groups: Work[][] = [];
  for (const work of works) {
    const last = groups.at(-1);
    if (work.what === 'changed' && last?.[0]?.what === 'changed') last.push(work);
    else groups.push([work]);
  }
  return groups;
}
