import { ExhibitError } from '../record/index.ts';
import { TILE_WIDTH } from '../verify/index.ts';
import type { ProvenLog } from './proven-log.ts';

/** So many are kept: a search by halving comes back to the same few. A full bundle has about 200 kB. */
const BUNDLES = 24;

/** Reads entries one by one, with the last few bundles in memory: each is read and hashed once. */
export class BundleCache {
  readonly #log: ProvenLog;
  readonly #bundles = new Map<number, Promise<Uint8Array[]>>();

  constructor(log: ProvenLog) {
    this.#log = log;
  }

  /** @throws ExhibitError NOT_FOUND, LEDGER_CORRUPT */
  async entry(index: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#log.size) {
      throw new ExhibitError('NOT_FOUND', `there is no record ${index} in a log of ${this.#log.size}`);
    }
    const entry = (await this.bundle(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH];
    if (entry === undefined) throw new ExhibitError('LEDGER_CORRUPT', `record ${index} is not in its bundle`);
    return entry;
  }

  /** @throws ExhibitError LEDGER_CORRUPT */
  bundle(index: number): Promise<Uint8Array[]> {
    const known = this.#bundles.get(index);
    if (known !== undefined) return known;
    const reading = this.#log.bundle(index);
    // A failed read is not kept: the next one tries again.
    reading.catch(() => this.#bundles.delete(index));
    this.#bundles.set(index, reading);
    const oldest = this.#bundles.keys().next();
    if (this.#bundles.size > BUNDLES && oldest.done !== true) this.#bundles.delete(oldest.value);
    return reading;
  }
}
