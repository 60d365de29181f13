import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExhibitError } from '../../record/index.ts';
import { ioError } from '../../store/index.ts';

/** What a ledger knows of its witnesses, beside it and not part of the log. */
export const witnessesFile = (folder: string): string => join(folder, 'witnesses.db');

const RETRY_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 10_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS witness (url TEXT PRIMARY KEY, json TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS alarm (id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
`;

/**
 * Runs the work while no other process of the ledger changes what is known of witnesses, or the co-signed checkpoints. What it wrote
 * into the database is on disk when this resolves, and nothing of it where the work throws.
 * @throws ExhibitError LEDGER_BUSY, LEDGER_IO
 */
export async function locked<T>(folder: string, work: (database: DatabaseSync) => Promise<T>): Promise<T> {
  const path = witnessesFile(folder);
  const database = await begin(path);
  try {
    const result = await work(database);
    database.exec('COMMIT');
    return result;
  } catch (error) {
    throw isSqlite(error) ? ioError(error, path) : error;
  } finally {
    // An open transaction is rolled back.
    database.close();
  }
}

async function begin(path: string): Promise<DatabaseSync> {
  for (let waited = 0; ; waited += RETRY_MILLISECONDS) {
    // Without a timeout of SQLite's own: that would hold up this thread, and maybe the one it waits for.
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec(`PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE; ${SCHEMA}`);
      return database;
    } catch (cause) {
      database.close();
      if (!isBusy(cause)) throw ioError(cause, path);
      if (waited >= PATIENCE_MILLISECONDS)
        throw new ExhibitError('LEDGER_BUSY', 'another process is writing down what witnesses said', {
          cause,
          location: { file: path },
        });
    }
    await sleep(RETRY_MILLISECONDS);
  }
}

const isSqlite = (error: unknown): error is Error & { errcode: number } =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';

/** SQLITE_BUSY is 5; the extended codes keep it in their low byte. */
const isBusy = (error: unknown): boolean => isSqlite(error) && (error.errcode & 0xff) === 5;
