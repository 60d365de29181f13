import { ExhibitError } from '../record/index.ts';
import { entriesPath, splitEntries, TILE_WIDTH, tilePath } from './tiles.ts';

/**
 * Reads one file of a log by its path below the log (`checkpoint`, `tile/0/000`, `tile/entries/x001/067`): from a folder, a bucket,
 * a ZIP. Undefined where there is none; an error of reading is thrown as it is.
 */
export type LogSource = (path: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/**
 * The hash tile of a level at an index, with so many hashes.
 * @throws ExhibitError LEDGER_CORRUPT when it is missing
 */
export async function loadTile(
  source: LogSource,
  level: number,
  index: number,
  width: number,
): Promise<Uint8Array> {
  const path = tilePath(level, index, width);
  const bytes = await source(path);
  if (bytes !== undefined) return bytes;
  // A partial tile may be deleted once the full one is there (c2sp.org/tlog-tiles, "Partial Tiles").
  const full = width < TILE_WIDTH ? await source(tilePath(level, index)) : undefined;
  return full === undefined ? missing(path) : full.subarray(0, width * 32);
}

/** The bytes of an entry bundle with so many entries. @throws ExhibitError LEDGER_CORRUPT when it is missing */
export async function loadEntries(source: LogSource, index: number, width: number): Promise<Uint8Array> {
  const path = entriesPath(index, width);
  const bytes = await source(path);
  if (bytes !== undefined) return bytes;
  const full = width < TILE_WIDTH ? await source(entriesPath(index)) : undefined;
  if (full === undefined) return missing(path);
  return full.subarray(0, full.length - splitEntries(full, width).rest);
}

function missing(path: string): never {
  throw new ExhibitError('LEDGER_CORRUPT', `${path} is missing`, {
    location: { file: path },
    details: { kind: 'missing', path },
  });
}
