import { type BundleResult, verifyBundle } from './bundle.ts';
import type { ReadEntry } from './entry.ts';
import type { KnownRoots } from './known.ts';
import { type LogSource, loadEntries, loadTile } from './source.ts';
import { tileCount, tileWidth } from './tiles.ts';
import type { VerifyCrypto } from './types.ts';

/** One bundle to check. Plain data: it can be sent to another thread. */
export interface BundleRequest {
  index: number;
  width: number;
  cuts: number[];
}

/** Loads one bundle with its tile and checks it; `checkBundle` is this, and other threads may stand in for it. */
export type CheckBundle = (request: BundleRequest) => Promise<BundleResult>;

/** Reads one bundle and its tile from the source and checks it by itself. @throws what loading and verifyBundle throw */
export async function checkBundle(
  source: LogSource,
  sha256: VerifyCrypto['sha256'],
  request: BundleRequest,
  readEntry?: ReadEntry,
): Promise<BundleResult> {
  const { index, width } = request;
  const [entries, tile] = await Promise.all([
    loadEntries(source, index, width),
    loadTile(source, 0, index, width),
  ]);
  return verifyBundle(sha256, { ...request, entries, tile }, readEntry);
}

/** Checks the bundles, several at once, and gives their results in order. */
export async function* inOrder(
  check: CheckBundle,
  size: number,
  known: KnownRoots,
  window: number,
  explain: (error: unknown) => Promise<unknown>,
): AsyncGenerator<{ request: BundleRequest; result: BundleResult }> {
  const count = tileCount(0, size);
  const inWork: { request: BundleRequest; result: Promise<BundleResult> }[] = [];
  for (let next = 0; next < count || inWork.length > 0; ) {
    while (next < count && inWork.length < Math.max(1, window)) {
      const width = tileWidth(0, next, size);
      const request = { index: next, width, cuts: known.cutsOf(next, width) };
      const result = check(request);
      // An earlier bundle may fail first: then nobody waits for this one any more.
      result.catch(() => undefined);
      inWork.push({ request, result });
      next += 1;
    }
    const head = inWork.shift();
    if (head === undefined) return;
    try {
      yield { request: head.request, result: await head.result };
    } catch (error) {
      throw await explain(error);
    }
  }
}
