import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExhibitError } from '../record/index.ts';

/**
 * Keeps other processes of this machine out of a folder for as long as this one lives: two would give the same numbers twice. The system
 * gives the lock back when the process ends, however it ends.
 * @returns gives it back
 * @throws ExhibitError LEDGER_BUSY
 */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new ExhibitError('LEDGER_BUSY', 'another process has this spool', {
      cause,
      location: { file: folder },
      hint: 'Give each server a spool folder of its own.',
    });
  }
  return () => database.close();
}
