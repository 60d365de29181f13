import type { Entry, LogReader } from './types.ts';

/** Blocks of a log that hold something, so that only they are read again. */
export class Blocks {
  /** Leaves of a block: those of one entry bundle of a log (C2SP tlog-tiles), so that none is read for another's sake. */
  static readonly LEAVES = 256;
  readonly #held = new Set<number>();

  /** @param index of a leaf; they come in the order of the log */
  add(index: number): void {
    this.#held.add(Math.floor(index / Blocks.LEAVES));
  }

  /** How many leaves they have, in a log of that size. */
  entries(size: number): number {
    return this.#ranges(size).reduce((sum, { from, to }) => sum + to - from, 0);
  }

  async *read(reader: Pick<LogReader, 'entries'>, size: number): AsyncGenerator<Entry> {
    for (const { from, to } of this.#ranges(size)) yield* reader.entries(from, to);
  }

  #ranges(size: number): { from: number; to: number }[] {
    const ranges: { from: number; to: number }[] = [];
    for (const block of this.#held) {
      const [from, to] = [block * Blocks.LEAVES, Math.min((block + 1) * Blocks.LEAVES, size)];
      const last = ranges.at(-1);
      if (last?.to === from) last.to = to;
      else ranges.push({ from, to });
    }
    return ranges;
  }
}
