import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DAY_MILLISECONDS } from '../../../record/index.ts';
import type { Settings } from '../../settings.ts';
import { ownFolder } from '../../spool-settings.ts';

export const STATES = ['pending', 'deciding', 'approved', 'denied', 'used'] as const;
export type State = (typeof STATES)[number];

/** An action that waits for a person, or that one decided about. */
export interface Approval {
  id: string;
  digest: string;
  /** Salted reference of who asked: the approval is for nobody else. */
  requester: string;
  subject: string;
  /** The action as the approver sees it, JSON without secrets. */
  shown: string;
  state: State;
  /** Unix milliseconds; from then on it is of no use. */
  created: number;
  expires: number;
  approver: string | null;
}

/** What an agent may do now, until it says what came of it. */
export interface Grant {
  id: string;
  requester: string;
  digest: string;
  tool: string;
  created: number;
  outcome: string | null;
}

/** How long what is over is kept, so that its use is refused by its reason. */
const KEPT = 30 * DAY_MILLISECONDS;

/**
 * Approvals, durable beside the ledger: SQLite, each change synced to disk. They are not read back from records: an approver may
 * send records, and one of those must not open anything.
 */
export class Approvals {
  readonly #database: DatabaseSync;
  readonly #waiters = new Map<string, Set<() => void>>();

  constructor(file: string, now: number) {
    this.#database = new DatabaseSync(file);
    chmodSync(file, 0o600);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS approval (
        id TEXT PRIMARY KEY, digest TEXT NOT NULL, requester TEXT NOT NULL, subject TEXT NOT NULL, shown TEXT NOT NULL,
        state TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, approver TEXT
      ) STRICT;
      CREATE TABLE IF NOT EXISTS allowed (
        id TEXT PRIMARY KEY, requester TEXT NOT NULL, digest TEXT NOT NULL, tool TEXT NOT NULL, created INTEGER NOT NULL,
        outcome TEXT
      ) STRICT;
      UPDATE approval SET state = 'pending' WHERE state = 'deciding';
    `);
    this.#database.prepare('DELETE FROM approval WHERE expires < ?').run(now - KEPT);
    this.#database.prepare('DELETE FROM allowed WHERE created < ?').run(now - KEPT);
  }

  add({
    id,
    digest,
    requester,
    subject,
    shown,
    created,
    expires,
  }: Omit<Approval, 'state' | 'approver'>): void {
    this.#database
      .prepare(`INSERT INTO approval VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, NULL)`)
      .run(id, digest, requester, subject, shown, created, expires);
  }

  get(id: string): Approval | undefined {
    return this.#database.prepare('SELECT * FROM approval WHERE id = ?').get(id) as Approval | undefined;
  }

  /** What waits and has not expired, oldest first. */
  pending(now: number, most: number): { all: number; approvals: Approval[] } {
    const where = `FROM approval WHERE state = 'pending' AND expires > ?`;
    const { all } = this.#database.prepare(`SELECT count(*) AS "all" ${where}`).get(now) as { all: number };
    const rows = this.#database.prepare(`SELECT * ${where} ORDER BY created, id LIMIT ?`).all(now, most);
    return { all, approvals: rows as unknown as Approval[] };
  }

  /** Moves an approval on, if it still is where it was: of two callers one does it. @returns whether this one did */
  move(id: string, from: State, to: State, approver?: string): boolean {
    const { changes } = this.#database
      .prepare('UPDATE approval SET state = ?, approver = coalesce(?, approver) WHERE id = ? AND state = ?')
      .run(to, approver ?? null, id, from);
    if (changes === 0) return false;
    for (const wake of this.#waiters.get(id) ?? []) wake();
    return true;
  }

  allow({ id, requester, digest, tool, created }: Omit<Grant, 'outcome'>): void {
    this.#database
      .prepare('INSERT INTO allowed VALUES (?, ?, ?, ?, ?, NULL)')
      .run(id, requester, digest, tool, created);
  }

  allowed(id: string): Grant | undefined {
    return this.#database.prepare('SELECT * FROM allowed WHERE id = ?').get(id) as Grant | undefined;
  }

  /** @returns false where an outcome was said before */
  settle(id: string, outcome: string): boolean {
    const { changes } = this.#database
      .prepare('UPDATE allowed SET outcome = ? WHERE id = ? AND outcome IS NULL')
      .run(outcome, id);
    return changes === 1;
  }

  /** Calls back at each change of one approval. @returns ends that */
  wait(id: string, wake: () => void): () => void {
    const all = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, all.add(wake));
    return () => {
      all.delete(wake);
      if (all.size === 0) this.#waiters.delete(id);
    };
  }

  /** Lets those who wait go. */
  wakeAll(): void {
    for (const all of this.#waiters.values()) for (const wake of all) wake();
  }

  close(): void {
    this.#database.close();
  }
}

/** Opens the approvals of an evidence folder: `server/actions.db`, readable by the server alone. */
export function openApprovals(settings: Settings, clock: () => number): Approvals {
  const folder = join(ownFolder(settings), 'server');
  mkdirSync(folder, { recursive: true });
  return new Approvals(join(folder, 'actions.db'), clock());
}
