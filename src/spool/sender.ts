import { basename } from 'node:path';
import { ExhibitError, isExhibitError } from '../record/index.ts';
import { Backoff } from './backoff.ts';
import { blobBatches, type Content, contentOf, recordBatches } from './batches.ts';
import { moveAside, remove, type SpoolFile, setAside } from './files.ts';
import type { RefusedRecord, Sink, SpoolEvent, SpoolOptions, SpoolStep } from './types.ts';

const EVERY = 100;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 30_000;
const LAST = 5_000;

export interface SenderOptions
  extends Pick<SpoolOptions, 'folder' | 'random' | 'sink' | 'every' | 'longest'> {
  /** Files that a process before this one left. */
  files: readonly SpoolFile[];
  /** Closes the file that is written to, where it holds anything, and hands it over. */
  rotate(): Promise<void>;
  onEvent(event: SpoolEvent): void;
  onStep(step: SpoolStep): void;
}

/** Sends one file after another, the oldest first, and removes each when all of it was acknowledged. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #sink: Sink;
  readonly #files: SpoolFile[];
  readonly #backoff: Backoff;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #failure: string | undefined;
  #refused: number;
  /** Something was kept that the sending which is under way may not see. */
  #again = false;
  #closed = false;

  /** @param refused records that were set aside before */
  constructor(options: SenderOptions, refused: number) {
    this.#options = options;
    this.#sink = options.sink;
    this.#files = [...options.files];
    this.#refused = refused;
    this.#backoff = new Backoff(FIRST_PAUSE, options.longest ?? LONGEST_PAUSE, options.random);
    if (this.#files.length > 0) this.wake();
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get files(): readonly SpoolFile[] {
    return this.#files;
  }

  get refused(): number {
    return this.#refused;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** A file was closed. */
  add(file: SpoolFile): void {
    this.#files.push(file);
  }

  /** Something was kept: it is sent soon. */
  wake(): void {
    this.#again = true;
    if (this.#closed || this.#timer !== undefined || this.#sending !== undefined) return;
    this.#after(this.#options.every ?? EVERY);
  }

  /** One last try, of some seconds. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const given = AbortSignal.timeout(LAST);
    const over = new Promise<void>((resolve) => given.addEventListener('abort', () => resolve()));
    const last = (async () => {
      await this.#sending;
      await this.#send();
    })().catch(() => undefined);
    await Promise.race([last, over]);
  }

  #after(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#again = false;
      this.#sending = this.#round().finally(() => {
        this.#sending = undefined;
        if (this.#failure === undefined && (this.#again || this.#files.length > 0)) this.wake();
      });
    }, milliseconds);
  }

  async #round(): Promise<void> {
    try {
      await this.#send();
      this.#failure = undefined;
      this.#backoff.worked();
    } catch (error) {
      const code = isExhibitError(error) ? error.code : 'INTERNAL';
      const message = error instanceof Error ? error.message : String(error);
      // The same fault is told once, not at each try.
      if (message !== this.#failure) this.#options.onEvent({ kind: 'failed', code, message });
      this.#failure = message;
      if (!this.#closed) this.#after(this.#backoff.failed());
    }
  }

  /** What is closed first: on a full disk no new file can be made before something went. */
  async #send(): Promise<void> {
    await this.#drain();
    await this.#options.rotate();
    await this.#drain();
  }

  async #drain(): Promise<void> {
    for (let file = this.#files[0]; file !== undefined; file = this.#files[0]) {
      await this.#sendFile(file);
      this.#files.shift();
    }
  }

  async #sendFile(file: SpoolFile): Promise<void> {
    const { folder, onEvent, onStep } = this.#options;
    const name = basename(file.path, '.spool');
    let content: Content;
    try {
      content = contentOf(file.path);
    } catch (error) {
      if (!isExhibitError(error, 'WAL_CORRUPT')) throw error;
      // What can be read of it may have been acknowledged: it is kept for a person, and does not stop what comes after it.
      const to = await moveAside(folder, file.path, name);
      onEvent({ kind: 'damaged', message: error.message, file: to });
      return;
    }
    for (const blobs of blobBatches(content.blobs)) await this.#sink.putBlobs(blobs);
    onStep('blobs sent');
    const refused: RefusedRecord[] = [];
    for (const records of recordBatches(content.records)) refused.push(...(await this.#sink.take(records)));
    // Survives a crash: all of it there, and the file here. It is sent again, and each record is known there by its number or id.
    onStep('records sent');
    if (refused.length > 0) await this.#refuse(name, refused);
    await remove(file.path);
    onStep('file removed');
    onEvent({ kind: 'sent', records: content.records.length - refused.length });
  }

  async #refuse(name: string, refused: readonly RefusedRecord[]): Promise<void> {
    const [first] = refused;
    if (first === undefined) throw new ExhibitError('INTERNAL', 'nothing was refused');
    const file = await setAside(this.#options.folder, name, refused);
    this.#refused += refused.length;
    const { code, message } = first;
    this.#options.onEvent({ kind: 'refused', records: refused.length, code, message, file });
  }
}
