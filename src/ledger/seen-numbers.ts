import { gapsBelow, MOST } from './intervals.ts';
import { numbersThere } from './missing-numbers.ts';
import type { LedgerReader } from './types.ts';

/** The numbers of one emitter, whoever handed them out. */
export interface SeenNumbers {
  emitter: string;
  /** One more than the largest number that came. */
  next: number;
  /** First and last of the numbers below it that did not come. */
  gaps: [number, number][];
  /** False where there are so many gaps that the smallest of them are not shown. */
  all: boolean;
}

/**
 * Which numbers came of each emitter that numbers its records, in the log or waiting to be sealed. It sees what `missingNumbers`
 * cannot: gaps of emitters that number by themselves, where this folder does not know how many there should be.
 * @returns sorted by emitter
 * @throws ExhibitError WAL_CORRUPT, LEDGER_IO, LEDGER_CORRUPT
 */
export async function seenNumbers(reader: LedgerReader): Promise<SeenNumbers[]> {
  const there = await numbersThere(reader);
  return there
    .entries()
    .map(([emitter, bounds]) => {
      const next = bounds.at(-1) ?? 0;
      return { emitter, next, gaps: gapsBelow(next, bounds), all: bounds.length < 2 * MOST };
    })
    .sort((a, b) => (a.emitter < b.emitter ? -1 : 1));
}
