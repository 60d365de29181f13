import { setTimeout as sleep } from 'node:timers/promises';
import type { UnnumberedRecord } from '../../engine/index.ts';
import {
  type Connection,
  type KubernetesObject,
  nameOf,
  type WatchOptions,
  watchResource,
} from '../../kubernetes/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { WatchLog } from '../types.ts';
import { contentOf } from './content.ts';
import { type ReportKind, reportKinds } from './kinds.ts';
import { type ReportContext, recordsOfReport } from './records.ts';

export interface CollectorOptions extends ReportContext {
  connection: Connection;
  /** When it resolves, the records are on a disk. The same records may come again. @throws what ends the collector */
  put(records: readonly UnnumberedRecord[]): Promise<void>;
  /** Milliseconds after which the same content of a report is recorded again. */
  cadence: number;
  /** Milliseconds from one look for new kinds to the next. */
  look: number;
  log: WatchLog;
  signal: AbortSignal;
  /** Of the watches; for tests. */
  watch?: Pick<WatchOptions, 'page' | 'seconds' | 'silence' | 'pause' | 'jitter'>;
}

/** What one pass over all reports found. */
export interface Collected {
  kinds: string[];
  /** Report objects that were read. */
  reports: number;
  /** Kinds that could not be read, and why. */
  failed: string[];
}

/** Takes in what other engines write into reports of the cluster, as it comes. */
export class ReportCollector {
  readonly #options: CollectorOptions;
  /** By uid: what was recorded last of a report, and when. */
  readonly #recorded = new Map<string, { content: string; at: number }>();
  readonly #watched = new Set<string>();
  #broken: unknown;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Reads all reports once. @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED where nothing can be asked; what `put` throws */
  async once(): Promise<Collected> {
    const { connection, signal } = this.#options;
    const found: Collected = { kinds: [], reports: 0, failed: [] };
    for (const kind of await reportKinds(connection, signal)) {
      found.kinds.push(nameOf(kind.resource));
      const end = new AbortController();
      const watch = { ...this.#options.watch, signal: AbortSignal.any([signal, end.signal]) };
      for await (const event of watchResource(connection, kind.resource, watch)) {
        if (event.type === 'listed') {
          await this.#take(kind, event.object);
          found.reports += 1;
          continue;
        }
        if (event.type === 'lost') found.failed.push(`${nameOf(kind.resource)}: ${event.error.message}`);
        end.abort();
      }
    }
    return found;
  }

  /** Goes on until the signal. @throws what `put` throws: what nobody keeps is not collected */
  async run(): Promise<void> {
    const { connection, signal, look, log } = this.#options;
    const running: Promise<void>[] = [];
    while (!signal.aborted && this.#broken === undefined) {
      try {
        for (const kind of await reportKinds(connection, signal)) {
          const name = nameOf(kind.resource);
          if (this.#watched.has(name)) continue;
          this.#watched.add(name);
          log('info', 'reports watched', { kind: name });
          running.push(this.#follow(kind));
        }
      } catch (error) {
        if (!isExhibitError(error)) {
          if (signal.aborted) break;
          throw error;
        }
        log('warn', 'kinds of reports not known', { code: error.code, why: error.message });
      }
      await sleep(this.#watched.size === 0 ? Math.min(look, 5_000) : look, undefined, { signal }).catch(
        () => {},
      );
    }
    await Promise.all(running);
    if (this.#broken !== undefined) throw this.#broken;
  }

  async #follow(kind: ReportKind): Promise<void> {
    const { connection, signal, log } = this.#options;
    try {
      for await (const event of watchResource(connection, kind.resource, {
        ...this.#options.watch,
        signal,
      })) {
        if (this.#broken !== undefined) return;
        switch (event.type) {
          case 'listed':
          case 'added':
          case 'modified':
            await this.#take(kind, event.object);
            break;
          case 'deleted':
            // What stood in it was recorded when it came.
            this.#recorded.delete(event.object.metadata.uid);
            break;
          case 'lost':
            log('warn', 'reports not seen', {
              kind: nameOf(kind.resource),
              why: event.error.message,
              retry: event.retry,
            });
            break;
          case 'synced':
            log('info', 'reports listed', { kind: nameOf(kind.resource), reports: event.uids.size });
        }
      }
    } catch (error) {
      if (!signal.aborted || isExhibitError(error)) this.#broken = error;
    }
  }

  async #take(kind: ReportKind, object: KubernetesObject): Promise<void> {
    const { clock, cadence, put } = this.#options;
    const { uid } = object.metadata;
    if (!hasResults(object)) return;
    const content = contentOf(object);
    const last = this.#recorded.get(uid);
    if (last?.content === content && clock() - last.at < cadence) return;
    await put(await recordsOfReport(kind, object, this.#options));
    this.#recorded.set(uid, { content, at: clock() });
    if (this.#recorded.size > MOST_REPORTS)
      throw new ExhibitError('REQUEST_TOO_LARGE', `the cluster has more than ${MOST_REPORTS} reports`, {
        hint: 'Let one collector look at each kind.',
      });
  }
}

const MOST_REPORTS = 1_000_000;

/** A constraint that no audit looked at yet is a policy, and no result of one. */
function hasResults({ apiVersion, status }: KubernetesObject): boolean {
  return (
    !apiVersion.startsWith('constraints.gatekeeper.sh/') || (typeof status === 'object' && status !== null)
  );
}
