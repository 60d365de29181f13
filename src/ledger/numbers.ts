import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ExhibitError } from '../record/index.ts';
import { ioError } from '../store/index.ts';
import { emittersFile } from './layout.ts';

/** How long one process waits for another one's numbering, in milliseconds. It takes about one. */
const WAIT = 10_000;

/** Hands out sequence numbers without gaps to all processes that append to one folder. */
export interface Numbers {
  /**
   * Takes so many numbers for each emitter. The numbers are used up on disk before they are returned:
   * a crash before they are written into a log shows as a gap in the sequence, never as a number used twice.
   * @returns the first number of each emitter
   * @throws ExhibitError LEDGER_IO
   */
  take(counts: ReadonlyMap<string, number>): Map<string, number>;
  /** Gives numbers back that are surely on no disk, where no later ones were taken since. */
  giveBack(first: ReadonlyMap<string, number>, counts: ReadonlyMap<string, number>): void;
  /** Makes sure that numbers up to the given ones (the next to hand out) are never handed out again. */
  atLeast(next: ReadonlyMap<string, number>): void;
  close(): void;
}

/** Makes the file. Only when a ledger is made, or rebuilt: an empty file would hand numbers out twice. */
export function createNumbers(path: string): void {
  const database = new DatabaseSync(path, { timeout: WAIT });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS emitters (emitter TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID',
  );
  database.close();
}

/**
 * The next number of each emitter, read without a lock; undefined where the file is not there, or cannot be opened (a copy to
 * read need not have it).
 */
export function readNext(folder: string): Map<string, number> | undefined {
  const path = emittersFile(folder);
  if (!existsSync(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: WAIT });
    const rows = database.prepare('SELECT emitter, next FROM emitters').all();
    return new Map(rows.map(({ emitter, next }) => [String(emitter), Number(next)]));
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/** @throws ExhibitError LEDGER_NOT_FOUND where the file is gone */
export function openNumbers(path: string): Numbers {
  if (!existsSync(path)) {
    throw new ExhibitError(
      'LEDGER_NOT_FOUND',
      `${path} is missing: the next sequence numbers are not known`,
      {
        location: { file: path },
        hint: 'Open the ledger again: the file is made anew from the log.',
      },
    );
  }
  const database = new DatabaseSync(path, { timeout: WAIT });
  database.exec('PRAGMA synchronous = FULL');
  const add = database.prepare(
    'INSERT INTO emitters VALUES (?, ?) ON CONFLICT DO UPDATE SET next = next + excluded.next RETURNING next',
  );
  const back = database.prepare('UPDATE emitters SET next = ? WHERE emitter = ? AND next = ?');
  const least = database.prepare(
    'INSERT INTO emitters VALUES (?, ?) ON CONFLICT DO UPDATE SET next = max(next, excluded.next)',
  );
  const transaction = (work: () => void) => {
    try {
      database.exec('BEGIN IMMEDIATE');
      work();
      database.exec('COMMIT');
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw ioError(cause, path);
    }
  };
  return {
    take(counts) {
      const first = new Map<string, number>();
      if (counts.size === 0) return first;
      transaction(() => {
        for (const [emitter, count] of counts) {
          first.set(emitter, Number(add.get(emitter, count)?.next) - count);
        }
      });
      return first;
    },
    giveBack(first, counts) {
      transaction(() => {
        for (const [emitter, number] of first) back.run(number, emitter, number + (counts.get(emitter) ?? 0));
      });
    },
    atLeast(next) {
      transaction(() => {
        for (const [emitter, number] of next) least.run(emitter, number);
      });
    },
    close: () => database.close(),
  };
}
