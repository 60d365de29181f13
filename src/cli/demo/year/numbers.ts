import type { RecordDraft } from '../../../record/index.ts';
import { LOST } from './plot.ts';
import type { Unnumbered } from './run.ts';

/** Numbers the records of each emitter in their order. On one day the first few of one run are lost on the way, with their numbers. */
export class Numbers {
  readonly #next = new Map<string, number>();
  #lost = false;

  /** @param day number of the day that the run is of */
  take(records: readonly Unnumbered[], day: number): RecordDraft[] {
    const numbered = records.map((record): RecordDraft => {
      const sequence = this.#next.get(record.emitter) ?? 0;
      this.#next.set(record.emitter, sequence + 1);
      return { ...record, sequence };
    });
    if (this.#lost || day < LOST.day || records[0]?.emitter !== LOST.emitter) return numbered;
    this.#lost = true;
    return numbered.slice(LOST.numbers);
  }
}
