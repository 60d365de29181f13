/** Intervals kept for one emitter. Beyond it, neighbours are joined over the gap between them. */
export const MOST = 64;

/**
 * Which sequence numbers of each emitter are in the log: half-open intervals, a few for each emitter, since emitters
 * number without gaps. A superset: `has` may be true for a number that is not there (whoever asks then looks it up), and
 * is never false for one that is. So a new record of a well-behaved emitter costs no look-up at all.
 */
export class Intervals {
  readonly #byEmitter = new Map<string, number[]>();

  has(emitter: string, sequence: number): boolean {
    const bounds = this.#byEmitter.get(emitter);
    // The bounds rise; a number is inside after an odd count of them.
    return bounds !== undefined && below(bounds, sequence) % 2 === 1;
  }

  add(emitter: string, sequence: number): void {
    this.addRange(emitter, sequence, sequence + 1);
  }

  /** Adds [from, to). */
  addRange(emitter: string, from: number, to: number): void {
    const bounds = this.#byEmitter.get(emitter);
    if (bounds === undefined) {
      this.#byEmitter.set(emitter, [from, to]);
      return;
    }
    // The usual case: the next number.
    if (bounds.at(-1) === from) {
      bounds[bounds.length - 1] = to;
      return;
    }
    // Bounds that the new interval covers or touches go; it opens or closes where it lies outside of another.
    const start = bounds.findIndex((bound) => bound >= from);
    const first = start < 0 ? bounds.length : start;
    const end = below(bounds, to);
    const inner: number[] = [];
    if (first % 2 === 0) inner.push(from);
    if (end % 2 === 0) inner.push(to);
    bounds.splice(first, end - first, ...inner);
    while (bounds.length > 2 * MOST) joinNearest(bounds);
  }

  /** The next number of each emitter: one more than the largest that is there. */
  next(): Map<string, number> {
    return new Map([...this.#byEmitter].map(([emitter, bounds]) => [emitter, bounds.at(-1) ?? 0]));
  }

  /** `[emitter, [from, to, from, to, ...]]`, to be kept in a file. */
  entries(): [string, number[]][] {
    return [...this.#byEmitter];
  }
}

/**
 * The gaps of [0, next) between bounds, first and last number.
 * @param bounds rising, of half-open intervals
 */
export function gapsBelow(next: number, bounds: readonly number[]): [number, number][] {
  const edges = [0, ...bounds, Number.POSITIVE_INFINITY];
  const gaps: [number, number][] = [];
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const [from, to] = [edges[i] as number, Math.min(next, edges[i + 1] as number)];
    if (from < to) gaps.push([from, to - 1]);
  }
  return gaps;
}

/** How many bounds are at or below the number. */
function below(bounds: readonly number[], number: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] as number) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function joinNearest(bounds: number[]): void {
  let at = 1;
  for (let i = 3; i + 1 < bounds.length; i += 2) {
    if (
      (bounds[i + 1] as number) - (bounds[i] as number) <
      (bounds[at + 1] as number) - (bounds[at] as number)
    )
      at = i;
  }
  bounds.splice(at, 2);
}
