import { ExhibitError } from '../record/index.ts';
import { countAside, filesOf, nextAfter, openFolder, remove } from './files.ts';
import { lockFolder } from './lock.ts';
import { prepare } from './prepare.ts';
import { Sender } from './sender.ts';
import type { Entry, Spool, SpoolOptions, SpoolState } from './types.ts';
import { SpoolWriter } from './writer.ts';

/**
 * Opens a spool: what is kept in it is sent to an evidence server until that has acknowledged it.
 * @throws ExhibitError LEDGER_BUSY where another process has it, CONFIG_INVALID, LEDGER_IO
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, random, clock, onStep = () => undefined, onEvent = () => undefined } = options;
  const id = await openFolder(folder, random);
  const unlock = lockFolder(folder);
  try {
    const found = await filesOf(folder, id);
    const last = found.at(-1);
    const start =
      last === undefined
        ? { generation: 0, first: 0 }
        : { generation: last.generation + 1, first: nextAfter(last) };
    const writer: SpoolWriter = new SpoolWriter({
      folder,
      id,
      start,
      clock,
      onStep,
      onClosed: (file) => sender.add(file),
    });
    const files = found.filter(({ bytes }) => bytes > 0);
    const sender = new Sender(
      { ...options, files, rotate: () => writer.rotate(), onEvent, onStep },
      await countAside(folder),
    );
    await writer.open();
    // Empty ones kept the next number, which the new one does now.
    for (const { bytes, path } of found) if (bytes === 0) await remove(path);
    return new FolderSpool(`${options.emitter}/${id}`, options, writer, sender, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class FolderSpool implements Spool {
  readonly emitter: string;
  readonly #options: SpoolOptions;
  readonly #writer: SpoolWriter;
  readonly #sender: Sender;
  readonly #unlock: () => void;
  #closed = false;

  constructor(
    emitter: string,
    options: SpoolOptions,
    writer: SpoolWriter,
    sender: Sender,
    unlock: () => void,
  ) {
    this.emitter = emitter;
    this.#options = options;
    this.#writer = writer;
    this.#sender = sender;
    this.#unlock = unlock;
  }

  async keep(entry: Entry): Promise<void> {
    if (this.#closed) throw new ExhibitError('USAGE', 'the spool was closed');
    const prepared = prepare(entry, this.emitter);
    if (this.#bytes + prepared.bytes > this.#options.bytes) throw this.#full();
    await this.#writer.keep(prepared);
    this.#sender.wake();
  }

  admit(): void {
    if (this.#bytes >= this.#options.bytes) throw this.#full();
  }

  state(): SpoolState {
    const { files, refused, failure, bytes } = this.#sender;
    const begun = this.#writer.begun;
    return {
      bytes: bytes + this.#writer.bytes,
      files: files.length + (begun === undefined ? 0 : 1),
      oldest: files[0]?.written ?? begun,
      refused,
      failure,
      full: this.#bytes >= this.#options.bytes,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#sender.close();
    await this.#writer.close();
    this.#options.sink.close();
    this.#unlock();
  }

  get #bytes(): number {
    return this.#sender.bytes + this.#writer.bytes;
  }

  #full(): ExhibitError {
    const { bytes, folder } = this.#options;
    return new ExhibitError(
      'SPOOL_FULL',
      `the spool holds ${this.#bytes} of at most ${bytes} bytes that no evidence server has taken yet; nothing more is kept`,
      {
        location: { file: folder },
        hint: 'Bring the evidence server back, or give the spool more room.',
      },
    );
  }
}
