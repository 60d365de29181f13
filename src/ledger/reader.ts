import { type FolderStore, folderStore, type NamedStore } from '../store/index.ts';
import { readConfig } from './config.ts';
import { KeyIndex } from './key-index.ts';
import { logStore } from './log-store.ts';
import { StoreReader } from './store-reader.ts';
import type { LedgerReader, LogReader } from './types.ts';

/**
 * Opens a ledger to read: no key, no lock, no writable disk needed.
 * @param place a folder, or a store that holds a copy of one
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, CHECKPOINT_INVALID; STORE_FAILED (a bucket)
 */
export async function openReader(place: string): Promise<LedgerReader>;
export async function openReader(place: string | NamedStore): Promise<LogReader>;
export async function openReader(place: string | NamedStore): Promise<LogReader> {
  const { origin } = await readConfig(place);
  const reader =
    typeof place === 'string'
      ? new FolderReader(place, origin, await logStore(place))
      : new StoreReader(place, origin, place);
  await reader.checkpoint();
  return reader;
}

export class FolderReader extends StoreReader<FolderStore> implements LedgerReader {
  readonly folder: string;
  #index: KeyIndex | undefined;

  /** @param store of its log: the folder, or that in front of a bucket */
  constructor(folder: string, origin: string, store: FolderStore = folderStore(folder)) {
    super(folder, origin, store);
    this.folder = folder;
  }

  override async close(): Promise<void> {
    this.#index?.close();
    this.#index = undefined;
  }

  /** The index as it is on disk. It may lag behind the log, or be missing. */
  protected override indexFor(size: number): KeyIndex | undefined {
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
}
