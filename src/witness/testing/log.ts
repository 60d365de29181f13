import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { formatAddCheckpoint, formatVkey, makeVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { signedCheckpoint, type TestKey } from '../../verify/testing/log.ts';
import { referenceTree } from '../../verify/testing/reference.ts';

const { sha256 } = nodeCrypto;
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key of a log; it follows from a number. */
export function logKey(name: string, seed: number): TestKey & { vkey: string } {
  const secret = createPrivateKey({
    key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key = makeVkey(sha256, name, raw);
  return { key, vkey: formatVkey(key), sign: (message) => sign(null, message, secret) };
}

/** A history: what one log would sign, as the reference implementation computes it. */
export function history(signer: TestKey, leaf: (index: number) => string, most = 300) {
  const leaves = Array.from({ length: most }, (_, i) => Buffer.from(leaf(i)));
  const tree = referenceTree(sha256);
  const note = (size: number, signers: readonly TestKey[] = [signer]) =>
    signedCheckpoint(tree.root(leaves.slice(0, size)), size, signers);
  const proof = (old: number, size: number) => tree.consistency(old, leaves.slice(0, size));
  return {
    note,
    proof,
    /** The body of a request. */
    ask: (old: number, size: number) =>
      formatAddCheckpoint({ old, proof: proof(old, size), note: note(size) }),
  };
}
