import { createEngine, type Engine } from '../../engine/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import type { Bundle, VerificationKey } from '../../policy/index.ts';
import { type Digest, isExhibitError } from '../../record/index.ts';
import { type Announced, announcedBundles, storedBundle } from './stored-bundle.ts';
import type { Cannot } from './types.ts';

/** A bundle of the evidence with its engine, whose clock stands where it is put. */
export interface Loaded {
  bundle: Bundle;
  engine: Engine;
  clock: { now: number };
  /** Ends of its signatures, RFC 3339. */
  expires: readonly string[];
}

export interface Refused {
  reason: Cannot;
  text: string;
}

/** Engines take memory; decisions come in the order of the log, in which bundles seldom alternate. */
const MOST_OPEN = 4;

/** The bundles that a log keeps, each loaded once while it is asked for. */
export class BundleShelf {
  readonly #reader: LogReader;
  readonly #size: number;
  readonly #keys: readonly VerificationKey[];
  readonly #open = new Map<string, Loaded | Refused>();
  #announced: Map<string, Announced> | undefined;

  /** @param keys of which one must have signed a bundle; none: that is not asked */
  constructor(reader: LogReader, size: number, keys: readonly VerificationKey[] = []) {
    this.#reader = reader;
    this.#size = size;
    this.#keys = keys;
  }

  async get(digest: Digest): Promise<Loaded | Refused> {
    const known = this.#open.get(digest);
    if (known !== undefined) {
      // The one that was used last is the last to go.
      this.#open.delete(digest);
      this.#open.set(digest, known);
      return known;
    }
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= MOST_OPEN) await this.#close(oldest);
    const loaded = await this.#load(digest);
    this.#open.set(digest, loaded);
    return loaded;
  }

  async close(): Promise<void> {
    for (const digest of [...this.#open.keys()]) await this.#close(digest);
  }

  async #close(digest: string): Promise<void> {
    const loaded = this.#open.get(digest);
    this.#open.delete(digest);
    if (loaded !== undefined && 'engine' in loaded) await loaded.engine.close();
  }

  async #load(digest: Digest): Promise<Loaded | Refused> {
    this.#announced ??= await announcedBundles(this.#reader, this.#size);
    const announced = this.#announced.get(digest);
    if (announced === undefined)
      return { reason: 'bundle_not_kept', text: `no record of the log announces the bundle ${digest}` };
    const bundle = await this.#verified(digest, announced);
    if ('reason' in bundle) return bundle;
    const clock = { now: 0 };
    try {
      const engine = await createEngine(bundle, { clock: () => clock.now });
      return { bundle, engine, clock, expires: announced.expires };
    } catch (error) {
      if (!isExhibitError(error)) throw error;
      return { reason: 'bundle_unusable', text: error.message };
    }
  }

  /** The bundle with the newest signature that holds by one of the keys. */
  async #verified(digest: Digest, { lists }: Announced): Promise<Bundle | Refused> {
    let refused: Refused = {
      reason: 'bundle_not_kept',
      text: `files of the bundle ${digest} are not among the blobs of the evidence, or are not those of its digest`,
    };
    for (const list of lists) {
      try {
        const bundle = await storedBundle(this.#reader, digest, list, this.#keys);
        if (bundle !== undefined) return bundle;
      } catch (error) {
        if (!isExhibitError(error)) throw error;
        const reason = error.code === 'BLOB_DIGEST' ? 'bundle_exchanged' : 'bundle_not_trusted';
        refused = { reason, text: error.message };
      }
    }
    return refused;
  }
}
