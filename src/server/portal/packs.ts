import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, isExhibitError } from '../../record/index.ts';
import type { Log } from '../log.ts';
import type { Progress } from './beside/books.ts';

/**
 * Writes the pack of an engagement into a file that is not there yet, beside the server's own work.
 * @param progress what is being done, how many are done, and of how many
 * @returns SHA-256 of the file, `sha256:` and hexadecimal
 */
export type Packer = (
  request: { engagement: string; out: string },
  progress: (what: string, done: number, total: number) => void,
) => Promise<{ digest: string }>;

export type PackState =
  | { state: 'making'; since: number; progress: Progress }
  | { state: 'made'; at: number; file: string; bytes: number; digest: string }
  | { state: 'failed'; at: number; code: string };

/** Milliseconds from one pack of an engagement to the next: each takes a processor for a minute, and is on record. */
const APART = 300_000;

interface PacksOptions {
  folder: string;
  packer: Packer | undefined;
  clock: Clock;
  log: Log;
}

/** Packs that were made, one for each engagement, until the server stops; each lies in a folder that only the server reads. */
export class Packs {
  readonly #options: PacksOptions;
  readonly #packs = new Map<string, PackState>();
  #number = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PacksOptions) {
    this.#options = options;
    // What another run of the server left belongs to nobody.
    rmSync(options.folder, { recursive: true, force: true });
  }

  get offered(): boolean {
    return this.#options.packer !== undefined;
  }

  of(engagement: string): PackState | undefined {
    return this.#packs.get(engagement);
  }

  /** Whether one may be begun: none is under way, and the last is some minutes old. */
  mayMake(engagement: string): boolean {
    const { packer, clock } = this.#options;
    const before = this.#packs.get(engagement);
    if (packer === undefined || before?.state === 'making') return false;
    return before === undefined || before.state === 'failed' || clock() - before.at >= APART;
  }

  /** Begins one, unless one is under way. */
  make(engagement: string): void {
    const { packer, folder, clock, log } = this.#options;
    const before = this.#packs.get(engagement);
    if (packer === undefined || before?.state === 'making') return;
    if (before?.state === 'made')
      for (const end of ['', '.record.json', '.tlog-proof']) rmSync(`${before.file}${end}`, { force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#number += 1;
    const file = join(folder, `${this.#number}.zip`);
    const since = clock();
    const tell = (what: string, done: number, total: number) =>
      this.#packs.set(engagement, { state: 'making', since, progress: { what, done, total } });
    tell('waiting for other work', 0, 1);
    const work = async () => {
      try {
        const { digest } = await packer({ engagement, out: file }, tell);
        const bytes = statSync(file).size;
        this.#packs.set(engagement, { state: 'made', at: clock(), file, bytes, digest });
      } catch (error) {
        rmSync(file, { force: true });
        const code = isExhibitError(error) ? error.code : 'INTERNAL';
        log('error', 'pack not made', { engagement, code, message: String(error) });
        this.#packs.set(engagement, { state: 'failed', at: clock(), code });
      }
    };
    this.#last = this.#last.then(work);
  }

  async close(): Promise<void> {
    rmSync(this.#options.folder, { recursive: true, force: true });
  }
}
