import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ioError, syncDirectory } from '../../store/index.ts';

/** One event that was counted. The first of its rule and subject in the window brings its bytes along. */
const lineSchema = z.strictObject({
  emitter: z.string(),
  actor: z.string(),
  verified_by: z.string(),
  key: z.string(),
  /** Unix milliseconds. */
  at: z.number(),
  digest: z.string(),
  event: z.base64().optional(),
});
export type JournalLine = z.infer<typeof lineSchema>;

/** A file of lines, each on disk before it counts; what comes while the disk works shares the next sync. */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  #waiting: { text: string; done: PromiseWithResolvers<void> }[] = [];
  #writing: Promise<void> | undefined;
  /** A part of a line may be at the end of the file, so that the next one must not begin there. */
  #broken = false;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** @param path of a file that is not there yet, in a folder that is @throws ExhibitError LEDGER_IO */
  static async create(path: string): Promise<Journal> {
    try {
      const handle = await open(path, 'ax', 0o600);
      await syncDirectory(dirname(path));
      return new Journal(path, handle);
    } catch (cause) {
      throw ioError(cause, path);
    }
  }

  /** Returns when the line is on disk. @throws ExhibitError LEDGER_IO */
  append(line: JournalLine): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ text: `${JSON.stringify(line)}\n`, done });
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    return done.promise;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    // What comes in the same turn goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#handle.appendFile((this.#broken ? '\n' : '') + group.map(({ text }) => text).join(''));
        await this.#handle.datasync();
        this.#broken = false;
        for (const { done } of group) done.resolve();
      } catch (cause) {
        this.#broken = true;
        const error = ioError(cause, this.path);
        for (const { done } of group) done.reject(error);
      }
    }
  }
}

/** The lines of a journal that a process left behind. A last one that is cut off was never acknowledged. */
export async function readJournal(path: string): Promise<JournalLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        return [lineSchema.parse(JSON.parse(line))];
      } catch {
        // A part of one, from a disk that was full: its event was refused.
        return [];
      }
    });
}
