import { describe, expect, it } from 'vitest';
import { emptyRoot, leafHash, nodeHash } from '../verify/index.ts';
import { sha256 } from './hash.ts';
import { Edge } from './tree.ts';

/** RFC 6962 section 2.1, word for word. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return emptyRoot(sha256);
  if (leaves.length === 1) return first;
  const k = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return nodeHash(sha256, mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

const leaf = (n: number) => leafHash(sha256, Buffer.from(`leaf ${n}`));

describe('the edge of the tree', () => {
  it('has the root of RFC 6962 at every size, and goes on from its partial tiles alone', () => {
    const leaves: Uint8Array[] = [];
    let edge = new Edge(0);
    for (let size = 0; size <= 1100; size += 1) {
      if (size < 20 || size % 37 === 0 || size % 256 < 2 || size % 256 === 255) {
        expect(Buffer.from(edge.root()).toString('hex'), `size ${size}`).toBe(
          Buffer.from(mth(leaves)).toString('hex'),
        );
        const partial = edge.partial();
        const tiles = Array.from(
          { length: 2 },
          (_, level) => partial.find((tile) => tile.level === level)?.bytes,
        );
        edge = new Edge(
          size,
          tiles.map((tile) => tile ?? new Uint8Array(0)),
        );
      }
      leaves.push(leaf(size));
      edge.push(leaf(size));
    }
  });

  it('carries a full tile into the level above, up to the third level', () => {
    const edge = new Edge(0);
    const full: string[] = [];
    for (let size = 0; size < 65_536; size += 1) {
      for (const { level, index } of edge.push(leaf(0)))
        if (level > 0 || index === 255) full.push(`${level}/${index}`);
    }
    expect(full).toEqual(['0/255', '1/0']);
    expect(edge.partial().map(({ level, index, width }) => ({ level, index, width }))).toEqual([
      { level: 2, index: 0, width: 1 },
    ]);
    // Of 2^16 equal leaves, every level has one hash: sixteen times the node of two equal hashes.
    let hash = leaf(0);
    for (let level = 0; level < 16; level += 1) hash = nodeHash(sha256, hash, hash);
    expect(edge.root()).toEqual(hash);
  });
});
