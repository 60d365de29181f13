import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ExhibitError } from '../record/index.ts';
import { ioError } from '../store/index.ts';

/** The checkpoint that a witness co-signed last for a log. */
export interface KnownLog {
  origin: string;
  /** 0 where none was co-signed yet. */
  size: number;
  /** Hexadecimal; empty where none was co-signed yet. */
  root: string;
  /** With the log's signature and the cosignatures; undefined where none was co-signed yet. */
  note: string | undefined;
  /** When, Unix milliseconds. */
  at: number;
  /** Keys of the log, vkey lines. */
  vkeys: string[];
}

/** A checkpoint with a good signature of its log that does not go on from the one that was known. */
export interface Suspect {
  origin: string;
  size: number;
  /** Hexadecimal. */
  root: string;
  /** `fork`: the known one has the same size and another root; each is signed. `unproven`: no proof that led from one to the other. */
  kind: 'fork' | 'unproven';
  at: number;
  note: string;
  /** What was known then. */
  known: string;
}

/** Most suspects that are kept of one log. Who holds a log's key could make any number. */
const MOST_SUSPECTS = 100;

const logRow = z.object({
  origin: z.string(),
  size: z.number(),
  root: z.string(),
  note: z.string().nullable(),
  at: z.number(),
});
const suspectRow = z.object({
  origin: z.string(),
  size: z.number(),
  root: z.string(),
  kind: z.enum(['fork', 'unproven']),
  at: z.number(),
  note: z.string(),
  known: z.string(),
});
const keyRow = z.object({ vkey: z.string() });
const countRow = z.object({ count: z.number() });

export interface WitnessState {
  /**
   * Runs the work alone: no other call or process changes anything between its first and its last step, and what it has written is on disk
   * when this returns. Where it throws, nothing is written.
   */
  alone<T>(work: () => T): T;
  log(origin: string): KnownLog | undefined;
  logs(): KnownLog[];
  /** Adds a key of a log. @param only takes away its other keys */
  addKey(origin: string, vkey: string, only: boolean): void;
  /** The checkpoint that is co-signed from now on. */
  setKnown(origin: string, known: Pick<KnownLog, 'size' | 'root' | 'at'> & { note: string }): void;
  addSuspect(suspect: Suspect): void;
  suspects(): Suspect[];
  /** Suspects of a log that were more than are kept. */
  uncounted(): number;
  close(): void;
}

const stateFile = (folder: string): string => join(folder, 'witness.db');

export function createState(folder: string): void {
  const database = new DatabaseSync(stateFile(folder));
  database.exec(`
    PRAGMA synchronous = EXTRA;
    CREATE TABLE log (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root TEXT NOT NULL, note TEXT, at INTEGER NOT NULL);
    CREATE TABLE key (origin TEXT NOT NULL REFERENCES log (origin), vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey));
    CREATE TABLE suspect (origin TEXT NOT NULL, size INTEGER NOT NULL, root TEXT NOT NULL, kind TEXT NOT NULL,
      at INTEGER NOT NULL, note TEXT NOT NULL, known TEXT NOT NULL, PRIMARY KEY (origin, size, root));
    CREATE TABLE more (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL);
    INSERT INTO more VALUES (1, 0);
  `);
  database.close();
}

/**
 * Opens what a witness knows. Several processes may have it open.
 * @throws ExhibitError LEDGER_NOT_FOUND: it is never made anew, since a witness that forgot could co-sign a second history
 */
export function openState(folder: string): WitnessState {
  const path = stateFile(folder);
  if (!existsSync(path))
    throw new ExhibitError(
      'LEDGER_NOT_FOUND',
      `${path} is missing: the witness has forgotten what it co-signed`,
      {
        location: { file: path },
        hint: 'Do not go on with this key. Make a new witness, and give its new key to those who trust the old one.',
      },
    );
  const database = new DatabaseSync(path, { timeout: 5_000 });
  // EXTRA: the removal of the rollback journal, which is the commit, survives a power cut too.
  database.exec('PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON');
  return new SqliteState(database, path);
}

class SqliteState implements WitnessState {
  readonly #database: DatabaseSync;
  readonly #path: string;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  alone<T>(work: () => T): T {
    this.#run('BEGIN IMMEDIATE');
    let done = false;
    try {
      const result = work();
      this.#run('COMMIT');
      done = true;
      return result;
    } finally {
      if (!done && this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  log(origin: string): KnownLog | undefined {
    const row = this.#database.prepare('SELECT * FROM log WHERE origin = ?').get(origin);
    return row === undefined ? undefined : this.#known(row);
  }

  logs(): KnownLog[] {
    return this.#database
      .prepare('SELECT * FROM log ORDER BY origin')
      .all()
      .map((row) => this.#known(row));
  }

  addKey(origin: string, vkey: string, only: boolean): void {
    this.alone(() => {
      this.#run("INSERT INTO log VALUES (?, 0, '', NULL, 0) ON CONFLICT DO NOTHING", origin);
      if (only) this.#run('DELETE FROM key WHERE origin = ?', origin);
      this.#run('INSERT INTO key VALUES (?, ?) ON CONFLICT DO NOTHING', origin, vkey);
    });
  }

  setKnown(origin: string, { size, root, note, at }: Parameters<WitnessState['setKnown']>[1]): void {
    this.#run(
      'UPDATE log SET size = ?, root = ?, note = ?, at = ? WHERE origin = ?',
      size,
      root,
      note,
      at,
      origin,
    );
  }

  addSuspect({ origin, size, root, kind, at, note, known }: Suspect): void {
    const row = this.#database
      .prepare('SELECT count(*) AS count FROM suspect WHERE origin = ? AND NOT (size = ? AND root = ?)')
      .get(origin, size, root);
    if (countRow.parse(row).count >= MOST_SUSPECTS) this.#run('UPDATE more SET count = count + 1');
    else
      this.#run(
        'INSERT INTO suspect VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...[origin, size, root, kind, at, note, known],
      );
  }

  suspects(): Suspect[] {
    return this.#database
      .prepare('SELECT * FROM suspect ORDER BY origin, at')
      .all()
      .map((row) => suspectRow.parse(row));
  }

  uncounted(): number {
    return countRow.parse(this.#database.prepare('SELECT count FROM more').get()).count;
  }

  close(): void {
    this.#database.close();
  }

  #known(value: unknown): KnownLog {
    const { origin, size, root, note, at } = logRow.parse(value);
    const vkeys = this.#database
      .prepare('SELECT vkey FROM key WHERE origin = ? ORDER BY vkey')
      .all(origin)
      .map((row) => keyRow.parse(row).vkey);
    return { origin, size, root, note: note ?? undefined, at, vkeys };
  }

  #run(sql: string, ...values: (string | number)[]): void {
    try {
      this.#database.prepare(sql).run(...values);
    } catch (cause) {
      throw ioError(cause, this.#path);
    }
  }
}
