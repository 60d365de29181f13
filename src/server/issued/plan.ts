import type { Spans } from './settings.ts';

/** When a certificate begins and ends, Unix milliseconds. */
export interface Term {
  from: number;
  until: number;
}

/** An authority begins before it was made, for clocks that are behind: what callers know counts from when it was made. */
export interface Made extends Term {
  made: number;
}

export interface Plan<T> {
  /** No authority is left that will be there when a leaf of now ends: a new one is to be made. */
  make: boolean;
  /** What signs leaves now. */
  signer: T | undefined;
  /** What callers must trust: all that may still be met. */
  trusted: T[];
}

/**
 * Which authority signs, and which are trusted. A new one is made so early that it is known for the overlap before the one before it is too
 * short for a leaf; until then the one before it signs, and both are trusted.
 * @param isCarried where it is known whether callers were told of one: another one signs only where there is no such
 */
export function planOf<T extends Made>(
  authorities: readonly T[],
  now: number,
  spans: Spans,
  isCarried?: (one: T) => boolean,
): Plan<T> {
  const trusted = authorities.filter(({ until }) => now < until).sort((a, b) => a.made - b.made);
  // One from the future is of a clock that runs ahead: it is trusted, and does not sign yet.
  const begun = trusted.filter(({ made }) => made <= now);
  const known = begun.filter(({ made }) => made + spans.overlap <= now);
  const lasting = (all: readonly T[]) => all.filter(({ until }) => now + spans.leaf <= until);
  const signer =
    isCarried === undefined
      ? (lasting(known).at(-1) ?? lasting(begun)[0] ?? begun.at(-1))
      : carriedSigner(begun, known, isCarried, lasting);
  const make = !trusted.some(({ until }) => now + spans.leaf + spans.overlap <= until);
  return { make, signer, trusted };
}

function carriedSigner<T>(
  begun: readonly T[],
  known: readonly T[],
  isCarried: (one: T) => boolean,
  lasting: (all: readonly T[]) => T[],
): T | undefined {
  const carried = begun.filter(isCarried);
  const settled = known.filter(isCarried);
  // The oldest has been told of for longest.
  return lasting(settled).at(-1) ?? lasting(carried)[0] ?? carried.at(-1) ?? begun[0];
}

/** Whether a leaf is to be replaced: a third of its time is left, or its authority goes before it. */
export function isDue({ from, until }: Term, now: number): boolean {
  return now < from || now >= from + ((until - from) * 2) / 3;
}
