import { subtreeRoots } from './audit-path.ts';
import { largestPowerBelow } from './powers.ts';
import type { ProvenLog } from './proven-log.ts';

/**
 * What shows that the log goes on from an earlier size: node hashes, read from the tiles.
 * @param earlier at most the later size; 0 and that size itself need no hash
 * @param later at most the size of the log, which it is unless given
 * @see RFC 6962 section 2.1.2
 */
export async function consistencyPath(
  log: ProvenLog,
  earlier: number,
  later: number = log.size,
): Promise<Uint8Array[]> {
  if (earlier === 0 || earlier === later) return [];
  const root = subtreeRoots(log);
  const path: Uint8Array[] = [];
  let [start, end, whole] = [0, later, true];
  // The reader has the root of [0, earlier) and needs it once more only where a subtree ends there that is not all of it.
  while (end > earlier) {
    const middle = start + largestPowerBelow(end - start);
    if (earlier <= middle) {
      path.unshift(await root(middle, end));
      end = middle;
    } else {
      path.unshift(await root(start, middle));
      start = middle;
      whole = false;
    }
  }
  return whole ? path : [await root(start, end), ...path];
}
