import { ExhibitError } from '../record/index.ts';
import type { ObjectStore } from '../store/index.ts';
import {
  entriesPath,
  HASH_BYTES,
  parseTilePath,
  splitEntries,
  TILE_WIDTH,
  type TilePlace,
  tilePath,
  tileWidth,
} from '../verify/index.ts';
import { LOG } from './layout.ts';

/** Key of a tile or of a bundle of entries in a store. */
export function tileKey({ level, index, width }: TilePlace): string {
  return `${LOG}/${level === 'entries' ? entriesPath(index, width) : tilePath(level, index, width)}`;
}

/** Every tile and bundle that a log of this size has: the last one of a level as wide as it is there. */
export function* tilePlaces(size: number): Generator<TilePlace> {
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    for (let index = 0; index * TILE_WIDTH < count; index += 1)
      yield* atBothKinds(level, index, tileWidth(level, index, size));
}

/** Those of them that are not full. */
export function* partialPlaces(size: number): Generator<TilePlace> {
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH))
    if (count % TILE_WIDTH > 0) yield* atBothKinds(level, Math.floor(count / TILE_WIDTH), count % TILE_WIDTH);
}

function* atBothKinds(level: number, index: number, width: number): Generator<TilePlace> {
  yield { level, index, width };
  if (level === 0) yield { level: 'entries', index, width };
}

/**
 * Bytes of a tile or bundle as wide as a checkpoint covers it; undefined where it is not there. One that is not full goes when its log has outgrown it,
 * also after its checkpoint was read: then the full one, or a wider one, begins with the same (c2sp.org/tlog-tiles, "Partial Tiles"). The bytes are not verified.
 * @throws ExhibitError LEDGER_IO, STORE_FAILED
 */
export async function storedTile(store: ObjectStore, place: TilePlace): Promise<Uint8Array | undefined> {
  const exact = await store.get(tileKey(place));
  if (exact !== undefined || place.width === TILE_WIDTH) return exact;
  const full = { ...place, width: TILE_WIDTH };
  const first = await startOf(store, full, place.width);
  if (first !== undefined) return first;
  const wider = (await store.list(`${tileKey(full)}.p/`))
    .flatMap((key) => parseTilePath(key.slice(LOG.length + 1)) ?? [])
    .filter(({ width }) => width > place.width)
    .sort((a, b) => b.width - a.width);
  // The full one once more: it is there before any of the others goes.
  for (const other of [...wider, full]) {
    const start = await startOf(store, other, place.width);
    if (start !== undefined) return start;
  }
  return undefined;
}

/** The first hashes or entries of a wider one; undefined where it is not there, or has fewer. */
async function startOf(store: ObjectStore, place: TilePlace, width: number): Promise<Uint8Array | undefined> {
  const bytes = await store.get(tileKey(place));
  if (bytes === undefined) return undefined;
  if (place.level !== 'entries')
    return bytes.length < HASH_BYTES * width ? undefined : bytes.subarray(0, HASH_BYTES * width);
  const { entries, rest } = splitEntries(bytes, width);
  return entries.length < width ? undefined : bytes.subarray(0, bytes.length - rest);
}

/** What a signed checkpoint covers is not there. @param path below the log */
export function missingTile(path: string): ExhibitError {
  return new ExhibitError('LEDGER_CORRUPT', `${path} is missing though a signed checkpoint covers it`, {
    location: { file: path },
    details: { path },
  });
}
