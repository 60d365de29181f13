import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { frameFileId, ioError, syncDirectory, systemCode } from '../store/index.ts';
import { type Draft, FrameBuilder } from './frame-builder.ts';
import { walFolder } from './layout.ts';
import type { OnStep } from './steps.ts';
import { walName } from './wal-name.ts';

/** A file is left for a new one when it is longer than this, so that sealed ones can be removed early. */
const ROTATE_BYTES = 256 * 1024 * 1024;

/** What one group commit wrote into a file. */
export interface Piece {
  /** The file, without its ending. */
  name: string;
  offset: number;
  bytes: Uint8Array;
}

interface OpenFile {
  name: string;
  handle: FileHandle;
  path: string;
  fileId: Uint8Array;
  /** Where the next frame goes: what is before was acknowledged. */
  offset: number;
}

/**
 * The write-ahead log of one process. The sealer may take a file away (rename it) at any time, without asking:
 * after each fdatasync the writer looks whether the name is still there. If it is, the sealer has yet to read the
 * file, and it reads it after the rename, so it sees the frame. If it is not, the frame may have been missed: it is
 * written again into a new file. It may then be there twice, which the sealer sees by its key.
 */
export class WalWriter {
  readonly #folder: string;
  readonly #writer: string;
  readonly #onStep: OnStep;
  readonly #ship: ((piece: Piece) => Promise<void>) | undefined;
  readonly #frames = new FrameBuilder();
  #file: OpenFile | undefined;
  #generation = 0;

  /**
   * @param writer a name that no other writer of the folder has or had
   * @param ship makes what was written durable in another place, too, before it is acknowledged
   */
  constructor(folder: string, writer: string, onStep: OnStep, ship?: (piece: Piece) => Promise<void>) {
    this.#folder = walFolder(folder);
    this.#writer = writer;
    this.#onStep = onStep;
    this.#ship = ship;
  }

  /**
   * Writes drafts durably. One call at a time.
   * @throws ExhibitError LEDGER_IO with details.clean: true when nothing of the drafts is left on disk
   */
  async write(drafts: readonly Draft[]): Promise<void> {
    for (;;) {
      const file = await this.#open();
      const start = file.offset;
      let shipped = false;
      try {
        const frames = await this.#frame(file, drafts);
        if (await exists(file.path)) {
          shipped = this.#ship !== undefined;
          await this.#ship?.({ name: file.name, offset: start, bytes: Buffer.concat(frames) });
          // Survives a crash: the frames, whole. The call may be acknowledged.
          if (file.offset > ROTATE_BYTES) await this.close();
          return;
        }
        await this.close();
      } catch (error) {
        const clean = await this.#undo(file, start);
        const failure = ioError(error, file.path);
        // What may be in another place may be sealed, so its numbers are used up.
        failure.details.clean = clean && !shipped;
        throw failure;
      }
    }
  }

  /** @returns the frames, where they are to be shipped */
  async #frame(file: OpenFile, drafts: readonly Draft[]): Promise<Uint8Array[]> {
    const frames: Uint8Array[] = [];
    for (let from = 0; from < drafts.length; ) {
      const { frame, next } = this.#frames.build(drafts, from, file.offset, file.fileId);
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
      this.#onStep('frame written');
      await file.handle.datasync();
      this.#onStep('frame synced');
      // The frame is built in a buffer that is used again.
      if (this.#ship !== undefined) frames.push(Buffer.from(frame));
      file.offset += frame.length;
      from = next;
    }
    return frames;
  }

  async #open(): Promise<OpenFile> {
    if (this.#file !== undefined) return this.#file;
    const name = walName(this.#writer, this.#generation);
    const path = join(this.#folder, `${name}.wal`);
    this.#generation += 1;
    try {
      const handle = await open(path, 'wx', 0o600);
      await syncDirectory(this.#folder);
      this.#file = { name, handle, path, fileId: frameFileId(name), offset: 0 };
      return this.#file;
    } catch (error) {
      throw ioError(error, path);
    }
  }

  /** Takes back what was written since `start`. After a failed fdatasync the file is not trusted any more: a new one follows. */
  async #undo(file: OpenFile, start: number): Promise<boolean> {
    try {
      await file.handle.truncate(start);
      await file.handle.sync();
      return await exists(file.path);
    } catch {
      return false;
    } finally {
      await this.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await file.handle.close();
    if (file.offset === 0) await rm(file.path, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
