import { describe, expect, it } from 'vitest';
import { fromHex, isExhibitError, toHex } from '../record/index.ts';
import { emptyRoot, leafHash, verifyConsistency, verifyInclusion } from './index.ts';
import { nodeCrypto } from './node.ts';
import { referenceTree } from './testing/reference.ts';

const { sha256 } = nodeCrypto;

// The eight leaves, roots and paths that the Certificate Transparency implementations test with
// (google/certificate-transparency merkletree tests; transparency-dev/merkle testonly/constants.go).
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(fromHex);
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(fromHex);
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

const root = (size: number): Uint8Array => ROOTS[size - 1] ?? new Uint8Array();
const rootHex = (size: number): string => toHex(root(size));

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (isExhibitError(error, 'PROOF_INVALID')) return false;
    throw error;
  }
}

describe('published vectors', () => {
  it.each([
    { index: 0, size: 1, path: [] },
    { index: 0, size: 8, path: [A, B, C] },
    { index: 5, size: 8, path: [D, E, rootHex(4)] },
    { index: 2, size: 3, path: [rootHex(2)] },
    { index: 1, size: 5, path: [rootHex(1), B, D] },
  ])('inclusion of leaf $index in $size leaves', ({ index, size, path }) => {
    const leaf = leafHash(sha256, LEAVES[index] ?? new Uint8Array());
    const proof = path.map(fromHex);
    expect(() =>
      verifyInclusion(sha256, { leafHash: leaf, index, size, proof, root: root(size) }),
    ).not.toThrow();
  });

  it.each([
    { size1: 1, size2: 8, path: [A, B, C] },
    { size1: 6, size2: 8, path: [F, E, rootHex(4)] },
    { size1: 2, size2: 5, path: [B, D] },
  ])('consistency of $size1 and $size2 leaves', ({ size1, size2, path }) => {
    const proof = path.map(fromHex);
    const claim = { size1, root1: root(size1), size2, root2: root(size2), proof };
    expect(() => verifyConsistency(sha256, claim)).not.toThrow();
  });

  it('says whether a proof is too long or too short', () => {
    const leaf = leafHash(sha256, new Uint8Array());
    const inclusion = { leafHash: leaf, index: 0, size: 8, root: root(8) };
    const [a, b, c] = [A, B, C].map(fromHex) as [Uint8Array, Uint8Array, Uint8Array];
    expect(() => verifyInclusion(sha256, { ...inclusion, proof: [a, b, c, c] })).toThrow(/more hashes/);
    expect(() => verifyInclusion(sha256, { ...inclusion, proof: [a, b] })).toThrow(/fewer hashes/);
    const consistency = { size1: 1, root1: root(1), size2: 8, root2: root(8) };
    expect(() => verifyConsistency(sha256, { ...consistency, proof: [a, b, c, c] })).toThrow(/more hashes/);
    expect(() => verifyConsistency(sha256, { ...consistency, proof: [a, b] })).toThrow(/fewer hashes/);
  });

  it('knows the root of the empty log', () => {
    // FIPS 180-4: SHA-256 of the empty message
    expect(toHex(emptyRoot(sha256))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

const tree = referenceTree(sha256);
const MOST = 70;
const data = Array.from({ length: MOST }, (_, i) => new TextEncoder().encode(`leaf ${i}`));
const roots = Array.from({ length: MOST + 1 }, (_, size) => tree.root(data.slice(0, size)));
const rootOf = (size: number): Uint8Array => roots[size] ?? new Uint8Array();
const leaves = data.map((bytes) => leafHash(sha256, bytes));

/** Every proof that differs from the given one by one step: a flipped bit, a hash less, more, or two swapped. */
function* damaged(proof: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (let at = 0; at < proof.length; at += 1) {
    yield proof.map((hash, i) =>
      i === at ? hash.map((byte, j) => (j === at % 32 ? byte ^ 1 : byte)) : hash,
    );
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, proof[at] ?? new Uint8Array(32));
    if (at > 0)
      yield proof.with(at, proof[at - 1] ?? new Uint8Array()).with(at - 1, proof[at] ?? new Uint8Array());
  }
  yield [...proof, new Uint8Array(32)];
}

describe(`all trees up to ${MOST} leaves`, () => {
  it('every inclusion proof verifies and no damaged one does', () => {
    let good = 0;
    for (let size = 1; size <= MOST; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = tree.inclusion(index, data.slice(0, size));
        const claim = { leafHash: leaves[index] ?? new Uint8Array(), index, size, proof, root: rootOf(size) };
        if (accepts(() => verifyInclusion(sha256, claim))) good += 1;
        for (const bad of damaged(proof)) {
          if (accepts(() => verifyInclusion(sha256, { ...claim, proof: bad }))) {
            expect.fail(`a damaged proof of ${index} in ${size} was accepted`);
          }
        }
        for (const other of [index - 1, index + 1, size]) {
          if (accepts(() => verifyInclusion(sha256, { ...claim, index: other }))) {
            expect.fail(`the proof of ${index} in ${size} was accepted for ${other}`);
          }
        }
      }
    }
    expect(good).toBe((MOST * (MOST + 1)) / 2);
  });

  it('every consistency proof verifies and no damaged one does', () => {
    let good = 0;
    for (let size2 = 0; size2 <= MOST; size2 += 1) {
      for (let size1 = 0; size1 <= size2; size1 += 1) {
        const proof = tree.consistency(size1, data.slice(0, size2));
        const claim = { size1, root1: rootOf(size1), size2, root2: rootOf(size2), proof };
        if (accepts(() => verifyConsistency(sha256, claim))) good += 1;
        for (const bad of damaged(proof)) {
          if (accepts(() => verifyConsistency(sha256, { ...claim, proof: bad }))) {
            expect.fail(`a damaged proof of ${size1} and ${size2} was accepted`);
          }
        }
        // The empty tree says nothing about a later one, so that its proof cannot bind the later root.
        for (const field of size1 === 0 ? (['root1'] as const) : (['root1', 'root2'] as const)) {
          const root = claim[field].map((byte) => byte ^ 0x80);
          if (accepts(() => verifyConsistency(sha256, { ...claim, [field]: root }))) {
            expect.fail(`a wrong ${field} of ${size1} and ${size2} was accepted`);
          }
        }
      }
    }
    expect(good).toBe(((MOST + 1) * (MOST + 2)) / 2);
  });
});

describe('sizes beyond 32 bits', () => {
  it('follows the last leaf of a tree of 2^40 + 1 leaves', () => {
    // The last leaf has one sibling: the root of the full tree of 2^40 leaves before it.
    const [leaf, sibling] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)];
    const expected = sha256(Uint8Array.of(1, ...sibling, ...leaf));
    const claim = { leafHash: leaf, index: 2 ** 40, size: 2 ** 40 + 1, proof: [sibling], root: expected };
    expect(() => verifyInclusion(sha256, claim)).not.toThrow();
    expect(() => verifyInclusion(sha256, { ...claim, index: 2 ** 40 - 1 })).toThrow(/fewer hashes/);
    const consistency = {
      size1: 2 ** 40,
      root1: sibling,
      size2: 2 ** 40 + 1,
      root2: expected,
      proof: [leaf],
    };
    expect(() => verifyConsistency(sha256, consistency)).not.toThrow();
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the index %s', (index) => {
    const hash = new Uint8Array(32);
    const claim = { leafHash: hash, index, size: 2 ** 53 - 1, proof: [], root: hash };
    expect(() => verifyInclusion(sha256, claim)).toThrowError(
      expect.objectContaining({ code: 'PROOF_INVALID' }),
    );
  });
});
