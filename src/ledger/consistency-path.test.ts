import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../verify/node.ts';
import { logFiles, testRecord } from '../verify/testing/log.ts';
import { referenceTree } from '../verify/testing/reference.ts';
import { consistencyPath } from './consistency-path.ts';
import { ProvenLog } from './proven-log.ts';

const { sha256 } = nodeCrypto;
const tree = referenceTree(sha256);
const all = Array.from({ length: 66_000 }, (_, i) => testRecord(i));

/** A log with the tiles that a tree of this size has. */
function logOf(size: number, files: Map<string, Uint8Array>) {
  const store = {
    get: async (key: string) => files.get(key.replace(/^log\//, '')),
    put: async () => undefined,
    list: async () => [],
    delete: async () => undefined,
  };
  return new ProvenLog(store, { size, root: tree.root(all.slice(0, size)) });
}

describe('a consistency path', () => {
  it('is the proof of RFC 6962 for every pair of sizes to 70', async () => {
    for (let size = 1; size <= 70; size += 1) {
      const data = all.slice(0, size);
      const log = logOf(size, logFiles(sha256, data, []));
      for (let earlier = 0; earlier <= size; earlier += 1)
        expect(await consistencyPath(log, earlier), `${earlier} to ${size}`).toEqual(
          tree.consistency(earlier, data),
        );
    }
  });

  it('leads over tiles of three levels', async () => {
    const data = all;
    const log = logOf(data.length, logFiles(sha256, data, []));
    for (const earlier of [1, 255, 256, 257, 1_000, 32_768, 65_535, 65_536, 65_537, 65_999])
      expect(await consistencyPath(log, earlier), String(earlier)).toEqual(tree.consistency(earlier, data));
  });
});
