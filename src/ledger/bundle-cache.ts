import { ExhibitError } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { TILE_WIDTH } from '../verify/index.ts';
import { readBundle } from './log-files.ts';

const BUNDLES = 8;

/** Reads entries one by one, with the last few bundles in memory. */
export class BundleCache {
  readonly #store: ObjectStore;
  readonly #size: number;
  readonly #bundles = new Map<number, Promise<Uint8Array[]>>();

  /** @param size of the log that is read */
  constructor(store: ObjectStore, size: number) {
    this.#store = store;
    this.#size = size;
  }

  /** @throws ExhibitError NOT_FOUND, LEDGER_CORRUPT */
  async entry(index: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#size) {
      throw new ExhibitError('NOT_FOUND', `there is no record ${index} in a log of ${this.#size}`);
    }
    const entry = (await this.bundle(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH];
    if (entry === undefined) throw new ExhibitError('LEDGER_CORRUPT', `record ${index} is not in its bundle`);
    return entry;
  }

  bundle(index: number): Promise<Uint8Array[]> {
    const known = this.#bundles.get(index);
    if (known !== undefined) return known;
    const reading = readBundle(this.#store, index, this.#size);
    // A failed read is not kept: the next one tries again.
    reading.catch(() => this.#bundles.delete(index));
    this.#bundles.set(index, reading);
    const oldest = this.#bundles.keys().next();
    if (this.#bundles.size > BUNDLES && oldest.done !== true) this.#bundles.delete(oldest.value);
    return reading;
  }
}
