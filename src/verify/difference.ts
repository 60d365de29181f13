import { ExhibitError, toHex } from '../record/index.ts';
import { sameBytes } from './bytes.ts';

/** What was done to a record, as far as the bundle and its tile tell. */
export type DifferenceKind = 'edited' | 'removed' | 'inserted' | 'reordered' | 'truncated';

export interface Difference {
  /** Path of the bundle. */
  path: string;
  /** Index in the log of the bundle's first record. */
  first: number;
  /** Leaf hashes of the tile. */
  expected: readonly Uint8Array[];
  /** Leaf hashes of the entries that are there. */
  actual: readonly Uint8Array[];
  /** Bytes behind the last whole entry. */
  rest: number;
}

/** The error for a bundle whose entries are not those of its tile: which record, where, and what was done to it. */
export function differs(difference: Difference): ExhibitError {
  const { path, first, expected, actual } = difference;
  const at = firstDifference(expected, actual);
  const { kind, what } = describe(difference, at);
  const [want, have] = [expected[at], actual[at]].map((hash) =>
    hash === undefined ? 'nothing' : toHex(hash),
  );
  return new ExhibitError(
    'LEDGER_CORRUPT',
    `record ${first + at} (${path}): ${what}; expected leaf hash ${want}, found ${have}`,
    {
      location: { file: path },
      details: { kind, index: first + at, path, expected: want, actual: have },
      hint: 'Compare the bundle with another copy of the ledger. Later bundles were not read.',
    },
  );
}

function firstDifference(expected: readonly Uint8Array[], actual: readonly Uint8Array[]): number {
  const at = actual.findIndex((hash, i) => {
    const want = expected[i];
    return want === undefined || !sameBytes(hash, want);
  });
  return at < 0 ? actual.length : at;
}

function describe(difference: Difference, at: number): { kind: DifferenceKind; what: string } {
  const { first, expected, actual, rest } = difference;
  const [want, have] = [expected[at], actual[at]];
  if (have === undefined && want === undefined) {
    return { kind: 'inserted', what: `${rest} bytes stand behind the last record of the bundle` };
  }
  if (have === undefined) {
    const bytes = rest > 0 ? ' and ends within a record' : '';
    const what = `the bundle has ${actual.length} records instead of ${expected.length}${bytes}: it is truncated`;
    return { kind: 'truncated', what };
  }
  if (want === undefined) {
    return {
      kind: 'inserted',
      what: `the bundle has ${actual.length} records instead of ${expected.length}`,
    };
  }
  const home = indexOf(expected, have);
  const gone = indexOf(actual, want) < 0;
  if (home === at + 1 && gone) {
    return {
      kind: 'removed',
      what: `the record was removed, and record ${first + home} stands in its place`,
    };
  }
  if (home >= 0) {
    return {
      kind: 'reordered',
      what: `records were reordered: this is the content of record ${first + home}`,
    };
  }
  const next = actual[at + 1];
  if (next !== undefined && sameBytes(next, want)) {
    return { kind: 'inserted', what: 'a record was inserted here' };
  }
  return { kind: 'edited', what: 'the record was edited' };
}

function indexOf(hashes: readonly Uint8Array[], hash: Uint8Array): number {
  return hashes.findIndex((one) => sameBytes(one, hash));
}
