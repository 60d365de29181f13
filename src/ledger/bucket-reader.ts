import type { NamedStore } from '../store/index.ts';
import { catchUp } from './catch-up.ts';
import { readConfig } from './config.ts';
import type { KeyIndex } from './key-index.ts';
import type { ProvenLog } from './proven-log.ts';
import { StoreReader } from './store-reader.ts';
import type { LedgerReader } from './types.ts';

/**
 * Opens a log in a bucket to read, with a working folder of the caller's own: nothing is written into the bucket.
 * @param folder empty, and of this process alone. An index of ids is made there from the log when an id is asked for first
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, CHECKPOINT_INVALID, STORE_FAILED
 */
export async function openBucketReader(
  store: NamedStore,
  folder: string,
  fetch: NonNullable<LedgerReader['fetch']>,
): Promise<LedgerReader> {
  const { origin } = await readConfig(store);
  const reader = new BucketReader(store, origin, folder, fetch);
  await reader.checkpoint();
  return reader;
}

class BucketReader extends StoreReader implements LedgerReader {
  readonly folder: string;
  readonly place: NamedStore;
  /** What writes a lake keeps it there, too; nothing is written here. */
  readonly bucket = undefined;
  readonly fetch: NonNullable<LedgerReader['fetch']>;
  #index: Promise<KeyIndex> | undefined;

  constructor(store: NamedStore, origin: string, folder: string, fetch: NonNullable<LedgerReader['fetch']>) {
    super(store, origin, store);
    this.folder = folder;
    this.place = store;
    this.fetch = fetch;
  }

  override async close(): Promise<void> {
    const index = this.#index;
    this.#index = undefined;
    (await index?.catch(() => undefined))?.close();
  }

  /** Made once for all who ask: without it each id would be a reading of the whole log. What came later is read. */
  protected override indexFor(log: ProvenLog): Promise<KeyIndex> {
    const making = this.#index ?? catchUp(this.folder, log);
    this.#index = making;
    // A failure is not kept: the next one tries again.
    making.catch(() => {
      this.#index = undefined;
    });
    return making;
  }
}
