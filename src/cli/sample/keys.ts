import { folderKeys } from '../../ledger/index.ts';
import { parseVkey, type VerifierKey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';

/** The keys that proofs are verified with: those that were given, else those that the folder has of itself. */
export async function proofKeys(
  folder: string,
  given: readonly string[],
): Promise<{ keys: VerifierKey[]; from: 'given' | 'the folder' }> {
  const texts = given.length > 0 ? given : await folderKeys(folder);
  return {
    keys: texts.map((text) => parseVkey(nodeCrypto.sha256, text)),
    from: given.length > 0 ? 'given' : 'the folder',
  };
}
