import { Worker } from 'node:worker_threads';
import { type ErrorCode, ExhibitError, type Location } from '../record/index.ts';
import type { BundleRequest, BundleResult, CheckBundle } from '../verify/index.ts';

export interface WorkerQuestion {
  id: number;
  request: BundleRequest;
}

export interface WorkerFailure {
  code?: ErrorCode;
  message: string;
  location?: Location;
  details?: Record<string, unknown>;
  hint?: string;
}

export type WorkerAnswer = { id: number; result: BundleResult } | { id: number; failure: WorkerFailure };

export interface VerifyPool {
  check: CheckBundle;
  close(): Promise<void>;
}

/** Threads that check bundles of one log, in turn. @param log folder with the checkpoint and tiles */
export function verifyPool(log: string, threads: number, records: boolean): VerifyPool {
  const waiting = new Map<number, PromiseWithResolvers<BundleResult>>();
  const failAll = (error: unknown) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  // The built package has the worker beside this file as JavaScript.
  const file = new URL(
    import.meta.url.endsWith('.ts') ? './verify-worker.ts' : './verify-worker.js',
    import.meta.url,
  );
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(file, { workerData: { log, records } });
    worker.on('message', (answer: WorkerAnswer) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('result' in answer) asked?.resolve(answer.result);
      else asked?.reject(revive(answer.failure));
    });
    worker.on('error', failAll);
    return worker;
  });
  let next = 0;
  return {
    check(request) {
      const asked = Promise.withResolvers<BundleResult>();
      const id = next;
      next += 1;
      waiting.set(id, asked);
      workers[id % workers.length]?.postMessage({ id, request } satisfies WorkerQuestion);
      return asked.promise;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
      failAll(new ExhibitError('INTERNAL', 'the verification was stopped'));
    },
  };
}

function revive({ code, message, location, details, hint }: WorkerFailure): ExhibitError {
  return new ExhibitError(code ?? 'LEDGER_IO', message, {
    ...(location === undefined ? {} : { location }),
    ...(details === undefined ? {} : { details }),
    ...(hint === undefined ? {} : { hint }),
  });
}
