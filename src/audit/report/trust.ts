import { folderKeys, type LedgerReader, verifyLedger } from '../../ledger/index.ts';
import type { NamedStore } from '../../store/index.ts';
import { type Checkpoint, formatLevel, levelOf, openCheckpoint, parseVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import type { AuditReport } from './schema.ts';

/** In one line, how far trust in a checkpoint reaches by the keys that lie with the log: whose they are is another question. */
export async function levelText(reader: LedgerReader): Promise<string> {
  const keys = (await folderKeys(reader.place)).map((key) => parseVkey(nodeCrypto.sha256, key));
  const note = (await reader.cosignedText()) ?? (await reader.checkpointText());
  return formatLevel(levelOf(openCheckpoint(note, keys, nodeCrypto, { origin: reader.origin }), keys));
}

/**
 * Reads and hashes the whole log again.
 * @param known states of it that were seen before
 * @throws ExhibitError what verifyLedger throws: the log does not hold
 */
export async function verifyWhole(
  place: string | NamedStore,
  known: readonly Checkpoint[],
  progress: (done: number, total: number) => void,
): Promise<AuditReport['standing']['verification']> {
  const { checkpoint, blobs } = await verifyLedger(place, { known, progress });
  const missing = blobs === undefined ? 0 : blobs.missing + blobs.differ;
  if (missing > 0)
    return { state: 'failed', message: `${missing} blobs that records name are missing or differ` };
  const more = known.length === 0 ? '' : ', and the log contains what this machine saw of it before';
  return {
    state: 'held',
    message: `all ${checkpoint.size} records were hashed again up to the signed root${more}`,
  };
}

/** Ids of the policies that controls of a report name, or were judged by. */
export function policiesOf({ controls }: AuditReport): string[] {
  const all = controls.flatMap(({ policies, layers }) => [...policies, ...layers]);
  return [...new Set(all.map(({ policy_id }) => policy_id))];
}
