import type { LogReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { ExhibitError, fromHex, isExhibitError } from '../../record/index.ts';
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
 * @param who names the state, with its root: the record that has it, where it is not the log's own
 * @throws ExhibitError PROOF_INVALID where it does not: the log was rewritten, or who named the state named one that never was
 */
export async function continuation<Of extends string>(
  reader: LogReader,
  of: Of,
  { size, root }: { size: number; root: string },
  who = `the ${of} state`,
): Promise<Continuation<Of>> {
  const now = await reader.checkpoint();
  const proof = await reader.consistency(size);
  try {
    verifyConsistency(sha256, {
      ...{ size1: size, root1: fromHex(root), size2: now.size, root2: fromHex(now.root) },
      proof: proof.map(fromHex),
    });
  } catch (cause) {
    if (!isExhibitError(cause, 'PROOF_INVALID')) throw cause;
    throw new ExhibitError(
      'PROOF_INVALID',
      `the log of now does not begin with the ${size} records and the root that ${who} names`,
      {
        cause,
        hint: 'Either the log was rewritten since, or that state never was. exhibit ledger verify looks at the log by itself.',
      },
    );
  }
  return { of, size, root, to: { size: now.size, root: now.root }, proof };
}
