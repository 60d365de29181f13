import { toHex } from '../record/index.ts';
import { emptyRoot, HASH_BYTES, nodeHash, TILE_WIDTH } from '../verify/index.ts';
import { sha256 } from './hash.ts';

/** A hash tile to be stored. */
export interface Tile {
  level: number;
  index: number;
  width: number;
  bytes: Uint8Array;
}

/**
 * The right edge of the Merkle tree: of each tile level the last, not yet full tile. It is all that is needed to go on.
 * Level 0 holds leaf hashes; a full tile becomes one hash of the level above (c2sp.org/tlog-tiles, "Merkle Tree").
 */
export class Edge {
  #size: number;
  readonly #levels: { hashes: Buffer; width: number }[] = [];

  /** @param tiles the partial tile of each level from 0 up, empty where the level ends with a full one */
  constructor(size: number, tiles: readonly Uint8Array[] = []) {
    this.#size = size;
    for (const tile of tiles) {
      const hashes = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
      hashes.set(tile);
      this.#levels.push({ hashes, width: tile.length / HASH_BYTES });
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Another edge that goes on from here, while this one stays. */
  copy(): Edge {
    return new Edge(
      this.#size,
      this.#levels.map(({ hashes, width }) => hashes.subarray(0, width * HASH_BYTES)),
    );
  }

  /** Adds a leaf hash. @returns the tiles that are full now, from level 0 up */
  push(leaf: Uint8Array): Tile[] {
    const full: Tile[] = [];
    this.#size += 1;
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const edge = this.#level(level);
      edge.hashes.set(hash, edge.width * HASH_BYTES);
      edge.width += 1;
      if (edge.width < TILE_WIDTH) return full;
      const index = Math.floor(this.#size / TILE_WIDTH ** (level + 1)) - 1;
      full.push({ level, index, width: TILE_WIDTH, bytes: Buffer.from(edge.hashes) });
      hash = fold(edge.hashes, TILE_WIDTH);
      edge.width = 0;
    }
  }

  /** The tiles that are not full, as they are now. */
  partial(): Tile[] {
    return this.#levels.flatMap(({ hashes, width }, level) => {
      if (width === 0) return [];
      const index = Math.floor(this.#size / TILE_WIDTH ** (level + 1));
      return [{ level, index, width, bytes: Buffer.from(hashes.subarray(0, width * HASH_BYTES)) }];
    });
  }

  /** Root of the tree. A level's incomplete tile counts as one more hash of the level above. @see RFC 6962 2.1 */
  root(): Uint8Array {
    let below: Uint8Array | undefined;
    for (const { hashes, width } of this.#levels) {
      const row = Buffer.from(hashes.subarray(0, width * HASH_BYTES));
      if (width > 0 || below !== undefined) {
        below = foldAny(below === undefined ? row : Buffer.concat([row, below]));
      }
    }
    return below ?? emptyRoot(sha256);
  }

  rootHex(): string {
    return toHex(this.root());
  }

  #level(level: number): { hashes: Buffer; width: number } {
    let edge = this.#levels[level];
    if (edge === undefined) {
      edge = { hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0 };
      this.#levels.push(edge);
    }
    return edge;
  }
}

/** Root of a power of two of hashes, side by side in one buffer. */
function fold(hashes: Uint8Array, width: number): Uint8Array {
  const row = Buffer.from(hashes.subarray(0, width * HASH_BYTES));
  for (let count = width; count > 1; count /= 2) {
    for (let i = 0; i < count / 2; i += 1) {
      row.set(nodeHash(sha256, at(row, 2 * i), at(row, 2 * i + 1)), i * HASH_BYTES);
    }
  }
  return row.subarray(0, HASH_BYTES);
}

/** Root of any number of hashes: split at the largest power of two below the count. */
function foldAny(hashes: Uint8Array): Uint8Array {
  const count = hashes.length / HASH_BYTES;
  if (count === 1) return hashes;
  let split = 1;
  while (2 * split < count) split *= 2;
  return nodeHash(sha256, fold(hashes, split), foldAny(hashes.subarray(split * HASH_BYTES)));
}

function at(hashes: Uint8Array, i: number): Uint8Array {
  return hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
}
