import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { SEVERITIES, VERDICTS } from '../../record/index.ts';
import { ioError } from '../../store/index.ts';

/** What a policy said last of a subject. */
const saidSchema = z.object({
  policy_id: z.string(),
  rule_id: z.string(),
  subject_type: z.string(),
  subject_id: z.string(),
  subject_name: z.string(),
  environment: z.string().optional(),
  severity: z.enum(SEVERITIES),
  verdict: z.enum(VERDICTS),
  record_id: z.string(),
});
export type Said = z.infer<typeof saidSchema>;

/** What is known of an object. */
export interface Known {
  uid: string;
  /** `deployments.apps` */
  resource: string;
  namespace: string;
  /** `Deployment/shop/web` */
  place: string;
  version: string;
  /** Digest of what was judged. */
  form: string;
  bundle: string;
  said: Said[];
  /** The object of those words in canonical form, without its secrets; undefined where no policy said anything of it. */
  object: Buffer | undefined;
}

const COLUMNS = 'uid, resource, namespace, place, version, form, bundle, said, object';

/**
 * What the watcher knows of the objects of a cluster: in a file, so that a restart takes nothing for new, and memory holds none of it. One row
 * an object that is there.
 */
export class WatchState {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #get: StatementSync;
  readonly #peek: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #lists = new Set<Set<string>>();

  /** @throws ExhibitError LEDGER_IO */
  constructor(file: string) {
    this.#file = file;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#database = new DatabaseSync(file, { timeout: 5_000 });
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      this.#database.exec(`CREATE TABLE IF NOT EXISTS object (uid TEXT PRIMARY KEY, resource TEXT NOT NULL,
        namespace TEXT NOT NULL, place TEXT NOT NULL, version TEXT NOT NULL, form TEXT NOT NULL, bundle TEXT NOT NULL,
        said TEXT NOT NULL, object BLOB) WITHOUT ROWID`);
      this.#database.exec('CREATE INDEX IF NOT EXISTS of_resource ON object (resource, namespace)');
      this.#get = this.#database.prepare(`SELECT ${COLUMNS} FROM object WHERE uid = ?`);
      this.#peek = this.#database.prepare('SELECT version, form, bundle FROM object WHERE uid = ?');
      this.#put = this.#database.prepare(
        `INSERT OR REPLACE INTO object (${COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)`,
      );
      this.#remove = this.#database.prepare('DELETE FROM object WHERE uid = ?');
    } catch (error) {
      throw ioError(error, file);
    }
  }

  get(uid: string): Known | undefined {
    return this.#try(() => {
      const row = this.#get.get(uid);
      if (row === undefined) return undefined;
      const object = row.object as Uint8Array | null;
      return {
        uid,
        resource: String(row.resource),
        namespace: String(row.namespace),
        place: String(row.place),
        version: String(row.version),
        form: String(row.form),
        bundle: String(row.bundle),
        said: z.array(saidSchema).parse(JSON.parse(String(row.said))),
        object: object === null ? undefined : inflateRawSync(object),
      };
    });
  }

  /** What says whether an object must be judged anew. */
  peek(uid: string): Pick<Known, 'version' | 'form' | 'bundle'> | undefined {
    return this.#try(() => {
      const row = this.#peek.get(uid);
      if (row === undefined) return undefined;
      return { version: String(row.version), form: String(row.form), bundle: String(row.bundle) };
    });
  }

  /** Which objects are saved from now on, until it is ended. */
  since(): { has(uid: string): boolean; end(): void } {
    const saved = new Set<string>();
    this.#lists.add(saved);
    return { has: (uid) => saved.has(uid), end: () => void this.#lists.delete(saved) };
  }

  /** All or none of them. */
  save(all: readonly Known[]): void {
    for (const saved of this.#lists) for (const { uid } of all) saved.add(uid);
    this.#together(() => {
      for (const { uid, resource, namespace, place, version, form, bundle, said, object } of all)
        this.#put.run(
          ...[uid, resource, namespace, place, version, form, bundle, JSON.stringify(said)],
          object === undefined ? null : deflateRawSync(object, { level: 1 }),
        );
    });
  }

  remove(uid: string): void {
    this.#try(() => this.#remove.run(uid));
  }

  /** Ids of what is known of a kind, of one namespace where it is given. */
  uids(resource: string, namespace?: string): string[] {
    return this.#try(() => {
      const rows =
        namespace === undefined
          ? this.#database.prepare('SELECT uid FROM object WHERE resource = ?').all(resource)
          : this.#database
              .prepare('SELECT uid FROM object WHERE resource = ? AND namespace = ?')
              .all(resource, namespace);
      return rows.map(({ uid }) => String(uid));
    });
  }

  get count(): number {
    return this.#try(() => Number(this.#database.prepare('SELECT count(*) AS n FROM object').get()?.n ?? 0));
  }

  /** Forgets kinds that are not watched any more. @returns how many objects of them were known */
  keepOnly(resources: readonly string[]): number {
    return this.#try(() => {
      const marks = resources.map(() => '?').join(',');
      return Number(
        this.#database.prepare(`DELETE FROM object WHERE resource NOT IN (${marks})`).run(...resources)
          .changes,
      );
    });
  }

  close(): void {
    this.#database.close();
  }

  #together(job: () => void): void {
    this.#try(() => {
      this.#database.exec('BEGIN');
      try {
        job();
        this.#database.exec('COMMIT');
      } catch (error) {
        this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #try<T>(job: () => T): T {
    try {
      return job();
    } catch (error) {
      throw ioError(error, this.#file);
    }
  }
}
