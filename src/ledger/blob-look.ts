import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, formatDigest, fromHex } from '../record/index.ts';
import { blobKey, ioError, systemCode } from '../store/index.ts';
import { BlobNames, filesOf, type Named } from './blob-names.ts';
import { asBuffer } from './entry.ts';

/** So many digests at least are remembered as looked at, and twice as many at most; one that comes again later is looked at again. */
const REMEMBERED = 1 << 16;
const PIECE = 1 << 16;

/** What a look at a blob found. */
export interface Looked {
  kind: 'whole' | 'missing' | 'differs';
  digest: Digest;
  /** The record that names it: its place in the log, and the member. */
  index: number;
  member: string;
}

/**
 * A set that forgets its oldest members, half of them at once, so that memory does not grow with the log. One by one would take as long as the set: what was deleted
 * from a Set is passed over to find its first member.
 */
export class RecentSet<T> {
  #young = new Set<T>();
  #old: ReadonlySet<T> = new Set<T>();

  has(member: T): boolean {
    return this.#young.has(member) || this.#old.has(member);
  }

  add(member: T): void {
    this.#young.add(member);
    if (this.#young.size < REMEMBERED) return;
    this.#old = this.#young;
    this.#young = new Set();
  }
}

/** Looks at the blobs of a folder as entries name them, each once. Made for one thread; it reads synchronously. */
export class BlobLooker {
  readonly #folder: string;
  readonly #seen = new RecentSet<Digest>();
  readonly #absent = new RecentSet<Digest>();
  readonly #names = new BlobNames();
  #piece: Buffer | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The blobs that an entry names and that were not looked at before. One that need not be there, and is not, is left out.
   * @throws ExhibitError LEDGER_IO
   */
  look(index: number, entry: Uint8Array): Looked[] {
    const found: Looked[] = [];
    for (const named of this.#names.of(asBuffer(entry))) this.#check(index, named, found);
    return found;
  }

  #check(index: number, { member, digest, stored, list }: Named, found: Looked[]): void {
    if (this.#seen.has(digest) || (!stored && this.#absent.has(digest))) return;
    const path = join(this.#folder, blobKey(digest));
    // Most that need not be there are not, and to look is cheaper than to fail at opening.
    const kind = !stored && !isThere(path) ? 'missing' : this.#state(path, digest);
    // A blob that need not be there does not hide that it must, where a later record says so.
    if (kind === 'missing' && !stored) {
      this.#absent.add(digest);
      return;
    }
    this.#seen.add(digest);
    found.push({ kind, digest, index, member });
    if (kind === 'whole' && list === true)
      for (const file of filesOf(readFileSync(path))) this.#check(index, file, found);
  }

  /** Reads a blob piece by piece: it may be larger than the memory. */
  #state(path: string, digest: Digest): Looked['kind'] {
    this.#piece ??= Buffer.alloc(PIECE);
    const hash = createHash('sha256');
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      for (;;) {
        const read = readSync(file, this.#piece);
        if (read === 0) break;
        hash.update(this.#piece.subarray(0, read));
      }
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return 'missing';
      // A folder stands where the blob was.
      if (systemCode(error) === 'EISDIR') return 'differs';
      throw ioError(error, path);
    } finally {
      if (file !== undefined) closeSync(file);
    }
    return formatDigest(fromHex(hash.digest('hex'))) === digest ? 'whole' : 'differs';
  }
}

/** @throws ExhibitError LEDGER_IO where nobody can say */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw ioError(error, path);
  }
}
