import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleRecords, type UnnumberedRecord } from '../../engine/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { type Digest, isExhibitError, uuidv7 } from '../../record/index.ts';
import { holdYoungSpace } from '../../sources/index.ts';
import type { WatchLog, WatchSink } from '../../watch/index.ts';
import type { Context } from '../context.ts';
import { isServer, sendSpool } from '../evidence/remote.ts';
import { Spool } from '../evidence/spool.ts';
import { openWriter, remember } from '../ledger/memory.ts';

/** Where a watcher's records go, for as long as it runs. */
export interface OpenSink extends WatchSink {
  /** A bundle that judges from now on. */
  adopt(bundle: Bundle): Promise<void>;
  /** The ledger, where it is a folder. */
  ledger: Ledger | undefined;
  close(): Promise<void>;
}

const SEAL_EVERY = 1_000;
/** Files that are written at once. */
const AT_ONCE = 16;
/** Milliseconds. */
const PAUSE = 1_000;
const MOST_PAUSE = 60_000;
const LAST_SENDING = 10_000;

/** @param evidence folder or URL @param emitter name under which records are numbered */
export async function openSink(
  evidence: string,
  emitter: string,
  log: WatchLog,
  context: Context,
): Promise<OpenSink> {
  if (isServer(evidence)) return serverSink(evidence, log, context);
  const onError = (error: Error) => log('error', 'seal failed', { message: error.message });
  const sealThread = { every: SEAL_EVERY, onError };
  const ledger = await openWriter(resolve(context.cwd, evidence), context, sealThread);
  const putBlobs = (blobs: ReadonlyMap<Digest, Uint8Array>) =>
    each([...blobs.values()], AT_ONCE, async (bytes) => void (await ledger.putBlob(bytes)));
  return {
    ledger,
    async put(records, blobs) {
      holdYoungSpace();
      await putBlobs(blobs);
      await ledger.append(emitter, records);
    },
    async adopt(bundle) {
      const { records, blobs } = bundleRecords(bundle);
      await putBlobs(blobs);
      await ledger.appendNumbered(records);
    },
    async close() {
      await ledger.seal();
      await remember(ledger, context);
      await ledger.close();
    },
  };
}

async function each<T>(items: readonly T[], most: number, job: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await job(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}

/**
 * The spool of this machine takes records, and a server gets them from there: one that is away holds nothing up. It knows the
 * bundle itself, which it serves.
 */
function serverSink(url: string, log: WatchLog, context: Context): OpenSink {
  const spool = new Spool(url, context.env);
  const end = new AbortController();
  let wake = Promise.withResolvers<void>();
  const sending = (async () => {
    for (let pause = PAUSE; !end.signal.aborted; ) {
      try {
        if (spool.count > 0) await sendSpool(url, context);
        pause = PAUSE;
        await Promise.race([wake.promise, sleep(MOST_PAUSE, undefined, { ref: false, signal: end.signal })]);
        wake = Promise.withResolvers();
      } catch (error) {
        if (end.signal.aborted) return;
        if (!isExhibitError(error)) throw error;
        log('warn', 'records wait in the spool', {
          waiting: spool.count,
          code: error.code,
          why: error.message,
        });
        await sleep(pause, undefined, { ref: false, signal: end.signal }).catch(() => {});
        pause = Math.min(pause * 2, MOST_PAUSE);
      }
    }
  })();
  return {
    ledger: undefined,
    async put(records: readonly UnnumberedRecord[], blobs: ReadonlyMap<Digest, Uint8Array>) {
      spool.put(uuidv7(context.clock(), context.random), records, blobs);
      wake.resolve();
    },
    async adopt() {},
    async close() {
      end.abort();
      wake.resolve();
      await sending;
      // What still waits goes with the next start, or with `exhibit spool send`.
      await sendSpool(url, context, AbortSignal.timeout(LAST_SENDING)).catch((error: unknown) => {
        if (!isExhibitError(error)) throw error;
        log('warn', 'records wait in the spool', {
          waiting: spool.count,
          code: error.code,
          why: error.message,
        });
      });
    },
  };
}
