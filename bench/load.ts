export interface Load {
  /** Answers that were wanted. */
  good: number;
  bad: number;
  seconds: number;
  /** Milliseconds to the whole answer, sorted. */
  latencies: number[];
}

/** Each asks again as soon as it has its answer. @param ask tells whether the answer was the one that is wanted */
export async function closedLoop(
  asking: readonly (() => Promise<boolean>)[],
  seconds: number,
): Promise<Load> {
  const latencies: number[] = [];
  let [good, bad] = [0, 0];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    asking.map(async (ask) => {
      for (let now = performance.now(); now < end; ) {
        const wanted = await ask();
        const after = performance.now();
        latencies.push(after - now);
        if (wanted) good += 1;
        else bad += 1;
        now = after;
      }
    }),
  );
  return loadOf(good, bad, start, latencies);
}

/** @param start when the load began, of `performance.now()` */
export function loadOf(good: number, bad: number, start: number, latencies: number[]): Load {
  const seconds = (performance.now() - start) / 1_000;
  return { good, bad, seconds, latencies: latencies.sort((a, b) => a - b) };
}
