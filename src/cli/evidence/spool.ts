import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Digest, ExhibitError } from '../../record/index.ts';
import { stateFolder } from '../config/state.ts';
import type { Context } from '../context.ts';
import { listed, REFUSED, runsIn, spoolName, URL_FILE } from './spool-folders.ts';
import { BLOBS, RECORDS } from './spooled-run.ts';

const TRIED = '.tried';
/** A beginning that is older than this is of a process that ended. */
const LEFT_OVER = 3_600_000;

/** Runs for one server that were not acknowledged yet, in the state folder of this machine. */
export class Spool {
  readonly folder: string;
  readonly #url: string;

  constructor(url: string, env: Context['env']) {
    this.#url = url;
    this.folder = join(stateFolder(env), 'spool', spoolName(url));
  }

  /**
   * Keeps a run until it is acknowledged. It appears whole or not at all.
   * @param run its id, which sorts by time
   * @throws ExhibitError LEDGER_IO where this disk takes nothing more; nothing of the run is left then
   */
  put(run: string, records: readonly unknown[], blobs: ReadonlyMap<Digest, Uint8Array>): void {
    const beside = join(this.folder, `.${run}.${process.pid}`);
    try {
      this.#write(run, beside, records, blobs);
    } catch (cause) {
      rmSync(beside, { recursive: true, force: true });
      throw new ExhibitError('LEDGER_IO', 'the spool of this machine cannot keep the records of this run', {
        cause,
        location: { file: this.folder },
        hint: 'Make room on the disk, and let the folder be writable. What waits there is kept.',
      });
    }
    this.#sweep();
  }

  #write(
    run: string,
    beside: string,
    records: readonly unknown[],
    blobs: ReadonlyMap<Digest, Uint8Array>,
  ): void {
    const target = join(this.folder, run);
    mkdirSync(join(beside, BLOBS), { recursive: true, mode: 0o700 });
    for (const [digest, bytes] of blobs)
      writeFileSync(join(beside, BLOBS, digest.slice('sha256:'.length)), bytes, {
        mode: 0o600,
        flush: true,
      });
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    writeFileSync(join(beside, RECORDS), text, { mode: 0o600, flush: true });
    // By another name first: what a full disk leaves of it would name no server.
    const url = join(beside, URL_FILE);
    writeFileSync(url, `${this.#url}\n`, { mode: 0o600 });
    renameSync(url, join(this.folder, URL_FILE));
    renameSync(beside, target);
  }

  /** What a process that was killed had begun to write, or to take away. */
  #sweep(): void {
    for (const name of listed(this.folder)) {
      if (!/^\.[0-9a-f]/.test(name)) continue;
      const path = join(this.folder, name);
      const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
      if (Date.now() - mtimeMs > LEFT_OVER) rmSync(path, { recursive: true, force: true });
    }
  }

  /** When a hook last tried in vain to send, Unix milliseconds; so that not each commit waits for a server that is away. */
  get tried(): number {
    return statSync(join(this.folder, TRIED), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  failed(): void {
    try {
      writeFileSync(join(this.folder, TRIED), '');
    } catch {
      // Then the next hook tries again.
    }
  }

  /** Folders of the runs, the oldest first; `readRun` reads one. */
  waiting(): string[] {
    return runsIn(this.folder).map((name) => join(this.folder, name));
  }

  get count(): number {
    return runsIn(this.folder).length;
  }

  /** How many runs a server refused; they are kept and not sent again. */
  get refused(): number {
    return listed(this.folder).filter((name) => name.endsWith(REFUSED)).length;
  }

  /** It goes whole: a run of which a part is gone could not be read, and would stop all others. */
  done(folder: string): void {
    const gone = join(dirname(folder), `.${basename(folder)}.done`);
    renameSync(folder, gone);
    rmSync(gone, { recursive: true, force: true });
  }

  /** What the server will never take is not sent again, and not thrown away either. @returns where it is */
  refuse(folder: string): string {
    renameSync(folder, `${folder}${REFUSED}`);
    return `${folder}${REFUSED}`;
  }
}
