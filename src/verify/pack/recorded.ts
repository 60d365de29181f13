import { ExhibitError } from '../../record/index.ts';
import { verifyProof } from '../proof.ts';
import type { VerifierKey, VerifyCrypto } from '../types.ts';
import { members, parseJson } from './shape.ts';

/**
 * That a pack is on the record of the log: a record that says its digest, and the proof of that record.
 * @param digest of the pack, hexadecimal
 * @throws ExhibitError PACK_INVALID where the record is of another pack; PROOF_INVALID, CHECKPOINT_INVALID
 */
export function verifyRecorded(
  record: Uint8Array,
  proof: Uint8Array,
  digest: string,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
): { index: number; size: number } {
  const found = verifyProof(record, proof, keys, crypto);
  const { emitter, details } = members(parseJson(record), 'the record');
  const said = members(details, 'details');
  if (emitter !== 'exhibit.audit' || said.kind !== 'pack written' || said.pack !== `sha256:${digest}`)
    throw new ExhibitError('PACK_INVALID', 'the record beside the pack is of another pack');
  return { index: found.index, size: found.checkpoint.size };
}
