import { ExhibitError, isExhibitError, type Sha256 } from '../record/index.ts';
import { sameBytes } from './bytes.ts';
import { differs } from './difference.ts';
import type { EntryFacts, ReadEntry } from './entry.ts';
import type { FoundStamp } from './stamp.ts';
import { decodeTile, entriesPath, splitEntries, TILE_WIDTH, tilePath } from './tiles.ts';
import { foldRoots } from './tree.ts';

/** One entry bundle with the tile of its leaf hashes, as they were read. Attacker-controlled. */
export interface Bundle {
  /** Index of the bundle: its first record has the index 256 times that. */
  index: number;
  /** Number of records, 1 to 256. */
  width: number;
  entries: Uint8Array;
  /** Level-0 tile. */
  tile: Uint8Array;
  /** Widths at which an earlier checkpoint ends within this bundle. */
  cuts?: readonly number[];
}

export interface BundleRecords {
  /** recorded_at of the first and of the last record. */
  first: string;
  last: string;
  /** The `key` records with their index in the log. */
  keys: { index: number; facts: EntryFacts }[];
  /** Time stamps of earlier checkpoints; left out where there are none. */
  stamps?: FoundStamp[];
}

/** What is left of a bundle after it was checked: enough to go on up the tree. */
export interface BundleResult {
  /** Root of the subtree of its leaves. */
  root: Uint8Array;
  /** Roots of its first leaves, one per cut. */
  cutRoots: Uint8Array[];
  /** Only where entries were read. */
  records?: BundleRecords;
}

/**
 * Checks one bundle by itself: takes its entries apart, hashes each, compares with the tile of leaf hashes, computes the root
 * of the subtree. Pure and independent of all other bundles, so that bundles can be spread over threads.
 *
 * @param readEntry where given, every entry must be a record, and recorded_at must not decrease
 * @throws ExhibitError LEDGER_CORRUPT with details {kind, index, path, expected, actual}; RECORD_INVALID and RECORD_NOT_CANONICAL with
 *   details {index}
 */
export function verifyBundle(sha256: Sha256, bundle: Bundle, readEntry?: ReadEntry): BundleResult {
  const { index, width } = bundle;
  const path = entriesPath(index, width);
  const expected = decodeTile(bundle.tile, width, tilePath(0, index, width));
  // A little more than fits is read, to see what was inserted; never all of a file that was made to be long.
  const { entries, rest } = splitEntries(bundle.entries, width + TILE_WIDTH);
  const actual = leafHashes(sha256, bundle.entries, entries);
  if (
    rest > 0 ||
    actual.length !== width ||
    !actual.every((hash, i) => sameBytes(hash, expected[i] ?? hash))
  ) {
    throw differs({ path, first: index * TILE_WIDTH, expected, actual, rest });
  }
  const result: BundleResult = {
    // Copies: a hash may be a view into a large pool, which would travel to another thread whole.
    root: new Uint8Array(foldRoots(sha256, actual)),
    cutRoots: (bundle.cuts ?? []).map((cut) => new Uint8Array(foldRoots(sha256, actual.slice(0, cut)))),
  };
  return readEntry === undefined ? result : { ...result, records: readAll(entries, index, path, readEntry) };
}

/**
 * Leaf hashes of all entries, without a copy per entry: in a copy of the bundle, the second byte of each length becomes the
 * 0x00 that RFC 6962 puts before a leaf.
 */
function leafHashes(sha256: Sha256, bytes: Uint8Array, entries: readonly Uint8Array[]): Uint8Array[] {
  // Not bytes.slice(): for a Node Buffer that is a view, and the caller's bytes would change.
  const last = entries.at(-1);
  const copy = new Uint8Array(last === undefined ? 0 : last.byteOffset + last.length - bytes.byteOffset);
  copy.set(bytes.subarray(0, copy.length));
  let at = 0;
  return entries.map(({ length }) => {
    copy[at + 1] = 0;
    const hash = sha256(copy.subarray(at + 1, at + 2 + length));
    at += 2 + length;
    return hash;
  });
}

function readAll(
  entries: readonly Uint8Array[],
  index: number,
  path: string,
  readEntry: ReadEntry,
): BundleRecords {
  const keys: BundleRecords['keys'] = [];
  const stamps: FoundStamp[] = [];
  let first = '';
  let last = '';
  entries.forEach((bytes, i) => {
    const at = index * TILE_WIDTH + i;
    const facts = readAt(bytes, at, path, readEntry);
    checkTime(last, facts.recorded_at, at, path);
    if (i === 0) first = facts.recorded_at;
    last = facts.recorded_at;
    if (facts.key !== undefined) keys.push({ index: at, facts });
    if (facts.stamp !== undefined) stamps.push({ ...facts.stamp, index: at, recorded_at: facts.recorded_at });
  });
  return { first, last, keys, ...(stamps.length === 0 ? {} : { stamps }) };
}

function readAt(bytes: Uint8Array, index: number, path: string, readEntry: ReadEntry): EntryFacts {
  try {
    return readEntry(bytes);
  } catch (cause) {
    if (!isExhibitError(cause)) throw cause;
    throw new ExhibitError(cause.code, `record ${index} (${path}): ${cause.message}`, {
      cause,
      location: { file: path },
      details: { ...cause.details, index, path },
    });
  }
}

/** @throws ExhibitError LEDGER_CORRUPT where recorded_at goes back: the ledger never lets it */
export function checkTime(before: string, after: string, index: number, path: string): void {
  if (before <= after) return;
  throw new ExhibitError(
    'LEDGER_CORRUPT',
    `record ${index} (${path}) was recorded at ${after}, before the record in front of it (${before})`,
    { location: { file: path }, details: { kind: 'time', index, path, expected: before, actual: after } },
  );
}
