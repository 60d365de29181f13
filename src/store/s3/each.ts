/** So many are in work at once. */
const AT_ONCE = 16;

/** Works on many, so many at once; ends with the first error, after what is in work has ended. */
export async function eachOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failed: { error: unknown } | undefined;
  for await (const item of items) {
    if (failed !== undefined) break;
    const job: Promise<void> = work(item).then(
      () => void running.delete(job),
      (error: unknown) => {
        failed ??= { error };
        running.delete(job);
      },
    );
    running.add(job);
    if (running.size >= AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
  if (failed !== undefined) throw failed.error;
}
