/**
 * Does two works at the same time. Where one fails the other is told to stop, and waited for: no query goes on that nobody waits for.
 * @param outer where both belong to a work that can be told to stop itself
 * @throws what the work that failed first has thrown
 */
export async function together<A, B>(
  first: (stop: AbortSignal) => Promise<A>,
  second: (stop: AbortSignal) => Promise<B>,
  outer?: AbortSignal,
): Promise<[A, B]> {
  const controller = new AbortController();
  const stop = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  const works: [Promise<A>, Promise<B>] = [first(stop), second(stop)];
  try {
    return await Promise.all(works);
  } catch (error) {
    controller.abort();
    await Promise.allSettled(works);
    throw error;
  }
}
