import { ExhibitError, toHex } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { type Checkpoint, TILE_WIDTH } from '../verify/index.ts';
import { readBundle, readTile } from './log-files.ts';
import { Edge } from './tree.ts';

/** Where the log ends: what is needed to write on. */
export interface LogTail {
  edge: Edge;
  /** Root at the edge, hexadecimal. */
  root: string;
  /** Bytes of the last entry bundle, where it is partial. */
  bundle: Uint8Array;
}

/**
 * Reads the end of a log.
 * @throws ExhibitError LEDGER_CORRUPT where its tiles do not lead to the root of the checkpoint: nothing is built on them
 */
export async function readTail(store: ObjectStore, { size, root }: Checkpoint): Promise<LogTail> {
  const tiles: Uint8Array[] = [];
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const partial = count % TILE_WIDTH;
    const index = Math.floor(count / TILE_WIDTH);
    tiles.push(partial === 0 ? new Uint8Array(0) : await readTile(store, level, index, size));
  }
  const edge = new Edge(size, tiles);
  if (edge.rootHex() !== toHex(root)) {
    throw new ExhibitError('LEDGER_CORRUPT', `the tiles of size ${size} lead to the root ${edge.rootHex()}`, {
      details: { size, expected: toHex(root), actual: edge.rootHex() },
      hint: 'Verify the ledger to find the place.',
    });
  }
  const open = size % TILE_WIDTH === 0 ? [] : await readBundle(store, Math.floor(size / TILE_WIDTH), size);
  return { edge, root: edge.rootHex(), bundle: Buffer.concat(open.map(prefixed)) };
}

function prefixed(entry: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]);
}
