import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../record/index.ts';
import { stateFolder } from '../config/state.ts';
import type { Context } from '../context.ts';

/** One run that waits to be sent. */
export interface Spooled {
  folder: string;
  /** JSON texts, one a record, in order. */
  records: string[];
  blobs: Map<Digest, Uint8Array>;
}

const RECORDS = 'records.ndjson';
const REFUSED = '.refused';

/** Runs for one server that were not acknowledged yet, in the state folder of this machine. */
export class Spool {
  readonly folder: string;

  constructor(url: string, env: Context['env']) {
    this.folder = join(stateFolder(env), 'spool', new URL(url).host.replaceAll(/[^\w.-]/g, '_'));
  }

  /** Keeps a run until it is acknowledged. It appears whole or not at all. @param run its id, which sorts by time */
  put(run: string, records: readonly unknown[], blobs: ReadonlyMap<Digest, Uint8Array>): void {
    const target = join(this.folder, run);
    const beside = join(this.folder, `.${run}.${process.pid}`);
    mkdirSync(join(beside, 'blobs'), { recursive: true, mode: 0o700 });
    for (const [digest, bytes] of blobs)
      writeFileSync(join(beside, 'blobs', digest.slice('sha256:'.length)), bytes, {
        mode: 0o600,
        flush: true,
      });
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    writeFileSync(join(beside, RECORDS), text, { mode: 0o600, flush: true });
    renameSync(beside, target);
  }

  /** The oldest first. */
  *waiting(): Generator<Spooled> {
    for (const name of this.#names()) {
      const folder = join(this.folder, name);
      const records = readFileSync(join(folder, RECORDS), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const blobs = readdirSync(join(folder, 'blobs')).map((hex): [Digest, Uint8Array] => [
        `sha256:${hex}`,
        readFileSync(join(folder, 'blobs', hex)),
      ]);
      yield { folder, records, blobs: new Map(blobs) };
    }
  }

  get count(): number {
    return this.#names().length;
  }

  done({ folder }: Spooled): void {
    rmSync(folder, { recursive: true, force: true });
  }

  /** What the server will never take is not sent again, and not thrown away either. @returns where it is */
  refuse({ folder }: Spooled): string {
    renameSync(folder, `${folder}${REFUSED}`);
    return `${folder}${REFUSED}`;
  }

  #names(): string[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => !name.startsWith('.') && !name.endsWith(REFUSED))
        .sort();
    } catch {
      return [];
    }
  }
}
