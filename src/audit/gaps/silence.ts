/** A time in which something was expected and did not come. Unix milliseconds. */
export interface Silence {
  /** When it came last; undefined where it is not known that it ever did. */
  last: number | undefined;
  /** When the next one was due, grace included. */
  due: number;
  /** When it came after all; undefined: it is still silent. */
  ended: number | undefined;
  /** How many were due and did not come. */
  missed: number;
}

export interface Expectation {
  /** From when to when it is expected. */
  since: number;
  to: number;
  /** At least one in each such time. */
  every: number;
  grace: number;
}

/**
 * Times without what is expected. From the begin to the first, between one and the next, and from the last to the end there may be at most
 * `every` and `grace`. When one was due follows from the one before it, so that it is the same whenever somebody looks.
 * @param times when it came, sorted, Unix milliseconds
 */
export function silences(times: readonly number[], { since, to, every, grace }: Expectation): Silence[] {
  const found: Silence[] = [];
  let before = since;
  let last: number | undefined;
  for (const time of [...times.filter((each) => each <= to), undefined]) {
    if (time !== undefined && time < since) {
      last = time;
      continue;
    }
    const due = before + every + grace;
    const until = time ?? to;
    // At the very moment that it is due it is not late yet.
    if (until > due)
      found.push({ last, due, ended: time, missed: Math.floor((until - before - grace - 1) / every) });
    before = until;
    last = until;
  }
  return found;
}
