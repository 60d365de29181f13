import { ExhibitError, fromHex, isExhibitError } from '../record/index.ts';
import { sameBytes } from './bytes.ts';
import { type LogSource, loadTile } from './source.ts';
import { decodeTile, TILE_WIDTH, tileCount, tilePath, tileWidth } from './tiles.ts';

/**
 * Says more about an error of verifyBundle with the help of the other tiles: content that does not fit its place may be
 * that of a record in another bundle. Reads level-0 tiles only, and only after something was found wrong.
 * @returns the error to throw
 */
export async function locate(source: LogSource, size: number, error: unknown): Promise<unknown> {
  if (!isExhibitError(error, 'LEDGER_CORRUPT')) return error;
  const { kind, index, actual, path } = error.details;
  if (kind !== 'edited' || typeof index !== 'number' || typeof actual !== 'string') return error;
  const home = await findLeaf(source, size, fromHex(actual));
  if (home === undefined) return error;
  const found = home === index + 1 ? 'removed' : 'reordered';
  const what =
    found === 'removed'
      ? `the record was removed, and record ${home} stands in its place`
      : `records were reordered: this is the content of record ${home}`;
  return new ExhibitError('LEDGER_CORRUPT', `record ${index} (${path}): ${what}`, {
    cause: error,
    location: error.location,
    details: { ...error.details, kind: found, home },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

async function findLeaf(source: LogSource, size: number, leaf: Uint8Array): Promise<number | undefined> {
  for (let tile = 0; tile < tileCount(0, size); tile += 1) {
    const width = tileWidth(0, tile, size);
    const hashes = await readable(source, tile, width);
    const at = hashes.findIndex((hash) => sameBytes(hash, leaf));
    if (at >= 0) return tile * TILE_WIDTH + at;
  }
  return undefined;
}

/** The hashes of a tile; none where it is damaged too, since another error is being explained already. */
async function readable(source: LogSource, index: number, width: number): Promise<Uint8Array[]> {
  try {
    return decodeTile(await loadTile(source, 0, index, width), width, tilePath(0, index, width));
  } catch {
    return [];
  }
}
