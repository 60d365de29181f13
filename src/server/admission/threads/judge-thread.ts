import { Worker } from 'node:worker_threads';
import type { Bundle } from '../../../policy/index.ts';
import { type Digest, ExhibitError, fromPlain } from '../../../record/index.ts';
import type { Question, ReviewHost } from '../question.ts';
import type { FromJudgeThread, OneReviewed, ToJudgeThread } from './messages.ts';

type Answer = Extract<FromJudgeThread, { kind: 'used' | 'reviewed' }>;

/** One thread that judges, and what it was asked. It ends with the first fault of its own. */
export class JudgeThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  #next = 0;
  #ended = false;
  #closing = false;

  /** @param onEnd called when it ends unasked, after everything that waits was refused */
  constructor(host: ReviewHost, onEnd: (error: ExhibitError) => void) {
    // The built package has the worker beside this file as JavaScript.
    const file = import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: host });
    let cause: unknown;
    this.#worker.on('message', (message: FromJudgeThread) => this.#take(message));
    this.#worker.on('error', (error) => {
      cause = error;
    });
    this.#worker.on('exit', () => {
      this.#ended = true;
      const error = new ExhibitError('INTERNAL', 'a thread that judges reviews has ended', { cause });
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      if (!this.#closing) onEnd(error);
    });
  }

  /** Questions that were not answered yet, groups of them. */
  get load(): number {
    return this.#waiting.size;
  }

  async use(bundle: Bundle): Promise<void> {
    await this.#ask((id) => ({ kind: 'use', id, bundle }));
  }

  /** @returns answers in the order of the questions */
  async review(bundle: Digest, questions: Question[], now: number): Promise<OneReviewed[]> {
    const at = process.hrtime.bigint();
    const answer = await this.#ask((id) => ({ kind: 'review', id, bundle, now, at, questions }));
    return answer.kind === 'reviewed' ? answer.answers : [];
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#ended) return;
    const exit = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#send('close');
    await exit;
  }

  /** Ends it where it is, as a fault would. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(question: (id: number) => ToJudgeThread): Promise<Answer> {
    if (this.#ended) throw new ExhibitError('INTERNAL', 'a thread that judges reviews has ended');
    const id = this.#next;
    this.#next += 1;
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.set(id, answer);
    this.#send(question(id));
    return answer.promise;
  }

  #send(message: ToJudgeThread): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromJudgeThread): void {
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'failed') answer?.reject(fromPlain(message.error, 'INTERNAL'));
    else answer?.resolve(message);
  }
}
