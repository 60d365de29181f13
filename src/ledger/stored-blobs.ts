import { type Digest, formatDigest } from '../record/index.ts';
import { blobKey, type NamedStore } from '../store/index.ts';
import { type Looked, RecentSet } from './blob-look.ts';
import { BlobNames, filesOf, type Named } from './blob-names.ts';
import { asBuffer } from './entry.ts';
import { sha256 } from './hash.ts';

/** A blob and the record that names it. */
export interface NamedAt extends Named {
  index: number;
}

/** Looks at the blobs of a store as entries name them, each once. The same as BlobLooker does in a folder. */
export class StoredBlobs {
  readonly #store: NamedStore;
  readonly #seen = new RecentSet<Digest>();
  readonly #absent = new RecentSet<Digest>();
  readonly #names = new BlobNames();

  constructor(store: NamedStore) {
    this.#store = store;
  }

  /** The blobs that an entry names. */
  namedBy(index: number, entry: Uint8Array): NamedAt[] {
    return this.#names.of(asBuffer(entry)).map((named) => ({ ...named, index }));
  }

  /** Those of them that were not looked at before. One that need not be there, and is not, is left out. @throws ExhibitError STORE_FAILED */
  async look(named: readonly NamedAt[]): Promise<Looked[]> {
    const found: Looked[] = [];
    for (const one of named) await this.#check(one, found);
    return found;
  }

  async #check({ index, member, digest, stored, list }: NamedAt, found: Looked[]): Promise<void> {
    if (this.#seen.has(digest) || (!stored && this.#absent.has(digest))) return;
    if (stored) this.#seen.add(digest);
    const bytes = await this.#store.get(blobKey(digest));
    // A blob that need not be there does not hide that it must, where a later record says so.
    if (bytes === undefined && !stored) {
      this.#absent.add(digest);
      return;
    }
    this.#seen.add(digest);
    const kind =
      bytes === undefined ? 'missing' : formatDigest(sha256(bytes)) === digest ? 'whole' : 'differs';
    found.push({ kind, digest, index, member });
    if (bytes !== undefined && kind === 'whole' && list === true)
      for (const file of filesOf(bytes)) await this.#check({ ...file, index }, found);
  }
}
