import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, ExhibitError, toHex } from '../record/index.ts';
import { type FolderStore, folderStore, getBlob, systemCode } from '../store/index.ts';
import {
  formatProof,
  openCheckpoint,
  parseVkey,
  type SignedCheckpoint,
  TILE_WIDTH,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { auditPath, earlierRoot } from './audit-path.ts';
import { BundleCache } from './bundle-cache.ts';
import { readConfig } from './config.ts';
import { keyOf } from './duplicates.ts';
import { recordedAt } from './entry.ts';
import { sha256 } from './hash.ts';
import { KeyIndex } from './key-index.ts';
import { CHECKPOINT, currentKeyFile } from './layout.ts';
import { uuidBytes } from './own.ts';
import { ProvenLog } from './proven-log.ts';
import type { CheckpointBody, Entry, LedgerReader } from './types.ts';

/** The public key of a ledger folder. @throws ExhibitError LEDGER_KEY */
export async function readPublicKey(folder: string, origin: string): Promise<VerifierKey> {
  const path = join(folder, currentKeyFile(origin));
  try {
    return parseVkey(sha256, await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw new ExhibitError('LEDGER_KEY', `${path} cannot be read (${systemCode(cause) ?? 'error'})`, {
      cause,
      location: { file: path },
    });
  }
}

/**
 * Opens a ledger to read: no key, no lock, no writable disk needed.
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, CHECKPOINT_INVALID
 */
export async function openReader(folder: string): Promise<LedgerReader> {
  const { origin } = await readConfig(folder);
  const reader = new FolderReader(folder, origin);
  await reader.checkpoint();
  return reader;
}

export class FolderReader implements LedgerReader {
  readonly folder: string;
  readonly origin: string;
  readonly store: FolderStore;
  #key: VerifierKey | undefined;
  #cache: { log: ProvenLog; bundles: BundleCache } | undefined;
  #index: KeyIndex | undefined;

  constructor(folder: string, origin: string) {
    this.folder = folder;
    this.origin = origin;
    this.store = folderStore(folder);
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
    const index = this.#indexFor(size);
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

  async proof(index: number): Promise<string> {
    const { text, checkpoint } = await this.#signed();
    const { log, bundles } = this.#provenBy(checkpoint);
    // Also says where the index is beyond the log.
    await bundles.entry(index);
    return formatProof({ index, hashes: await auditPath(log, index), checkpoint: text });
  }

  async close(): Promise<void> {
    this.#index?.close();
    this.#index = undefined;
  }

  /** The index as it is on disk. It may lag behind the log, or be missing. */
  #indexFor(size: number): KeyIndex | undefined {
    if (this.#index === undefined || this.#index.size < size) {
      this.#index?.close();
      try {
        this.#index = KeyIndex.open(this.folder);
      } catch {
        // A writer replaces files of the index at this moment, or they are damaged: the log itself has the answer.
        this.#index = undefined;
      }
    }
    return this.#index;
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

  async #signed(): Promise<{ text: string; checkpoint: SignedCheckpoint }> {
    const bytes = await this.store.get(CHECKPOINT);
    if (bytes === undefined)
      throw new ExhibitError('LEDGER_NOT_FOUND', `${this.folder} has no ${CHECKPOINT}`);
    const text = Buffer.from(bytes).toString();
    if (text === this.#opened?.text) return this.#opened;
    this.#key ??= await readPublicKey(this.folder, this.origin);
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
      const newer = await readPublicKey(this.folder, origin);
      if (newer.id === key.id) throw error;
      this.#key = newer;
      return openCheckpoint(text, [newer], nodeCrypto, { origin });
    }
  }
}
