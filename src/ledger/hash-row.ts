import { hash } from 'node:crypto';
import { HASH_BYTES } from '../verify/index.ts';

// Whoever reads entries waits for these hashes. So they go side by side into one buffer, as characters straight from the hash
// function: an object for each would cost as much as the hash. Tests hold them against leafHash and nodeHash.

/**
 * Leaf hashes of entries that stand in a bundle, without a copy: for as long as one is hashed, the byte before it (of its
 * length) is the 0x00 that RFC 6962 puts before a leaf.
 */
export function leafRow(entries: readonly Uint8Array[]): Buffer {
  const row = Buffer.allocUnsafe(entries.length * HASH_BYTES);
  entries.forEach(({ buffer, byteOffset, length }, i) => {
    const leaf = new Uint8Array(buffer, byteOffset - 1, length + 1);
    const before = leaf[0] as number;
    leaf[0] = 0;
    row.write(hash('sha256', leaf, 'binary'), i * HASH_BYTES, 'latin1');
    leaf[0] = before;
  });
  return row;
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** Root of the tree over a power of two of hashes, side by side. @see RFC 6962 section 2.1 */
export function rowRoot(hashes: Uint8Array): Buffer {
  const row = Buffer.from(hashes);
  for (let count = hashes.length / HASH_BYTES; count > 1; count /= 2) {
    for (let i = 0; i < count / 2; i += 1) {
      row.copy(node, 1, 2 * i * HASH_BYTES, 2 * (i + 1) * HASH_BYTES);
      row.write(hash('sha256', node, 'binary'), i * HASH_BYTES, 'latin1');
    }
  }
  return row.subarray(0, HASH_BYTES);
}
