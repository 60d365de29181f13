import type { Sha256 } from '../record/index.ts';
import { emptyRoot, nodeHash } from './merkle.ts';

/**
 * Root of the tree over some subtree roots of equal width, of which only the last may be narrower: leaf hashes,
 * the hashes of a tile, or the roots of bundles.
 */
export function foldRoots(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      // The last one without a partner moves up as it is: RFC 6962 splits at the largest power of two.
      if (left !== undefined) next.push(right === undefined ? left : nodeHash(sha256, left, right));
    }
    level = next;
  }
  return level[0] ?? emptyRoot(sha256);
}

/** A growing tree that keeps one hash per full subtree: memory grows with the logarithm of its size. */
export interface GrowingTree {
  /** Adds the root of the next subtree; only the last one may be narrower than the others. */
  push(root: Uint8Array): void;
  /** Root of all that was added, with `last` behind it where it is given. */
  root(last?: Uint8Array): Uint8Array;
}

export function growingTree(sha256: Sha256): GrowingTree {
  // Like the binary digits of the count: stack[i] covers a power of two of subtrees, widest first.
  const stack: Uint8Array[] = [];
  let count = 0;
  return {
    push(root) {
      let hash = root;
      for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = stack.pop();
        if (left !== undefined) hash = nodeHash(sha256, left, hash);
      }
      stack.push(hash);
      count += 1;
    },
    root(last) {
      const hashes = last === undefined ? stack : [...stack, last];
      if (hashes.length === 0) return emptyRoot(sha256);
      return hashes.reduceRight((right, left) => nodeHash(sha256, left, right));
    },
  };
}
