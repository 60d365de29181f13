import { parseRecord } from '../record/index.ts';
import { type EntryFacts, factsOf } from './entry.ts';

/**
 * Reads an entry against the whole schema of records. Slower than readEntry, and finds every wrong field.
 * @param bytes attacker-controlled
 * @throws ExhibitError RECORD_INVALID, RECORD_NOT_CANONICAL, RECORD_TOO_LARGE
 */
export function readRecord(bytes: Uint8Array): EntryFacts {
  return factsOf({ ...parseRecord(bytes) });
}
