import { ExhibitError, type Sha256, toHex } from '../record/index.ts';
import { sameBytes } from './bytes.ts';

/** Length of a hash in bytes. */
export const HASH_BYTES = 32;

/** Leaf hash: SHA-256(0x00 || data). @see RFC 6962 section 2.1 */
export function leafHash(sha256: Sha256, data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input.set(data, 1);
  return sha256(input);
}

// One buffer for all node hashes: the hash function is synchronous and keeps nothing of its argument.
const node = new Uint8Array(1 + 2 * HASH_BYTES);

/** Node hash: SHA-256(0x01 || left || right), of two 32-byte hashes. @see RFC 6962 section 2.1 */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  node[0] = 1;
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** Root of the log without leaves: SHA-256 of nothing. @see RFC 6962 section 2.1 */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

export interface InclusionClaim {
  leafHash: Uint8Array;
  index: number;
  size: number;
  /** Sibling hashes from the leaf up. */
  proof: readonly Uint8Array[];
  root: Uint8Array;
}

/**
 * Checks that a leaf is at an index of the tree with the given size and root.
 * @throws ExhibitError PROOF_INVALID, saying what differs
 * @see RFC 9162 section 2.1.3.2
 */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): void {
  const { index, size, proof, root } = claim;
  if (!isCount(size) || !isCount(index)) refuse('the index or the size is not a whole number below 2^53');
  if (index >= size) refuse(`index ${index} is not in a tree of ${size} leaves`, { index, size });
  checkHashes([claim.leafHash, root, ...proof]);
  let place = index;
  let last = size - 1;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) refuse(`the proof has more hashes than a tree of ${size} leaves needs`, { index, size });
    if (isOdd(place) || place === last) {
      hash = nodeHash(sha256, sibling, hash);
      // A last node without a sibling moves up as it is.
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) refuse(`the proof has fewer hashes than a tree of ${size} leaves needs`, { index, size });
  if (!sameBytes(hash, root)) {
    refuse(`the proof of index ${index} leads to the root ${toHex(hash)}, not to ${toHex(root)}`, {
      index,
      size,
      expected: toHex(root),
      actual: toHex(hash),
    });
  }
}

export interface ConsistencyClaim {
  size1: number;
  root1: Uint8Array;
  size2: number;
  root2: Uint8Array;
  proof: readonly Uint8Array[];
}

/**
 * Checks that the tree of size2 begins with the tree of size1: nothing of it was changed, removed or moved.
 * The empty tree is the beginning of every tree, with an empty proof: that says nothing about root2.
 * @throws ExhibitError PROOF_INVALID, saying what differs
 * @see RFC 9162 section 2.1.4.2
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): void {
  const { size1, root1, size2, root2, proof } = claim;
  if (!isCount(size1) || !isCount(size2)) refuse('a size is not a whole number below 2^53');
  if (size1 > size2) refuse(`the earlier tree (${size1}) is larger than the later one (${size2})`);
  checkHashes([root1, root2, ...proof]);
  if (size1 === 0) expectRoot('earlier', 0, emptyRoot(sha256), root1);
  if (size1 === size2) expectRoot('later', size2, root1, root2);
  if (size1 === 0 || size1 === size2) {
    if (proof.length > 0) refuse('the proof must be empty for these sizes', { size1, size2 });
    return;
  }
  // A full earlier tree is itself the first node, so the proof leaves it out.
  const path = isPowerOfTwo(size1) ? [root1, ...proof] : proof;
  const start = path[0];
  if (start === undefined || proof.length === 0) refuse('the proof is empty', { size1, size2 });
  let place = size1 - 1;
  let last = size2 - 1;
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  let first = start;
  let second = start;
  for (const sibling of path.slice(1)) {
    if (last === 0) refuse('the proof has more hashes than these sizes need', { size1, size2 });
    if (isOdd(place) || place === last) {
      first = nodeHash(sha256, sibling, first);
      second = nodeHash(sha256, sibling, second);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      second = nodeHash(sha256, second, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0) refuse('the proof has fewer hashes than these sizes need', { size1, size2 });
  expectRoot('earlier', size1, first, root1);
  expectRoot('later', size2, second, root2);
}

function expectRoot(which: string, size: number, computed: Uint8Array, stated: Uint8Array): void {
  if (sameBytes(computed, stated)) return;
  refuse(
    `the ${which} tree (${size} leaves) has the root ${toHex(stated)}, the proof leads to ${toHex(computed)}`,
    {
      size,
      expected: toHex(stated),
      actual: toHex(computed),
    },
  );
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  for (const hash of hashes) {
    if (hash.length !== HASH_BYTES) refuse(`a hash has ${hash.length} bytes instead of ${HASH_BYTES}`);
  }
}

// Indices reach 2^53: the 32-bit operators `>>` and `&` would cut them.
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}

function refuse(message: string, details: Record<string, unknown> = {}): never {
  throw new ExhibitError('PROOF_INVALID', message, { details });
}
