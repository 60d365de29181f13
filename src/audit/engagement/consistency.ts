import type { LogReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { fromHex } from '../../record/index.ts';
import { verifyConsistency } from '../../verify/index.ts';

/** That the log of now goes on from an earlier state: nothing of it was changed, removed or moved. */
export interface Continuation<Of extends string = 'period end' | 'opening' | 'witnessed'> {
  /** Which earlier state it is. */
  of: Of;
  size: number;
  root: string;
  /** The log of now. */
  to: { size: number; root: string };
  /** RFC 6962 section 2.1.2, hexadecimal; anybody can check it with the two roots. */
  proof: string[];
}

/**
 * Proves, and checks like a stranger, that the log of now begins with an earlier state.
 * @throws ExhibitError PROOF_INVALID where it does not: the log was rewritten
 */
export async function continuation<Of extends string>(
  reader: LogReader,
  of: Of,
  { size, root }: { size: number; root: string },
): Promise<Continuation<Of>> {
  const now = await reader.checkpoint();
  const proof = await reader.consistency(size);
  verifyConsistency(sha256, {
    ...{ size1: size, root1: fromHex(root), size2: now.size, root2: fromHex(now.root) },
    proof: proof.map(fromHex),
  });
  return { of, size, root, to: { size: now.size, root: now.root }, proof };
}
