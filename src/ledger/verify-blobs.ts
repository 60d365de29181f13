import type { Digest } from '../record/index.ts';
import { BlobLooker, type Looked, RecentSet } from './blob-look.ts';
import type { LedgerReader } from './types.ts';

/** So many problems are kept; more are counted. */
const KEPT = 1_000;

export interface BlobProblem extends Looked {
  kind: 'missing' | 'differs';
}

export interface BlobsVerified {
  /** Blobs that were read and have their digest. */
  whole: number;
  missing: number;
  differ: number;
  /** The first of those that are missing or differ, in the order of the log. */
  problems: BlobProblem[];
}

/** Adds up what was found, in the order of the log; several threads may have looked at one blob. */
export class BlobTally {
  readonly found: BlobsVerified = { whole: 0, missing: 0, differ: 0, problems: [] };
  readonly #seen = new RecentSet<Digest>();

  add(looked: readonly Looked[]): void {
    for (const one of looked) {
      if (this.#seen.has(one.digest)) continue;
      this.#seen.add(one.digest);
      if (one.kind === 'whole') this.found.whole += 1;
      else {
        this.found[one.kind === 'missing' ? 'missing' : 'differ'] += 1;
        if (this.found.problems.length < KEPT) this.found.problems.push({ ...one, kind: one.kind });
      }
    }
  }
}

/**
 * Looks at the blobs that the first `size` records name, in this thread. Those that are known to be stored are missing where they are
 * not there; each one that is there must have its digest. Memory does not grow with the log.
 * @throws ExhibitError LEDGER_CORRUPT, LEDGER_IO
 */
export async function verifyBlobs(
  reader: LedgerReader,
  size: number,
  progress: (records: number, size: number) => void = () => undefined,
): Promise<BlobsVerified> {
  const tally = new BlobTally();
  const looker = new BlobLooker(reader.folder);
  for await (const { index, bytes } of reader.entries(0, size)) {
    tally.add(looker.look(index, bytes));
    if (index % 256 === 255 || index === size - 1) progress(index + 1, size);
  }
  return tally.found;
}
