import type { Sha256 } from '../../record/index.ts';

/**
 * A Merkle tree written as RFC 6962 section 2.1 defines it, recursively and slowly, for tests to compare with.
 * It shares nothing with the verifier.
 */
export interface ReferenceTree {
  /** MTH(D[n]) */
  root(data: readonly Uint8Array[]): Uint8Array;
  /** PATH(m, D[n]), section 2.1.1 */
  inclusion(m: number, data: readonly Uint8Array[]): Uint8Array[];
  /** PROOF(m, D[n]), section 2.1.2; empty for m = 0 */
  consistency(m: number, data: readonly Uint8Array[]): Uint8Array[];
}

export function referenceTree(sha256: Sha256): ReferenceTree {
  const memo = new Map<Uint8Array, Map<number, Uint8Array>>();

  function root(data: readonly Uint8Array[]): Uint8Array {
    const [first] = data;
    if (first === undefined) return sha256(new Uint8Array());
    // The same leaf object with so many after it: computed once, so that tests over all sizes stay quick.
    const known = memo.get(first) ?? new Map<number, Uint8Array>();
    memo.set(first, known);
    const hash = known.get(data.length) ?? compute(first, data);
    known.set(data.length, hash);
    return hash;
  }

  function compute(first: Uint8Array, data: readonly Uint8Array[]): Uint8Array {
    if (data.length === 1) return sha256(Uint8Array.of(0, ...first));
    const k = split(data.length);
    return sha256(Uint8Array.of(1, ...root(data.slice(0, k)), ...root(data.slice(k))));
  }

  function inclusion(m: number, data: readonly Uint8Array[]): Uint8Array[] {
    if (data.length <= 1) return [];
    const k = split(data.length);
    return m < k
      ? [...inclusion(m, data.slice(0, k)), root(data.slice(k))]
      : [...inclusion(m - k, data.slice(k)), root(data.slice(0, k))];
  }

  function subproof(m: number, data: readonly Uint8Array[], whole: boolean): Uint8Array[] {
    if (m === data.length) return whole ? [] : [root(data)];
    const k = split(data.length);
    return m <= k
      ? [...subproof(m, data.slice(0, k), whole), root(data.slice(k))]
      : [...subproof(m - k, data.slice(k), false), root(data.slice(0, k))];
  }

  return { root, inclusion, consistency: (m, data) => (m === 0 ? [] : subproof(m, data, true)) };
}

/** Largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
