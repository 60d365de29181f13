import { ExhibitError } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { decodeEntries, entriesPath, TILE_WIDTH, tilePath, tileWidth } from '../verify/index.ts';
import { LOG } from './layout.ts';
import { missingTile } from './stored-tile.ts';

/**
 * Bytes of the entry bundle at an index, with at least the entries of a tree of the given size.
 * A partial bundle may have been removed since it was full: then the full one is read.
 */
export async function readBundle(store: ObjectStore, index: number, size: number): Promise<Uint8Array[]> {
  const width = tileWidth(0, index, size);
  const path = entriesPath(index, width);
  const exact = await store.get(`${LOG}/${path}`);
  if (exact !== undefined) return decodeEntries(exact, width, path);
  const full = width === TILE_WIDTH ? undefined : await store.get(`${LOG}/${entriesPath(index)}`);
  if (full === undefined) throw missingTile(path);
  return decodeEntries(full, TILE_WIDTH, entriesPath(index)).slice(0, width);
}

/** Hashes of a tile, as many as a tree of the given size has there. */
export async function readTile(
  store: ObjectStore,
  level: number,
  index: number,
  size: number,
): Promise<Uint8Array> {
  const width = tileWidth(level, index, size);
  const path = tilePath(level, index, width);
  const exact = await store.get(`${LOG}/${path}`);
  const bytes =
    exact ?? (width === TILE_WIDTH ? undefined : await store.get(`${LOG}/${tilePath(level, index)}`));
  if (bytes === undefined) throw missingTile(path);
  if (bytes.length < 32 * width) {
    throw new ExhibitError('LEDGER_CORRUPT', `${path} has ${bytes.length} bytes instead of ${32 * width}`, {
      location: { file: path },
    });
  }
  return bytes.subarray(0, 32 * width);
}
