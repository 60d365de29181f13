import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExhibitError } from '../record/index.ts';
import { ioError } from '../store/index.ts';
import { writerFile } from './layout.ts';
import { publishIn } from './publish.ts';
import { remoteOf } from './remote/remote.ts';
import type { OnStep } from './steps.ts';
import { stateSchema, type Writer, type WriterState } from './writer.ts';

export function createWriter(folder: string, state: WriterState): void {
  const database = new DatabaseSync(writerFile(folder));
  database.exec('PRAGMA synchronous = EXTRA');
  database.exec('CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)');
  database.prepare('INSERT INTO state VALUES (1, ?)').run(JSON.stringify(state));
  database.close();
}

const RETRY_MILLISECONDS = 10;

/**
 * Takes the lock of the one writer. The lock is SQLite's, on the open file: the kernel frees it when the process ends,
 * however it ends. It is held over many commits (exclusive locking mode), until close.
 * @param timeout milliseconds to wait for another writer
 * @throws ExhibitError LEDGER_BUSY, LEDGER_NOT_FOUND, LEDGER_IO
 */
export async function lockWriter(folder: string, timeout: number, onStep?: OnStep): Promise<Writer> {
  const local = await lockFolder(folder, timeout);
  try {
    const remote = await remoteOf(folder);
    return remote === undefined ? local : await remote.writer(local, onStep);
  } catch (error) {
    local.close();
    throw error;
  }
}

/** The lock of the folder alone, for who changes where its log lies. @throws as lockWriter */
export async function lockFolder(folder: string, timeout: number): Promise<Writer> {
  const path = writerFile(folder);
  if (!existsSync(path)) {
    throw new ExhibitError('LEDGER_NOT_FOUND', `${path} is missing: this is a copy to read, not to write`, {
      location: { file: path },
    });
  }
  for (let waited = 0; ; waited += RETRY_MILLISECONDS) {
    const database = lock(path);
    if (database !== undefined) return writer(database, path, folder);
    if (waited >= timeout) {
      throw new ExhibitError('LEDGER_BUSY', `another process writes to the ledger in ${folder}`, {
        location: { file: path },
        hint: 'What was appended is safe; it is sealed with the next seal.',
      });
    }
    await sleep(RETRY_MILLISECONDS);
  }
}

function lock(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // EXTRA: the removal of the rollback journal, which is the commit, survives a power cut too.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = EXTRA; BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw ioError(error, path);
  }
}

/** SQLITE_BUSY is 5; the extended codes keep it in their low byte. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' && (code & 0xff) === 5;
}

function writer(database: DatabaseSync, path: string, folder: string): Writer {
  return {
    read() {
      try {
        const row = database.prepare('SELECT json FROM state WHERE id = 1').get();
        return stateSchema.parse(JSON.parse(String(row?.json)));
      } catch (cause) {
        throw new ExhibitError('LEDGER_FORK', `${path} does not hold the state of a writer`, {
          cause,
          location: { file: path },
        });
      }
    },
    stages: false,
    async commit(state) {
      try {
        database.prepare('UPDATE state SET json = ? WHERE id = 1').run(JSON.stringify(state));
      } catch (cause) {
        throw ioError(cause, path);
      }
    },
    publish: (note) => publishIn(folder, note),
    removed: async () => undefined,
    outgrown: async (prefix) =>
      rm(join(folder, prefix), { recursive: true, force: true }).catch(() => undefined),
    beat: async () => undefined,
    close: () => database.close(),
  };
}
