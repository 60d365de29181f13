import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { FRAME_HEADER, frameFileId, ioError, syncDirectory, writeHeader } from '../store/index.ts';
import { pathOf, remove, type SpoolFile } from './files.ts';
import { encodeItems, type Item } from './items.ts';
import { type Prepared, withNumber } from './prepare.ts';
import type { SpoolStep } from './types.ts';

/** A file is closed for sending when it is longer than this. */
const ROTATE_BYTES = 8 * 1024 * 1024;
/** Most bytes of one group, but for one entry alone. */
const GROUP_BYTES = 4 * 1024 * 1024;

interface OpenFile {
  handle: FileHandle;
  path: string;
  fileId: Uint8Array;
  generation: number;
  first: number;
  /** Where the next frame goes: what is before was acknowledged. */
  offset: number;
  begun: number;
}

interface Call {
  entry: Prepared;
  done: PromiseWithResolvers<void>;
}

export interface WriterOptions {
  folder: string;
  id: string;
  /** Of the first file, and the first number in it. */
  start: { generation: number; first: number };
  clock: () => number;
  onStep(step: SpoolStep): void;
  /** A file was closed, and may be sent. */
  onClosed(file: SpoolFile): void;
}

/** Group commit: while one group is being written, later entries wait and become the next one, with one fdatasync for all. */
export class SpoolWriter {
  readonly #options: WriterOptions;
  #file: OpenFile | undefined;
  #generation: number;
  #next: number;
  #waiting: Call[] = [];
  #rotations: PromiseWithResolvers<void>[] = [];
  #running: Promise<void> | undefined;
  #pending = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#generation = options.start.generation;
    this.#next = options.start.first;
  }

  /** Bytes in the file that is written to, and on their way there. */
  get bytes(): number {
    return (this.#file?.offset ?? 0) + this.#pending;
  }

  /** When the file that is written to was begun; undefined where it is empty. */
  get begun(): number | undefined {
    return (this.#file?.offset ?? 0) > 0 ? this.#file?.begun : undefined;
  }

  /** @throws ExhibitError LEDGER_IO; nothing of the entry was kept */
  keep(entry: Prepared): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ entry, done });
    this.#pending += entry.bytes;
    this.#running ??= this.#run();
    return done.promise;
  }

  /** Begins a new file, where the one that is written to holds anything. */
  rotate(): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#rotations.push(done);
    this.#running ??= this.#run();
    return done.promise;
  }

  /** The first file, whose name keeps the next number. */
  async open(): Promise<void> {
    this.#file = await this.#make();
  }

  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  async #run(): Promise<void> {
    // What comes in this turn of the event loop comes together.
    await Promise.resolve();
    while (this.#waiting.length + this.#rotations.length > 0) {
      const group = this.#take();
      await settle(
        group.map(({ done }) => done),
        () => this.#write(group),
      );
      for (const { entry } of group) this.#pending -= entry.bytes;
      const rotations = this.#rotations.splice(0);
      if (rotations.length > 0 || (this.#file?.offset ?? 0) > ROTATE_BYTES)
        await settle(rotations, () => this.#rotate());
    }
    this.#running = undefined;
  }

  #take(): Call[] {
    let bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length && (count === 0 || bytes < GROUP_BYTES); count += 1)
      bytes += this.#waiting[count]?.entry.bytes ?? 0;
    return this.#waiting.splice(0, count);
  }

  async #write(group: readonly Call[]): Promise<void> {
    if (group.length === 0) return;
    this.#file ??= await this.#make();
    const file = this.#file;
    const { onStep } = this.#options;
    let next = this.#next;
    const items = group.flatMap(({ entry }) =>
      entry.items.map((item): Item => {
        if (item.kind !== 'own') return item;
        next += 1;
        return { kind: 'own', text: withNumber(item.text, next - 1) };
      }),
    );
    const frame = encodeItems(items, FRAME_HEADER);
    writeHeader(frame, file.offset, file.fileId, items.length);
    try {
      for (let done = 0; done < frame.length; ) {
        const { bytesWritten } = await file.handle.write(
          frame,
          done,
          frame.length - done,
          file.offset + done,
        );
        done += bytesWritten;
      }
      // Survives a crash: maybe a part of the frame. Nobody was told that it is there; a reader sees that it is torn.
      onStep('frame written');
      await file.handle.datasync();
      // Survives a crash: the frame, whole. It may be acknowledged, and its numbers are used.
      onStep('frame synced');
      file.offset += frame.length;
      this.#next = next;
    } catch (error) {
      await this.#undo(file, next);
      throw ioError(error, file.path);
    }
  }

  /**
   * Takes back what was written. After a failed fdatasync the file is not trusted any more: a new one follows. Where the frame may still be
   * there it may be sent, so its numbers are used up.
   */
  async #undo(file: OpenFile, next: number): Promise<void> {
    this.#file = undefined;
    try {
      await file.handle.truncate(file.offset);
      await file.handle.sync();
    } catch {
      this.#next = next;
    }
    await file.handle.close().catch(() => undefined);
    if (file.offset > 0) this.#closed(file);
  }

  async #rotate(): Promise<void> {
    const file = this.#file;
    if (file !== undefined && file.offset === 0) return;
    // The new file is there before the old one may be removed: one of them always tells the next number.
    const next = await this.#make();
    await file?.handle.close();
    if (file !== undefined) this.#options.onStep('file closed');
    // In one turn: who asks for the bytes that are held finds them here, or there.
    this.#file = next;
    if (file !== undefined) this.#closed(file);
  }

  #closed({ path, generation, first, offset, begun }: OpenFile): void {
    this.#options.onClosed({ path, generation, first, bytes: offset, written: begun });
  }

  async #make(): Promise<OpenFile> {
    const { folder, id, clock, onStep } = this.#options;
    const generation = this.#generation;
    const first = this.#next;
    const path = pathOf(folder, id, { generation, first });
    this.#generation += 1;
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'wx', 0o600);
      await syncDirectory(folder);
      onStep('file made');
    } catch (error) {
      await handle?.close().catch(() => undefined);
      if (handle !== undefined) await remove(path).catch(() => undefined);
      throw ioError(error, path);
    }
    const fileId = frameFileId(basename(path, '.spool'));
    return { handle, path, fileId, generation, first, offset: 0, begun: clock() };
  }
}

async function settle(
  waiting: readonly PromiseWithResolvers<void>[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    for (const { resolve } of waiting) resolve();
  } catch (error) {
    for (const { reject } of waiting) reject(error);
  }
}
