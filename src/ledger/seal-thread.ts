import { Worker } from 'node:worker_threads';
import { ExhibitError, fromPlain, isExhibitError } from '../record/index.ts';
import { type FromSealThread, type SealThreadData, STEP_SEEN, type ToSealThread } from './seal-messages.ts';
import { isFatal, type Sealer, type SealerContext } from './sealer.ts';
import type { Sealed, SealThreadOptions } from './types.ts';

/**
 * Seals in a thread of its own, when asked and, where `every` says so, by itself. To the folder the thread is one more
 * process: it takes the lock, renames write-ahead logs, and what it leaves unfinished the next sealer takes up.
 */
export class ThreadSealer implements Sealer {
  readonly #context: SealerContext;
  readonly #options: SealThreadOptions;
  readonly #onError: (error: ExhibitError) => void;
  readonly #steps: Int32Array | undefined;
  readonly #waiting = new Map<number, PromiseWithResolvers<Sealed>>();
  #worker: Worker | undefined;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  /**
   * @param observed whether onStep is to be called
   * @param onError takes errors of seals that nobody asked for, but for LEDGER_BUSY: the next one tries again
   */
  constructor(
    context: SealerContext,
    observed: boolean,
    options: SealThreadOptions,
    onError: (error: ExhibitError) => void,
  ) {
    this.#context = context;
    this.#options = options;
    this.#onError = onError;
    this.#steps = observed ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    this.#schedule();
  }

  seal(heartbeat: boolean): Promise<Sealed> {
    const id = this.#next;
    this.#next += 1;
    const answer = Promise.withResolvers<Sealed>();
    this.#waiting.set(id, answer);
    // A thread that something broke is replaced: the folder holds all that it knew.
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#send(this.#worker, { id, heartbeat, now: this.#context.clock(), at: process.hrtime.bigint() });
    return answer.promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    this.#send(worker, 'close');
    await exit;
  }

  #start(): Worker {
    const { folder, origin, lockTimeout } = this.#context;
    const workerData: SealThreadData = { folder, origin, lockTimeout, steps: this.#steps };
    // The built package has the worker beside this file as JavaScript.
    const file = import.meta.url.endsWith('.ts') ? './seal-worker.ts' : './seal-worker.js';
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    let broken: unknown;
    worker.on('message', (message: FromSealThread) => this.#take(worker, message));
    worker.on('error', (error) => {
      broken = error;
    });
    worker.on('exit', () => this.#end(broken));
    return worker;
  }

  #send(worker: Worker, message: ToSealThread): void {
    worker.postMessage(message);
  }

  #take(worker: Worker, message: FromSealThread): void {
    if (message.kind === 'step') {
      this.#context.onStep(message.step);
      if (this.#steps === undefined) return;
      Atomics.store(this.#steps, 0, STEP_SEEN);
      Atomics.notify(this.#steps, 0);
      return;
    }
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    // A thread that has nothing to do does not keep the process alive.
    if (this.#waiting.size === 0 && !this.#closing) worker.unref();
    if (message.kind === 'sealed') answer?.resolve(message.sealed);
    else answer?.reject(fromPlain(message.error, 'LEDGER_IO'));
  }

  #end(cause: unknown): void {
    this.#worker = undefined;
    const error = new ExhibitError('INTERNAL', 'the thread that seals the ledger has ended', { cause });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #schedule(): void {
    const { every } = this.#options;
    if (every === undefined || this.#closing) return;
    this.#timer = setTimeout(() => void this.#sealUnasked(), every).unref();
  }

  async #sealUnasked(): Promise<void> {
    let sealed: Sealed | undefined;
    try {
      sealed = await this.seal(false);
    } catch (error) {
      if (!isExhibitError(error, 'LEDGER_BUSY')) this.#onError(error as ExhibitError);
      // After a fatal error there is nothing more to be sealed.
      if (isFatal(error)) return;
    }
    this.#schedule();
    if (sealed !== undefined) this.#options.onSeal?.(sealed);
  }
}
