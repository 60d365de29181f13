import type { LogReader } from '../ledger/index.ts';
import { ExhibitError, isExhibitError, toHex } from '../record/index.ts';
import { type Checkpoint, parseCheckpoint, parseNote } from '../verify/index.ts';
import { keptKey, type Place } from './place.ts';

/** Keeps checkpoints of one log in one place: each is an object of its own that is never replaced. */
export class Keeper {
  readonly #place: Place;
  readonly #log: LogReader;
  /** The newest that is there was compared with the log. */
  #compared = false;

  constructor(place: Place, log: LogReader) {
    this.#place = place;
    this.#log = log;
  }

  get name(): string {
    return this.#place.name;
  }

  /**
   * Keeps the latest checkpoint, where it is not there yet.
   * @returns its size, and whether it was written now
   * @throws ExhibitError LEDGER_ROLLBACK, LEDGER_FORK where the place has another history; CHECKPOINT_INVALID; LEDGER_IO, STORE_FAILED
   */
  async keep(): Promise<{ size: number; fresh: boolean }> {
    if (!this.#compared) await this.#compare();
    this.#compared = true;
    const note = await this.#log.checkpointText();
    const own = bodyOf(note);
    const key = keptKey(own.size);
    const there = await this.#place.store.get(key);
    if (there !== undefined) {
      this.#mustBeSame(own, Buffer.from(there).toString(), key);
      return { size: own.size, fresh: false };
    }
    try {
      await this.#place.store.put(key, Buffer.from(note), { ifAbsent: true });
    } catch (error) {
      // Another writer may have kept the same one with more signatures meanwhile.
      const now = isExhibitError(error, 'LEDGER_IO') ? await this.#place.store.get(key) : undefined;
      if (now === undefined) throw error;
      this.#mustBeSame(own, Buffer.from(now).toString(), key);
    }
    return { size: own.size, fresh: true };
  }

  /** The newest that is kept must be of this log: a restored or rewritten one is not kept beside the true one. */
  async #compare(): Promise<void> {
    const newest = (await this.#place.sizes()).at(-1);
    if (newest === undefined) return;
    const key = keptKey(newest);
    const { size } = await this.#log.checkpoint();
    const note = await this.#place.store.get(key);
    if (note === undefined) return;
    const kept = this.#read(Buffer.from(note).toString(), key);
    if (kept.size > size)
      throw this.#other('LEDGER_ROLLBACK', key, `of ${kept.size} records, and the log has ${size}`);
    if (toHex(kept.root) !== (await this.#log.rootAt(kept.size)))
      throw this.#other(
        'LEDGER_FORK',
        key,
        `of ${kept.size} records that are not the first ones of this log`,
      );
  }

  #mustBeSame(own: Checkpoint, there: string, key: string): void {
    const kept = this.#read(there, key);
    if (kept.size !== own.size || toHex(kept.root) !== toHex(own.root))
      throw this.#other('LEDGER_FORK', key, `with another root than the log has at ${own.size} records`);
  }

  #read(note: string, key: string): Checkpoint {
    const kept = bodyOf(note);
    if (kept.origin !== this.#log.origin)
      throw new ExhibitError(
        'CHECKPOINT_INVALID',
        `${this.name}/${key} is of the log ${JSON.stringify(kept.origin)}, not of ${JSON.stringify(this.#log.origin)}`,
        { location: { file: `${this.name}/${key}` }, hint: 'One place keeps the checkpoints of one log.' },
      );
    return kept;
  }

  #other(code: 'LEDGER_ROLLBACK' | 'LEDGER_FORK', key: string, what: string): ExhibitError {
    const file = `${this.name}/${key}`;
    return new ExhibitError(code, `${file} is a checkpoint ${what}`, {
      location: { file },
      hint: 'Nothing was kept. Find out which copy of the log is the true one: exhibit ledger verify --against',
    });
  }
}

/** @throws ExhibitError CHECKPOINT_INVALID */
function bodyOf(note: string): Checkpoint {
  return parseCheckpoint(parseNote(note).text);
}
