import { Worker } from 'node:worker_threads';
import { ExhibitError, fromPlain, type PlainError } from '../record/index.ts';
import type { BundleRequest, BundleResult, CheckBundle } from '../verify/index.ts';
import type { Looked } from './blob-look.ts';

export interface WorkerQuestion {
  id: number;
  request: BundleRequest;
}

export type WorkerAnswer =
  | { id: number; result: BundleResult; looked: Looked[] }
  | { id: number; failure: PlainError };

export interface WorkerData {
  /** Folder with the tiles. */
  log: string;
  /** Whether every entry must be a record. */
  records: boolean;
  /** Folder of the ledger whose blobs are looked at; only where entries are records. */
  blobs?: string;
  /** Whether entries are read around the page cache. */
  direct: boolean;
}

export interface VerifyPool {
  check: CheckBundle;
  /** What was found of the blobs that a checked bundle names; once. */
  looked(bundle: number): Looked[];
  close(): Promise<void>;
}

/** Bundles of one message: a message costs as much as checking a fifth of a bundle. */
const GROUP = 16;
/** Groups that a thread has at once, so that it never waits for the next. */
const GROUPS = 2;

/** So many requests at once keep every thread busy, with a group to be sent behind those that are in work. */
export const poolWindow = (threads: number): number => GROUP * (GROUPS + 1) * threads;

interface Thread {
  worker: Worker;
  groups: number;
}

/** Threads that check bundles of one log: whichever is free takes the next ones. */
export function verifyPool(threads: number, workerData: WorkerData): VerifyPool {
  const found = new Map<number, Looked[]>();
  const waiting = new Map<number, PromiseWithResolvers<BundleResult> & { bundle: number }>();
  let queue: WorkerQuestion[] = [];
  let next = 0;
  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const settle = (answer: WorkerAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('result' in answer) {
      if (asked !== undefined && answer.looked.length > 0) found.set(asked.bundle, answer.looked);
      asked?.resolve(answer.result);
    } else asked?.reject(fromPlain(answer.failure, 'LEDGER_IO'));
  };
  /** Whole groups to whoever can take one; less than a group only to a thread that has nothing to do. */
  const send = () => {
    for (const thread of pool.toSorted((a, b) => a.groups - b.groups)) {
      const whole = queue.length >= GROUP && thread.groups < GROUPS;
      if (queue.length === 0 || !(whole || thread.groups === 0)) continue;
      const share = thread.groups === 0 ? Math.ceil(queue.length / threads) : GROUP;
      const group = queue.slice(0, Math.min(GROUP, share));
      queue = queue.slice(group.length);
      thread.groups += 1;
      thread.worker.postMessage(group satisfies WorkerQuestion[]);
    }
  };
  // The built package has the worker beside this file as JavaScript.
  const file = new URL(
    import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js',
    import.meta.url,
  );
  const pool = Array.from({ length: threads }, (): Thread => {
    const worker = new Worker(file, { workerData });
    const thread: Thread = { worker, groups: 0 };
    worker.on('message', (answers: WorkerAnswer[]) => {
      thread.groups -= 1;
      send();
      for (const answer of answers) settle(answer);
    });
    worker.on('error', failAll);
    return thread;
  });
  return {
    check(request) {
      const asked = { ...Promise.withResolvers<BundleResult>(), bundle: request.index };
      waiting.set(next, asked);
      queue.push({ id: next, request });
      next += 1;
      // The requests of this turn of the event loop go together.
      if (queue.length === 1) setImmediate(send);
      else if (queue.length % GROUP === 0) send();
      return asked.promise;
    },
    looked(bundle) {
      const looked = found.get(bundle) ?? [];
      found.delete(bundle);
      return looked;
    },
    async close() {
      queue = [];
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
      failAll(new ExhibitError('INTERNAL', 'the verification was stopped'));
    },
  };
}
