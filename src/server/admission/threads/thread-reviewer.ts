import type { Bundle } from '../../../policy/index.ts';
import { type Clock, type ExhibitError, fromPlain } from '../../../record/index.ts';
import type { Question, Reviewed, Reviewer, ReviewHost } from '../question.ts';
import { noBundle } from '../reviewer.ts';
import { JudgeThread } from './judge-thread.ts';

interface Waiting {
  question: Question;
  bundle: Bundle;
  done: PromiseWithResolvers<Reviewed>;
}

/** Most reviews that a thread is sent at once: those beside them have their turn in between. */
const GROUP = 8;
/** Groups that a thread has before it: while one is judged the next one is on its way. */
const AHEAD = 2;
/** Before a thread that ended is replaced, milliseconds. */
const PAUSE = 1_000;

export interface ThreadOptions {
  clock: Clock;
  threads: number;
  /** Told of a thread that ended, and is replaced. */
  onFault(error: ExhibitError): void;
  begin?: typeof beginThread;
}

function beginThread(host: ReviewHost, onEnd: (error: ExhibitError) => void): JudgeThread {
  return new JudgeThread(host, onEnd);
}

/**
 * Judges in threads, so that this one reads requests, numbers records and waits for the disk meanwhile. Reviews wait here until a thread
 * has room, and go to the one that has least before it.
 */
export class ThreadReviewer implements Reviewer {
  readonly #host: ReviewHost;
  readonly #clock: Clock;
  readonly #onFault: (error: ExhibitError) => void;
  readonly #begin: typeof beginThread;
  /** Undefined: a new one is being started. */
  readonly #threads: (JudgeThread | undefined)[];
  #waiting: Waiting[] = [];
  #bundle: Bundle | undefined;
  #closing = false;

  constructor(host: ReviewHost, { clock, threads, onFault, begin = beginThread }: ThreadOptions) {
    this.#host = host;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#begin = begin;
    this.#threads = Array.from({ length: threads }, (_, at) => this.#start(at));
  }

  async use(bundle: Bundle): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread?.use(bundle)));
    // A thread that is being started takes this one.
    this.#bundle = bundle;
  }

  review(question: Question): Promise<Reviewed> {
    const bundle = this.#bundle;
    if (bundle === undefined) throw noBundle();
    const done = Promise.withResolvers<Reviewed>();
    this.#waiting.push({ question, bundle, done });
    // What comes in this turn of the event loop goes together.
    if (this.#waiting.length === 1) setImmediate(() => this.#share());
    return done.promise;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map((thread) => thread?.close()));
  }

  #share(): void {
    while (this.#waiting.length > 0) {
      const [thread] = this.#threads
        .filter((one) => one !== undefined)
        .filter(({ load }) => load < AHEAD)
        .sort((a, b) => a.load - b.load);
      if (thread === undefined) return;
      void this.#send(thread, this.#group());
    }
  }

  /** Reviews that began with one bundle. */
  #group(): Waiting[] {
    const { bundle } = this.#waiting[0] as Waiting;
    const other = this.#waiting.findIndex((one) => one.bundle !== bundle);
    return this.#waiting.splice(0, Math.min(GROUP, other < 0 ? GROUP : other));
  }

  async #send(thread: JudgeThread, group: Waiting[]): Promise<void> {
    try {
      const { digest } = (group[0] as Waiting).bundle;
      const questions = group.map(({ question }) => question);
      const answers = await thread.review(digest, questions, this.#clock());
      for (const [at, { done }] of group.entries()) {
        const answer = answers[at];
        // No answer at all would admit everything.
        if (answer === undefined) done.reject(new Error('a review was not judged'));
        else if ('error' in answer) done.reject(fromPlain(answer.error, 'INTERNAL'));
        else done.resolve(answer.reviewed);
      }
    } catch (error) {
      for (const { done } of group) done.reject(error);
    }
    this.#share();
  }

  #start(at: number): JudgeThread {
    return this.#begin(this.#host, (error) => {
      this.#threads[at] = undefined;
      this.#onFault(error);
      // Not at once: what ends at its start would do so all the time.
      if (!this.#closing) setTimeout(() => void this.#replace(at), PAUSE).unref();
    });
  }

  async #replace(at: number): Promise<void> {
    if (this.#closing) return;
    const thread = this.#start(at);
    try {
      for (let used: Bundle | undefined; used !== this.#bundle; ) {
        used = this.#bundle;
        if (used !== undefined) await thread.use(used);
      }
    } catch {
      // It ended as well, and said so; or it does without, and the next bundle comes to all.
      await thread.close();
      return;
    }
    this.#threads[at] = thread;
    this.#share();
  }
}
