import { isExhibitError } from '../record/index.ts';
import type { Draft } from './frame-builder.ts';
import type { Numbers } from './numbers.ts';
import type { OnStep } from './steps.ts';
import type { WalWriter } from './wal-writer.ts';

interface Call {
  drafts: Draft[];
  /** Whose drafts are numbered here; undefined: they are taken as they are. */
  emitter: string | undefined;
  done: PromiseWithResolvers<void>;
}

/** Most UTF-16 units of one group: about what a disk writes in the time that it takes to sync. */
const GROUP_UNITS = 4 * 1024 * 1024;

/**
 * Group commit: while one group is being written, later calls wait and become the next group, with one numbering
 * transaction and one fdatasync for all of them.
 */
export class Appender {
  readonly #numbers: Numbers;
  readonly #wal: WalWriter;
  readonly #onStep: OnStep;
  #waiting: Call[] = [];
  #running: Promise<void> | undefined;

  constructor(numbers: Numbers, wal: WalWriter, onStep: OnStep) {
    this.#numbers = numbers;
    this.#wal = wal;
    this.#onStep = onStep;
  }

  /**
   * @param emitter numbers the drafts for it
   * @throws ExhibitError LEDGER_IO; nothing of the call was acknowledged
   */
  append(drafts: Draft[], emitter?: string): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ drafts, emitter, done });
    this.#running ??= this.#run();
    return done.promise;
  }

  /** Waits for what was appended. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // The calls of this turn of the event loop come together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#take();
      try {
        await this.#write(group);
        for (const { done } of group) done.resolve();
      } catch (error) {
        for (const { done } of group) done.reject(error);
      }
    }
    this.#running = undefined;
  }

  #take(): Call[] {
    let units = 0;
    let count = 0;
    for (; count < this.#waiting.length && (count === 0 || units < GROUP_UNITS); count += 1) {
      for (const { text } of this.#waiting[count]?.drafts ?? []) {
        units += text.head.length + text.middle.length + text.tail.length;
      }
    }
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Call[]): Promise<void> {
    const counts = new Map<string, number>();
    for (const { emitter, drafts } of group) {
      if (emitter !== undefined) counts.set(emitter, (counts.get(emitter) ?? 0) + drafts.length);
    }
    const first = this.#numbers.take(counts);
    // Survives a crash: the numbers are used up. If their records are not written, that shows as a gap.
    this.#onStep('numbered');
    const next = new Map(first);
    for (const { emitter, drafts } of group) {
      if (emitter === undefined) continue;
      let number = next.get(emitter) ?? 0;
      for (const draft of drafts) {
        draft.sequence = number;
        number += 1;
      }
      next.set(emitter, number);
    }
    try {
      await this.#wal.write(group.flatMap(({ drafts }) => drafts));
    } catch (error) {
      // The process lives and the frame is surely gone: then these numbers need not become a gap.
      if (isExhibitError(error) && error.details.clean === true) this.#giveBack(first, counts);
      throw error;
    }
  }

  #giveBack(first: ReadonlyMap<string, number>, counts: ReadonlyMap<string, number>): void {
    try {
      this.#numbers.giveBack(first, counts);
    } catch {
      // The disk refuses this write too: the numbers stay used up, and the log shows the gap.
    }
  }
}
