import { folderKeys } from '../../ledger/index.ts';
import type { NamedStore } from '../../store/index.ts';
import { parseVkey, type VerifierKey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';

export interface ProofKeys {
  keys: VerifierKey[];
  from: 'given' | 'the folder' | 'the bucket';
}

/** The keys that proofs are verified with: those that were given, else those that the folder or the bucket has of itself. */
export async function proofKeys(place: string | NamedStore, given: readonly string[]): Promise<ProofKeys> {
  const texts = given.length > 0 ? given : await folderKeys(place);
  const own = typeof place === 'string' ? 'the folder' : 'the bucket';
  return {
    keys: texts.map((text) => parseVkey(nodeCrypto.sha256, text)),
    from: given.length > 0 ? 'given' : own,
  };
}
