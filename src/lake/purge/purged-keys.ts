import type { LedgerReader } from '../../ledger/index.ts';
import { closedDays } from '../calendar.ts';
import { readManifest } from '../manifest.ts';
import { Tombstones } from './tombstone.ts';

/**
 * Keys of the files that a tombstone in the log names, whether they are still there or not. Where they were purged in a copy, the folder may still have
 * them, and the next copy must not bring them back.
 * @throws ExhibitError LAKE_MISMATCH, BLOB_MISSING, BLOB_DIGEST
 */
export async function purgedKeys(reader: LedgerReader): Promise<Set<string>> {
  const tombstones = new Tombstones(reader);
  const keys = new Set<string>();
  for (const day of await closedDays(reader))
    for (const file of (await readManifest(reader, day))?.files ?? [])
      if ((await tombstones.of(day, file)) !== undefined) keys.add(file.key);
  return keys;
}
