import { type Digest, formatDigest, isExhibitError } from '../record/index.ts';
import {
  blobKey,
  type FolderStore,
  type ListedVersion,
  type S3Store,
  versionsByKey,
} from '../store/index.ts';
import { type Checkpoint, TILE_WIDTH, type TilePlace, tileWidth } from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { ProvenLog } from './proven-log.ts';
import { tileKey } from './stored-tile.ts';

/** A bucket whose versions are looked through. */
export type Versions = Pick<S3Store, 'versions' | 'getVersion'>;

/** Combinations of versions that are tried for tiles that are proven together: those at the right edge. */
const MOST_TRIES = 1_000;

/**
 * Objects of a log that may lie below something else: a lock keeps a version, and lets anybody who may write put a newer one, or a delete marker, over it. What
 * lies below is taken where it proves itself: a blob by its name, a tile by the signed root. Versions come from whoever may write into the bucket.
 */
export class Below {
  readonly #store: Versions;
  readonly #contested = new Map<string, ListedVersion[]>();
  /** Keys that were taken from below. */
  readonly taken: string[] = [];

  private constructor(store: Versions) {
    this.#store = store;
  }

  /** Looks for such objects below these prefixes. Undefined where the right to list versions is missing. @throws ExhibitError STORE_FAILED */
  static async in(store: Versions, prefixes: readonly string[]): Promise<Below | undefined> {
    const below = new Below(store);
    const listed = await versionsByKey(store, prefixes).catch((error: unknown) => {
      if (isExhibitError(error, 'STORE_FAILED') && error.details.status === 403) return undefined;
      throw error;
    });
    if (listed === undefined) return undefined;
    for (const [key, versions] of listed) {
      const [latest] = versions;
      const objects = versions.filter(({ marker }) => !marker);
      // The oldest first: what is written once was there before what was put over it.
      if (objects.length > 0 && (versions.length > 1 || latest?.marker === true))
        below.#contested.set(key, objects.reverse());
    }
    return below;
  }

  /** Keys that a reader of the bucket does not see, below a prefix. */
  keys(prefix: string): string[] {
    return [...this.#contested.keys()].filter((key) => key.startsWith(prefix));
  }

  /** A blob with its digest: what was read, or a version below. Undefined where none is whole. @param bytes undefined where it is hidden */
  async blob(key: string, bytes: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    const isWhole = (found: Uint8Array) => blobKey(digestOf(found)) === key;
    if (bytes !== undefined && isWhole(bytes)) return bytes;
    for await (const found of this.#versionsOf(key))
      if (isWhole(found)) {
        this.taken.push(key);
        return found;
      }
    return bytes;
  }

  /** The oldest version of a tile that a reader does not see: whether it is the right one is seen once all are there. */
  async hiddenTile(place: TilePlace): Promise<Uint8Array | undefined> {
    for await (const found of this.#versionsOf(tileKey(place))) {
      this.taken.push(tileKey(place));
      return found;
    }
    return undefined;
  }

  /**
   * Looks at the tiles in a folder over which something lies in the bucket, from the root down, and replaces those that do not lead to it by a version that does.
   * Where none does they stay as they are: verifyLedger says which.
   * @throws ExhibitError LEDGER_IO, STORE_FAILED
   */
  async settleTiles(
    folder: FolderStore,
    checkpoint: Pick<Checkpoint, 'size' | 'root'>,
    places: Iterable<TilePlace>,
  ): Promise<void> {
    const contested = [...places].filter((place) => this.#contested.has(tileKey(place)));
    const isEdge = ({ level, width }: TilePlace) => level !== 'entries' && width < TILE_WIDTH;
    const rank = ({ level }: TilePlace) => (level === 'entries' ? -1 : level);
    const edge = contested.filter(isEdge);
    const rest = contested.filter((place) => !isEdge(place)).sort((a, b) => rank(b) - rank(a));
    for (const group of [...(edge.length > 0 ? [edge] : []), ...rest.map((place) => [place])])
      await this.#settle(folder, checkpoint, group);
  }

  /** Tries versions of some tiles together, until the log holds there. */
  async #settle(
    folder: FolderStore,
    checkpoint: Pick<Checkpoint, 'size' | 'root'>,
    group: readonly TilePlace[],
  ): Promise<void> {
    const [first] = group;
    if (first === undefined || (await holds(folder, checkpoint, first, new Map()))) return;
    let tries = 0;
    for await (const chosen of this.#choices(group)) {
      if (await holds(folder, checkpoint, first, chosen)) {
        for (const [key, bytes] of chosen) {
          await folder.put(key, bytes);
          if (!this.taken.includes(key)) this.taken.push(key);
        }
        return;
      }
      tries += 1;
      if (tries === MOST_TRIES) return;
    }
  }

  /** Each combination of one version of each. */
  async *#choices(group: readonly TilePlace[]): AsyncGenerator<Map<string, Uint8Array>, void> {
    const [first, ...others] = group;
    if (first === undefined) return yield new Map();
    for await (const bytes of this.#versionsOf(tileKey(first)))
      for await (const chosen of this.#choices(others)) yield new Map([...chosen, [tileKey(first), bytes]]);
  }

  async *#versionsOf(key: string): AsyncGenerator<Uint8Array, void> {
    for (const { version } of this.#contested.get(key) ?? []) {
      const bytes = await this.#store.getVersion(key, version);
      if (bytes !== undefined) yield bytes;
    }
  }
}

/** Whether the log holds at a tile, with these bytes in the place of what the folder has. @throws ExhibitError LEDGER_IO */
async function holds(
  folder: FolderStore,
  checkpoint: Pick<Checkpoint, 'size' | 'root'>,
  { level, index }: TilePlace,
  chosen: ReadonlyMap<string, Uint8Array>,
): Promise<boolean> {
  const log = new ProvenLog(
    { ...folder, get: async (key) => chosen.get(key) ?? folder.get(key) },
    checkpoint,
  );
  try {
    if (level === 'entries') await log.bundle(index);
    else if (tileWidth(level, index, checkpoint.size) < TILE_WIDTH) await log.edge();
    else await log.tile(level, index);
    return true;
  } catch (error) {
    if (isExhibitError(error, 'LEDGER_CORRUPT')) return false;
    throw error;
  }
}

const digestOf = (bytes: Uint8Array): Digest => formatDigest(sha256(bytes));
