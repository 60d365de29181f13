import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { ExhibitError } from '../record/index.ts';

/** How often a taken lock is tried again, in milliseconds. */
const POLL = 50;

/**
 * Runs work as the only writer of a lake. The lock is a transaction of SQLite: the kernel frees it when the process dies.
 * @param timeout how long to wait for another writer, in milliseconds
 * @throws ExhibitError LAKE_FAILED when another process is writing the lake
 */
export async function withLakeLock<T>(folder: string, timeout: number, work: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(join(folder, 'lake.db'));
  try {
    await lock(database, timeout);
    return await work();
  } finally {
    database.close();
  }
}

// SQLite's own waiting would stop this process, and with it a writer of the same process that is waited for.
async function lock(database: DatabaseSync, timeout: number): Promise<void> {
  database.exec('PRAGMA busy_timeout = 0');
  for (let waited = 0; ; waited += POLL) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (cause) {
      if (waited >= timeout) {
        throw new ExhibitError('LAKE_FAILED', 'another process is writing the lake', {
          cause,
          hint: 'Wait until it is done, then try again.',
        });
      }
    }
    await setTimeout(POLL);
  }
}
