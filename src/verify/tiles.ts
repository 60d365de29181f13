import { ExhibitError } from '../record/index.ts';
import { HASH_BYTES } from './merkle.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Longest entry in bytes: its length has 16 bits. */
export const MAX_ENTRY_BYTES = 65_535;

/**
 * Path of a hash tile below the log, such as `tile/0/x001/x234/067` or `tile/1/000.p/17`.
 * @param level 0 holds leaf hashes; each hash of level n + 1 is the root of a full tile of level n
 * @param width 1 to 256; less than 256 makes it a partial tile
 * @see c2sp.org/tlog-tiles, "Merkle Tree"
 */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  return `tile/${level}/${indexPath(index)}${suffix(width)}`;
}

/** Path of an entry bundle below the log, such as `tile/entries/x001/067.p/3`. */
export function entriesPath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index)}${suffix(width)}`;
}

function indexPath(index: number): string {
  const groups = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
  }
  return groups.join('/');
}

function suffix(width: number): string {
  return width === TILE_WIDTH ? '' : `.p/${width}`;
}

export interface TilePlace {
  level: number | 'entries';
  index: number;
  width: number;
}

/** What a path below the log names; undefined for what is no tile path. */
export function parseTilePath(path: string): TilePlace | undefined {
  const match =
    /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(
      path,
    );
  if (match === null) return undefined;
  const [, level = '', digits = '', partial] = match;
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const place: TilePlace = { level: level === 'entries' ? 'entries' : Number(level), index, width };
  if (!Number.isSafeInteger(index) || (partial !== undefined && width >= TILE_WIDTH)) return undefined;
  // One tile has one path: x000/067 is not another name of 067.
  return formatPlace(place) === path ? place : undefined;
}

function formatPlace({ level, index, width }: TilePlace): string {
  return level === 'entries' ? entriesPath(index, width) : tilePath(level, index, width);
}

/** Width of the tile at an index of a level in a tree of the given size: 0 where there is none, 256 where it is full. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/** Number of tiles, the partial one included, at a level of a tree of the given size. */
export function tileCount(level: number, size: number): number {
  return Math.ceil(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH);
}

/**
 * The hashes of a tile, as views into its bytes.
 * @throws ExhibitError LEDGER_CORRUPT when the tile has not exactly `width` hashes
 */
export function decodeTile(bytes: Uint8Array, width: number, path: string): Uint8Array[] {
  if (bytes.length !== width * HASH_BYTES) {
    refuse(path, `has ${bytes.length} bytes instead of ${width * HASH_BYTES} (${width} hashes)`);
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/**
 * The entries of a bundle, as views into its bytes: each is a 16-bit big-endian length and so many bytes.
 * @param width how many entries it must have
 * @throws ExhibitError LEDGER_CORRUPT when it ends within an entry, or has fewer or more
 * @see c2sp.org/tlog-tiles, "Log entries"
 */
export function decodeEntries(bytes: Uint8Array, width: number, path: string): Uint8Array[] {
  const { entries, rest } = splitEntries(bytes);
  if (rest > 0) {
    refuse(path, `ends within entry ${entries.length} (at byte ${bytes.length - rest}): it is truncated`);
  }
  if (entries.length !== width) refuse(path, `has ${entries.length} entries instead of ${width}`);
  return entries;
}

/**
 * The whole entries of a bundle, as views into its bytes, and how many bytes at the end are no whole entry.
 * @param most stop after so many entries
 */
export function splitEntries(
  bytes: Uint8Array,
  most: number = Number.POSITIVE_INFINITY,
): { entries: Uint8Array[]; rest: number } {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length && entries.length < most) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { entries, rest: bytes.length - at };
}

function refuse(path: string, why: string): never {
  throw new ExhibitError('LEDGER_CORRUPT', `${path} ${why}`, { location: { file: path }, details: { path } });
}
