import { hash } from 'node:crypto';
import type { LogReader } from '../../ledger/index.ts';
import { ExhibitError, parseRecord } from '../../record/index.ts';
import { type VerifierKey, type VerifyCrypto, verifyProof } from '../../verify/index.ts';
import type { Item } from '../population/items.ts';

/**
 * Compares a row of the lake with the log: the leaf at its index is that record, says the same verdict, and its inclusion proof leads to a
 * checkpoint that one of the keys signed.
 * @returns size of the tree that it was proven in
 * @throws ExhibitError PROOF_INVALID, CHECKPOINT_INVALID; LAKE_FAILED where lake and log differ
 */
export async function proveItem(
  reader: LogReader,
  { row }: Pick<Item, 'row'>,
  keys: readonly VerifierKey[],
  crypto: VerifyCrypto,
): Promise<number> {
  const { bytes } = await reader.entry(row.log_index);
  const record = parseRecord(bytes);
  const proven = verifyProof(bytes, await reader.proof(row.log_index), keys, crypto, {
    origin: reader.origin,
  });
  const differs = [
    ['record_id', record.record_id, row.record_id],
    ['policy_id', record.policy_id, row.policy_id],
    ['subject_id', record.subject_id ?? null, row.subject_id],
    ['verdict', record.verdict, row.verdict],
    ['disposition', record.disposition ?? null, row.disposition],
    ['layer', record.layer, row.layer],
    ['index', proven.index, row.log_index],
  ].find(([, log, lake]) => log !== lake);
  if (differs === undefined) return proven.checkpoint.size;
  throw new ExhibitError(
    'LAKE_FAILED',
    `record ${row.log_index} of the log is not what the lake says: ${differs[0]}`,
    { hint: 'exhibit lake verify names the file, exhibit lake rebuild makes it anew from the log.' },
  );
}

/** Digest of a text, as it stands in records. */
export function textDigest(text: string): `sha256:${string}` {
  return `sha256:${hash('sha256', text, 'hex')}`;
}
