import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ExhibitError } from '../record/index.ts';

/**
 * Runs work as the only writer of a lake. The lock is a transaction of SQLite: the kernel frees it when the process dies.
 * @param timeout how long to wait for another writer, in milliseconds
 * @throws ExhibitError LAKE_FAILED when another process is writing the lake
 */
export async function withLakeLock<T>(folder: string, timeout: number, work: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(join(folder, 'lake.db'));
  try {
    database.exec(`PRAGMA busy_timeout = ${Math.trunc(timeout)}`);
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch (cause) {
      throw new ExhibitError('LAKE_FAILED', 'another process is writing the lake', {
        cause,
        hint: 'Wait until it is done, then try again.',
      });
    }
    return await work();
  } finally {
    database.close();
  }
}
