import { type FolderStore, folderStore, type NamedStore, type WriteStore } from '../store/index.ts';
import { readConfig } from './config.ts';
import { KeyIndex } from './key-index.ts';
import type { ProvenLog } from './proven-log.ts';
import { type Remote, remoteOf } from './remote/remote.ts';
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
      ? new FolderReader(place, origin, await remoteOf(place))
      : new StoreReader(place, origin, place);
  await reader.checkpoint();
  return reader;
}

export class FolderReader extends StoreReader<FolderStore> implements LedgerReader {
  readonly folder: string;
  readonly place: string;
  readonly bucket: WriteStore | undefined;
  #index: KeyIndex | undefined;

  /** @param remote the bucket behind the folder; left out: the folder alone is read */
  constructor(folder: string, origin: string, remote?: Remote) {
    super(folder, origin, remote?.layered() ?? folderStore(folder));
    this.folder = folder;
    this.place = folder;
    this.bucket = remote?.store;
  }

  override async close(): Promise<void> {
    this.#index?.close();
    this.#index = undefined;
  }

  /** The index as it is on disk. It may lag behind the log, or be missing. */
  protected override async indexFor({ size }: ProvenLog): Promise<KeyIndex | undefined> {
    if (this.#index !== undefined && this.#index.size < size && this.#index.follow()) return this.#index;
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
