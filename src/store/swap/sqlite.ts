import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ioError, makeDirectory } from '../durable.ts';
import type { SwapCell } from './types.ts';

const WAIT = 10_000;

/** A cell in a SQLite file, for writers that share a disk. Not over NFS: SQLite's locks do not hold there. */
export function sqliteCell(path: string): SwapCell {
  let database: DatabaseSync | undefined;
  const open = async (): Promise<DatabaseSync> => {
    if (database !== undefined) return database;
    try {
      await makeDirectory(dirname(path), 0o700);
      const opened = new DatabaseSync(path, { timeout: WAIT });
      opened.exec('PRAGMA synchronous = EXTRA');
      opened.exec(
        'CREATE TABLE IF NOT EXISTS cell (id INTEGER PRIMARY KEY CHECK (id = 1), tag TEXT NOT NULL, text TEXT NOT NULL)',
      );
      database = opened;
      return opened;
    } catch (error) {
      throw ioError(error, path);
    }
  };
  const within = async <T>(work: (database: DatabaseSync) => T): Promise<T> => {
    const opened = await open();
    try {
      return work(opened);
    } catch (error) {
      throw ioError(error, path);
    }
  };
  return {
    name: path,
    read: () =>
      within((opened) => {
        const row = opened.prepare('SELECT tag, text FROM cell WHERE id = 1').get();
        return row === undefined ? undefined : { tag: String(row.tag), text: String(row.text) };
      }),
    swap: (tag, text) =>
      within((opened) => {
        const next = randomUUID();
        const { changes } =
          tag === undefined
            ? opened.prepare('INSERT INTO cell VALUES (1, ?, ?) ON CONFLICT DO NOTHING').run(next, text)
            : opened
                .prepare('UPDATE cell SET tag = ?, text = ? WHERE id = 1 AND tag = ?')
                .run(next, text, tag);
        return Number(changes) === 1 ? next : undefined;
      }),
    prove: async () => undefined,
    close() {
      database?.close();
      database = undefined;
    },
  };
}
