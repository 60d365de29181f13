import { emptyRoot, HASH_BYTES, nodeHash, TILE_WIDTH } from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { largestPowerBelow } from './powers.ts';
import type { ProvenLog } from './proven-log.ts';

/** Levels of the Merkle tree in one tile: 256 hashes. */
const TILE_LEVELS = 8;

/**
 * Sibling hashes of a leaf, from the leaf up, read from the tiles.
 * @see RFC 6962 section 2.1.1
 */
export async function auditPath(log: ProvenLog, index: number): Promise<Uint8Array[]> {
  const root = subtreeRoots(log);
  const path: Uint8Array[] = [];
  let [start, end] = [0, log.size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.unshift(await root(middle, end));
      end = middle;
    } else {
      path.unshift(await root(start, middle));
      start = middle;
    }
  }
  return path;
}

/** Root that the log had at an earlier size. */
export async function earlierRoot(log: ProvenLog, earlier: number): Promise<Uint8Array> {
  return earlier === 0 ? emptyRoot(sha256) : subtreeRoots(log)(0, earlier);
}

/** What gives the root of the leaves [start, end) of a log, where the tree has a node for them. */
export function subtreeRoots(log: ProvenLog): (start: number, end: number) => Promise<Uint8Array> {
  /** Root of the perfect subtree of 2^height leaves that begins at a multiple of that. */
  const perfect = async (start: number, height: number): Promise<Uint8Array> => {
    const level = Math.floor(height / TILE_LEVELS);
    const width = 2 ** (height % TILE_LEVELS);
    const first = start / 2 ** (level * TILE_LEVELS);
    const hashes = await log.tile(level, Math.floor(first / TILE_WIDTH));
    const from = first % TILE_WIDTH;
    let row = Array.from({ length: width }, (_, i) =>
      hashes.subarray((from + i) * HASH_BYTES, (from + i + 1) * HASH_BYTES),
    );
    while (row.length > 1) row = pairs(row);
    return row[0] as Uint8Array;
  };

  /** Root of the leaves [start, end). */
  const root = async (start: number, end: number): Promise<Uint8Array> => {
    const split = largestPowerBelow(end - start);
    if (2 * split === end - start || end - start === 1) return perfect(start, Math.log2(end - start));
    return nodeHash(sha256, await root(start, start + split), await root(start + split, end));
  };
  return root;
}

function pairs(row: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: row.length / 2 }, (_, i) =>
    nodeHash(sha256, row[2 * i] as Uint8Array, row[2 * i + 1] as Uint8Array),
  );
}
