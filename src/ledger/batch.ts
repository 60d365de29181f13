import type { RandomBytes } from '../record/index.ts';
import type { StoredObject } from '../store/index.ts';
import type { BundleWriter } from './bundle-writer.ts';
import { keyOf, standing } from './duplicates.ts';
import type { Waiting } from './frame.ts';
import type { KeyIndex } from './key-index.ts';
import { type OwnRecord, ownRecord, reuseRecord, uuidBytes } from './own.ts';

export interface BatchContext {
  index: KeyIndex;
  writer: BundleWriter;
  /** Size of the log before this batch. */
  start: number;
  /** recorded_at of this batch, as bytes of its member. */
  member: Uint8Array;
  /** Clock now, Unix milliseconds. */
  now: number;
  random: RandomBytes;
  /** Next sequence number of the ledger's own records. */
  sequence: number;
  readEntry(index: number): Promise<Uint8Array>;
  /** Keeps the bytes of a record that conflicts with an earlier one. */
  keep(bytes: Uint8Array): Promise<unknown>;
}

/** Gives the records of one seal their places in the log. */
export class Batch {
  readonly #context: BatchContext;
  readonly #pending: Waiting[] = [];
  duplicates = 0;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  get added(): number {
    return this.#pending.length;
  }

  /** Next sequence number of the ledger's own records, after this batch. */
  get sequence(): number {
    return this.#context.sequence;
  }

  /** The objects to be stored for these records, each as soon as it is complete. */
  async *objects(own: readonly OwnRecord[], records: Iterable<Waiting>): AsyncGenerator<StoredObject> {
    for (const record of own) yield* this.#own(record);
    const { index, start, readEntry } = this.#context;
    for (const record of records) {
      const candidates = index.candidates(record);
      // Nearly every record is new, and nearly every one of them completes nothing: no promise for those.
      const found =
        candidates.length > 0 && (await standing(record, candidates, this.#pending, start, readEntry));
      if (found === false || found.kind === 'new') {
        const complete = this.#add(record);
        if (complete.length > 0) yield* complete;
      } else if (found.kind === 'same') this.duplicates += 1;
      else yield* await this.#conflict(record, found.index);
    }
    yield* this.#context.writer.finish();
  }

  #add(record: Waiting): StoredObject[] {
    this.#context.index.add(record);
    this.#pending.push(record);
    return this.#context.writer.add(record, this.#context.member);
  }

  #own(record: OwnRecord): StoredObject[] {
    const { now, random, sequence } = this.#context;
    this.#context.sequence += 1;
    return this.#add(ownRecord(record, sequence, now, random));
  }

  /** Two records with one number: the first stays, the second is kept as a blob, and the log says so. */
  async #conflict(second: Waiting, first: number): Promise<StoredObject[]> {
    const gap = reuseRecord(second, first);
    if (await this.#reported(uuidBytes(gap.record_id))) {
      this.duplicates += 1;
      return [];
    }
    await this.#context.keep(second.bytes);
    return this.#own(gap);
  }

  async #reported(id: Uint8Array): Promise<boolean> {
    const { index, start, readEntry } = this.#context;
    for (const at of index.byId(id)) {
      const there = at >= start ? this.#pending[at - start]?.id : keyOf(await readEntry(at)).id;
      if (there !== undefined && Buffer.compare(there, id) === 0) return true;
    }
    return false;
  }
}
