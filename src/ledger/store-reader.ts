import { type Digest, ExhibitError, toHex } from '../record/index.ts';
import { getBlob, type NamedStore, type ObjectStore } from '../store/index.ts';
import {
  formatProof,
  openCheckpoint,
  type SignedCheckpoint,
  TILE_WIDTH,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { auditPath, earlierRoot } from './audit-path.ts';
import { BundleCache } from './bundle-cache.ts';
import { consistencyPath } from './consistency-path.ts';
import { keyOf } from './duplicates.ts';
import { recordedAt } from './entry.ts';
import { sha256 } from './hash.ts';
import type { KeyIndex } from './key-index.ts';
import { CHECKPOINT } from './layout.ts';
import { newestCosigned } from './newest-cosigned.ts';
import { uuidBytes } from './own.ts';
import { ProvenLog } from './proven-log.ts';
import { readPublicKey } from './public-key.ts';
import type { CheckpointBody, Entry, LogReader } from './types.ts';

/** What reads a log by its objects alone, wherever they are. */
export class StoreReader<S extends ObjectStore = NamedStore> implements LogReader {
  readonly origin: string;
  readonly store: S;
  readonly #place: string | NamedStore;
  #key: VerifierKey | undefined;
  #cache: { log: ProvenLog; bundles: BundleCache } | undefined;

  /** @param place of the key: the folder or the store */
  constructor(place: string | NamedStore, origin: string, store: S) {
    this.#place = place;
    this.origin = origin;
    this.store = store;
  }

  async checkpointText(): Promise<string> {
    return (await this.#signed()).text;
  }

  async checkpoint(): Promise<CheckpointBody> {
    const { checkpoint } = await this.#signed();
    return { origin: checkpoint.origin, size: checkpoint.size, root: toHex(checkpoint.root) };
  }

  async rootAt(size: number): Promise<string> {
    const { log } = await this.#proven();
    if (size > log.size) throw new ExhibitError('NOT_FOUND', `the log has ${log.size} records, not ${size}`);
    return toHex(await earlierRoot(log, size));
  }

  async consistency(earlier: number, later?: number): Promise<string[]> {
    const { log } = await this.#proven();
    const to = later ?? log.size;
    if (earlier > to || to > log.size)
      throw new ExhibitError('NOT_FOUND', `the log has ${log.size} records, not ${Math.max(earlier, to)}`);
    return (await consistencyPath(log, earlier, to)).map(toHex);
  }

  async *entries(from: number, to: number): AsyncGenerator<Entry> {
    const { log, bundles } = await this.#proven();
    if (to > log.size)
      throw new ExhibitError('NOT_FOUND', `there is no record ${to - 1} in a log of ${log.size}`);
    for (let index = from; index < to; ) {
      const bundle = await bundles.bundle(Math.floor(index / TILE_WIDTH));
      const end = Math.min(to, (Math.floor(index / TILE_WIDTH) + 1) * TILE_WIDTH);
      for (; index < end; index += 1) yield { index, bytes: bundle[index % TILE_WIDTH] as Uint8Array };
    }
  }

  async entry(index: number): Promise<Entry> {
    return { index, bytes: await (await this.#proven()).bundles.entry(index) };
  }

  async firstAt(instant: string): Promise<number> {
    const { log, bundles } = await this.#proven();
    let [low, high] = [0, log.size];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (recordedAt(await bundles.entry(middle)) >= instant) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  async find(recordId: string): Promise<number | undefined> {
    const { log, bundles } = await this.#proven();
    const { size } = log;
    const id = uuidBytes(recordId);
    const isIt = (entry: Uint8Array) => Buffer.compare(keyOf(entry).id, id) === 0;
    const index = await this.indexFor(log);
    for (const at of index?.byId(id).sort((a, b) => a - b) ?? []) {
      if (at < size && isIt(await bundles.entry(at))) return at;
    }
    // What the index does not cover yet is read.
    for await (const { index: at, bytes } of this.entries(Math.min(index?.size ?? 0, size), size)) {
      if (isIt(bytes)) return at;
    }
    return undefined;
  }

  blob(digest: Digest): Promise<Uint8Array> {
    return getBlob(this.store, sha256, digest);
  }

  async proof(index: number, against?: 'checkpoint'): Promise<string> {
    const { text, checkpoint } = await this.#signed();
    const { log, bundles } = this.#provenBy(checkpoint);
    // Also says where the index is beyond the log.
    await bundles.entry(index);
    const cosigned =
      against === 'checkpoint' ? undefined : await newestCosigned(this.store, log, checkpoint.key, index);
    const hashes = await auditPath(cosigned?.log ?? log, index);
    return formatProof({ index, hashes, checkpoint: cosigned?.text ?? text });
  }

  async cosignedText(): Promise<string | undefined> {
    const { checkpoint } = await this.#signed();
    const { log } = this.#provenBy(checkpoint);
    return (await newestCosigned(this.store, log, checkpoint.key))?.text;
  }

  async close(): Promise<void> {}

  /** A derived index of ids, where there is one. It may lag behind the log. */
  protected async indexFor(_log: ProvenLog): Promise<KeyIndex | undefined> {
    return undefined;
  }

  /** The log as the checkpoint of this moment covers it. */
  async #proven(): Promise<{ log: ProvenLog; bundles: BundleCache }> {
    return this.#provenBy((await this.#signed()).checkpoint);
  }

  #provenBy(checkpoint: SignedCheckpoint): { log: ProvenLog; bundles: BundleCache } {
    const known = this.#cache?.log;
    if (this.#cache !== undefined && known?.size === checkpoint.size && known.root === toHex(checkpoint.root))
      return this.#cache;
    const log = new ProvenLog(this.store, checkpoint);
    this.#cache = { log, bundles: new BundleCache(log) };
    return this.#cache;
  }

  async hold(): Promise<void> {
    await this.#signed();
    this.#held = true;
  }
  #held = false;

  async #signed(): Promise<{ text: string; checkpoint: SignedCheckpoint }> {
    if (this.#held && this.#opened !== undefined) return this.#opened;
    const bytes = await this.store.get(CHECKPOINT);
    if (bytes === undefined)
      throw new ExhibitError(
        'LEDGER_NOT_FOUND',
        `${typeof this.#place === 'string' ? this.#place : this.#place.name} has no ${CHECKPOINT}`,
      );
    const text = Buffer.from(bytes).toString();
    if (text === this.#opened?.text) return this.#opened;
    this.#key ??= await readPublicKey(this.#place, this.origin);
    this.#opened = { text, checkpoint: await this.#open(text, this.#key) };
    return this.#opened;
  }
  #opened: { text: string; checkpoint: SignedCheckpoint } | undefined;

  async #open(text: string, key: VerifierKey): Promise<SignedCheckpoint> {
    const { origin } = this;
    try {
      return openCheckpoint(text, [key], nodeCrypto, { origin });
    } catch (error) {
      // The key may have been rotated since it was read.
      const newer = await readPublicKey(this.#place, origin);
      if (newer.id === key.id) throw error;
      this.#key = newer;
      return openCheckpoint(text, [newer], nodeCrypto, { origin });
    }
  }
}
