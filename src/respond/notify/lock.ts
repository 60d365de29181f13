import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExhibitError } from '../../record/index.ts';

/**
 * Runs work as the only one that tells of an evidence folder's findings. The lock is a transaction of SQLite: the kernel frees it when the
 * process dies.
 * @throws ExhibitError LEDGER_BUSY where another process is telling
 */
export async function withNotifyLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(join(folder, 'private'), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, 'private', 'notify.db'));
  try {
    database.exec('PRAGMA busy_timeout = 0');
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch (cause) {
      throw new ExhibitError('LEDGER_BUSY', 'another process is telling of the findings of this folder', {
        cause,
        hint: 'Wait until it is done, then try again.',
      });
    }
    return await work();
  } finally {
    database.close();
  }
}
