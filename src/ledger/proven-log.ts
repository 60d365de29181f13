import { ExhibitError, toHex } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import {
  type Checkpoint,
  entriesPath,
  HASH_BYTES,
  TILE_WIDTH,
  tilePath,
  tileWidth,
  verifyBundle,
} from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { leafRow, rowRoot } from './hash-row.ts';
import { readBundle, readTile } from './log-files.ts';
import { Edge } from './tree.ts';

/** Full tiles that are kept once they are proven: 8 kB each. */
const TILES = 128;

/**
 * The files of a log as far as a signed checkpoint covers them. Nothing of them is given out before its hash was followed up
 * to the signed root: the tiles of the right edge make the root, each full tile has its hash in the tile above, each bundle in
 * the tile of its leaves.
 */
export class ProvenLog {
  readonly size: number;
  /** Root of the checkpoint, hexadecimal. */
  readonly root: string;
  readonly #store: ObjectStore;
  #edge: Promise<Uint8Array[]> | undefined;
  readonly #tiles = new Map<string, Promise<Uint8Array>>();

  constructor(store: ObjectStore, { size, root }: Pick<Checkpoint, 'size' | 'root'>) {
    this.#store = store;
    this.size = size;
    this.root = toHex(root);
  }

  /**
   * The last, not yet full tile of each level from 0 up; empty where a level ends with a full one.
   * @throws ExhibitError LEDGER_CORRUPT where they do not lead to the root of the checkpoint
   */
  edge(): Promise<Uint8Array[]> {
    this.#edge ??= this.#readEdge();
    // A failed read is not kept: the next one tries again.
    this.#edge.catch(() => {
      this.#edge = undefined;
    });
    return this.#edge;
  }

  /** Hashes of a tile that the log has, side by side. @throws ExhibitError LEDGER_CORRUPT */
  async tile(level: number, index: number): Promise<Uint8Array> {
    if (tileWidth(level, index, this.size) < TILE_WIDTH)
      return (await this.edge())[level] ?? new Uint8Array(0);
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const reading = this.#fullTile(level, index);
    reading.catch(() => this.#tiles.delete(key));
    this.#tiles.set(key, reading);
    const oldest = this.#tiles.keys().next();
    if (this.#tiles.size > TILES && oldest.done !== true) this.#tiles.delete(oldest.value);
    return reading;
  }

  /** The entries of a bundle. @throws ExhibitError LEDGER_CORRUPT, saying which record differs */
  async bundle(index: number): Promise<Uint8Array[]> {
    const { size } = this;
    const width = tileWidth(0, index, size);
    const entries = await readBundle(this.#store, index, size);
    const leaves = leafRow(entries);
    // The tile of a full bundle need not be read: its hash stands in the tile above.
    const holds =
      width === TILE_WIDTH
        ? same(rowRoot(leaves), await this.#hashOf(0, index))
        : same(leaves, await this.tile(0, index));
    if (!holds) throw await this.#bundleDiffers(index, width, entries);
    return entries;
  }

  async #readEdge(): Promise<Uint8Array[]> {
    const { size, root } = this;
    const tiles: Uint8Array[] = [];
    for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
      const index = Math.floor(count / TILE_WIDTH);
      const partial = count % TILE_WIDTH > 0;
      tiles.push(partial ? await readTile(this.#store, level, index, size) : new Uint8Array(0));
    }
    const actual = new Edge(size, tiles).rootHex();
    if (actual === root) return tiles;
    throw new ExhibitError('LEDGER_CORRUPT', `the tiles of size ${size} lead to the root ${actual}`, {
      details: { size, expected: root, actual },
      hint: 'Verify the ledger to find the place.',
    });
  }

  async #fullTile(level: number, index: number): Promise<Uint8Array> {
    const hashes = await readTile(this.#store, level, index, this.size);
    if (same(rowRoot(hashes), await this.#hashOf(level, index))) return hashes;
    const path = tilePath(level, index);
    throw corrupt(path, `${path} does not lead to the hash that stands for it in the tile above`);
  }

  /** What stands for a full tile in the tile above. */
  async #hashOf(level: number, index: number): Promise<Uint8Array> {
    const above = await this.tile(level + 1, Math.floor(index / TILE_WIDTH));
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return above.subarray(at, at + HASH_BYTES);
  }

  /** The error for a bundle that does not hold: the tile of its leaves, where that holds itself, says which record. */
  async #bundleDiffers(index: number, width: number, entries: readonly Uint8Array[]): Promise<unknown> {
    try {
      const bytes = Buffer.concat(entries.map(prefixed));
      verifyBundle(sha256, { index, width, entries: bytes, tile: await this.tile(0, index) });
    } catch (error) {
      return error;
    }
    const path = entriesPath(index, width);
    return corrupt(path, `${path} does not lead to the signed root`);
  }
}

/** An entry as it stands in a bundle: behind its length. */
export function prefixed(entry: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]);
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function corrupt(path: string, message: string): ExhibitError {
  return new ExhibitError('LEDGER_CORRUPT', message, {
    location: { file: path },
    details: { path },
    hint: 'Verify the ledger to find the place.',
  });
}
