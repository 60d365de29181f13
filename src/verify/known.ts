import { ExhibitError, toHex } from '../record/index.ts';
import { sameBytes } from './bytes.ts';
import { TILE_WIDTH } from './tiles.ts';
import type { Checkpoint } from './types.ts';

/**
 * Compares the newest checkpoint with those seen before, as far as that needs no records.
 * @throws ExhibitError LEDGER_ROLLBACK for a smaller log, LEDGER_FORK for another root at the same size,
 *   CHECKPOINT_INVALID for a checkpoint of another log
 */
export function compareWithKnown(current: Checkpoint, known: readonly Checkpoint[]): void {
  for (const earlier of known) {
    if (earlier.origin !== current.origin) {
      throw new ExhibitError(
        'CHECKPOINT_INVALID',
        `a known checkpoint is of the log ${JSON.stringify(earlier.origin)}, not of ${JSON.stringify(current.origin)}`,
      );
    }
    if (current.size < earlier.size) {
      throw new ExhibitError(
        'LEDGER_ROLLBACK',
        `the log has ${current.size} records, but a checkpoint seen before has ${earlier.size}: ` +
          `the records from ${current.size} on are gone`,
        { location: { file: 'checkpoint' }, details: { size: current.size, known: earlier.size } },
      );
    }
    if (current.size === earlier.size) sameRoot(current, earlier);
  }
}

function sameRoot(current: Checkpoint, earlier: Checkpoint): void {
  if (sameBytes(current.root, earlier.root)) return;
  throw new ExhibitError(
    'LEDGER_FORK',
    `two checkpoints of size ${current.size} have different roots: ${toHex(earlier.root)} was seen before, ` +
      `${toHex(current.root)} is there now; the log was shown in two versions`,
    {
      location: { file: 'checkpoint' },
      details: { size: current.size, expected: toHex(earlier.root), actual: toHex(current.root) },
    },
  );
}

/** Checks roots computed from the records against checkpoints seen before. */
export interface KnownRoots {
  /** Widths at which known checkpoints end within a bundle, without its end. */
  cutsOf(bundle: number, width: number): number[];
  /** @throws ExhibitError LEDGER_ROLLBACK when the root at this size is not the known one */
  check(size: number, root: () => Uint8Array): void;
  /** Largest size up to which a known checkpoint was confirmed. */
  confirmed(): number;
}

export function knownRoots(known: readonly Checkpoint[]): KnownRoots {
  const bySize = new Map<number, Checkpoint[]>();
  const cuts = new Map<number, number[]>();
  for (const checkpoint of known) {
    const { size } = checkpoint;
    if (!bySize.has(size)) listed(cuts, Math.floor(size / TILE_WIDTH)).push(size % TILE_WIDTH);
    listed(bySize, size).push(checkpoint);
  }
  let confirmed = 0;
  return {
    cutsOf: (bundle, width) =>
      (cuts.get(bundle) ?? []).filter((cut) => cut > 0 && cut < width).sort((a, b) => a - b),
    check(size, root) {
      const expected = bySize.get(size);
      if (expected === undefined) return;
      const computed = root();
      for (const { root: seen } of expected) {
        if (!sameBytes(seen, computed)) throw rewritten(confirmed, size, seen, computed);
      }
      confirmed = Math.max(confirmed, size);
    },
    confirmed: () => confirmed,
  };
}

/** The list under a key, made where there is none. */
function listed<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function rewritten(from: number, size: number, seen: Uint8Array, computed: Uint8Array): ExhibitError {
  return new ExhibitError(
    'LEDGER_ROLLBACK',
    `the records ${from} to ${size - 1} are not those of a checkpoint seen before: at size ${size} the root was ` +
      `${toHex(seen)} and is ${toHex(computed)} now; the log was rewritten`,
    { details: { index: from, last: size - 1, size, expected: toHex(seen), actual: toHex(computed) } },
  );
}
