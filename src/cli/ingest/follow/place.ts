import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stateFolder } from '../../config/state.ts';
import type { Context } from '../../context.ts';

const schema = z.strictObject({ inode: z.number(), offset: z.number().min(0) });
/** Up to where a file was taken in: everything before it is on disk as records. */
export type Place = z.infer<typeof schema>;

/** What this machine remembers of a followed file and where its records went. */
export class KeptPlace {
  readonly #file: string;

  constructor(path: string, evidence: string, env: Context['env']) {
    const name = createHash('sha256').update(`${path}\n${evidence}`).digest('hex').slice(0, 32);
    this.#file = join(stateFolder(env), 'follow', `${name}.json`);
  }

  /** Undefined where nothing is remembered: then the file is read from its start, and what is in the log already adds nothing. */
  read(): Place | undefined {
    try {
      return schema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      return undefined;
    }
  }

  write(place: Place): void {
    mkdirSync(join(this.#file, '..'), { recursive: true, mode: 0o700 });
    const beside = `${this.#file}.tmp-${process.pid}`;
    writeFileSync(beside, JSON.stringify(place), { mode: 0o600 });
    renameSync(beside, this.#file);
  }
}
