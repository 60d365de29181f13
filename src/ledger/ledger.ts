import { type Digest, ExhibitError, parseDraft, type RecordDraft, uuidv7 } from '../record/index.ts';
import { putBlob, putBlobs } from '../store/index.ts';
import { Appender } from './appender.ts';
import { readConfig } from './config.ts';
import { recordText } from './encode.ts';
import { encodeUnnumbered, requireForeign } from './encoded.ts';
import type { Draft } from './frame-builder.ts';
import { sha256 } from './hash.ts';
import { emittersFile } from './layout.ts';
import { type Numbers, openNumbers } from './numbers.ts';
import { FolderReader } from './reader.ts';
import { type Remote, remoteOf } from './remote/remote.ts';
import { restoreNumbers } from './restore-numbers.ts';
import { ThreadSealer } from './seal-thread.ts';
import { isFatal, LocalSealer, type Sealer } from './sealer.ts';
import { readSigner } from './signer.ts';
import type { Appended, AppendOptions, Encoded, Ledger, LedgerOptions, Sealed, Unnumbered } from './types.ts';
import { type Piece, WalWriter } from './wal-writer.ts';

const LOCK_TIMEOUT = 5_000;

/**
 * Opens a ledger to write. Many processes may have it open; each has its own write-ahead log.
 * @throws ExhibitError LEDGER_NOT_FOUND, CONFIG_INVALID, LEDGER_KEY, CHECKPOINT_INVALID
 */
export async function openLedger(folder: string, options: LedgerOptions): Promise<Ledger> {
  const { origin } = await readConfig(folder);
  await readSigner(folder, origin);
  await restoreNumbers(folder, options.lockTimeout ?? LOCK_TIMEOUT);
  const remote = await remoteOf(folder);
  // Also says at once where another folder writes.
  if (remote !== undefined) await remote.ours();
  const ledger = new FolderLedger(folder, origin, options, openNumbers(emittersFile(folder)), remote);
  try {
    await ledger.checkpoint();
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

class FolderLedger extends FolderReader implements Ledger {
  readonly #options: LedgerOptions;
  readonly #numbers: Numbers;
  readonly #wal: WalWriter;
  readonly #appender: Appender;
  readonly #sealer: Sealer;
  #fatal: ExhibitError | undefined;
  /** Of a seal that nobody asked for, until somebody calls. */
  #unheard: ExhibitError | undefined;
  #closed = false;

  constructor(
    folder: string,
    origin: string,
    options: LedgerOptions,
    numbers: Numbers,
    remote: Remote | undefined,
  ) {
    super(folder, origin, remote);
    const { clock, random, onStep = () => undefined } = options;
    this.#options = options;
    this.#numbers = numbers;
    const ship = remote === undefined ? undefined : (piece: Piece) => remote.ship(piece, onStep);
    this.#wal = new WalWriter(folder, uuidv7(clock(), random), onStep, ship);
    this.#appender = new Appender(numbers, this.#wal, onStep);
    const { lockTimeout = LOCK_TIMEOUT, sealThread } = options;
    const context = { folder, store: this.store, origin, clock, random, onStep, lockTimeout };
    this.#sealer =
      sealThread === undefined
        ? new LocalSealer(context)
        : new ThreadSealer(context, options.onStep !== undefined, sealThread, (error) => this.#hear(error));
  }

  async append(
    emitter: string,
    records: readonly Unnumbered[],
    options: AppendOptions = {},
  ): Promise<Appended> {
    this.#check();
    const encoded = records.map((record) => encodeUnnumbered(record, emitter, options));
    await this.appendEncoded(emitter, encoded);
    return { record_ids: encoded.map(({ record_id }) => record_id) };
  }

  async appendEncoded(emitter: string, records: readonly Encoded[]): Promise<void> {
    this.#check();
    const drafts = records.map(({ record_id, text, ...own }): Draft => {
      if (own.emitter !== emitter)
        throw new ExhibitError('USAGE', `a record is of ${own.emitter}, not of ${emitter}`);
      return { emitter, record_id, sequence: undefined, text };
    });
    await this.#append(drafts, emitter);
  }

  async appendNumbered(records: readonly RecordDraft[], options: AppendOptions = {}): Promise<Appended> {
    this.#check();
    const drafts = records.map((record): Draft => {
      const given = options.validated === true ? record : parseDraft(record);
      return draft(given, given.sequence);
    });
    await this.#append(drafts);
    return { record_ids: drafts.map(({ record_id }) => record_id) };
  }

  async #append(drafts: Draft[], emitter?: string): Promise<void> {
    try {
      await this.#appender.append(drafts, emitter);
    } catch (error) {
      if (isFatal(error)) this.#fatal = error;
      throw error;
    }
  }

  async putBlob(bytes: Uint8Array): Promise<Digest> {
    this.#check();
    return putBlob(this.store, sha256, bytes);
  }

  async putBlobs(blobs: Iterable<Uint8Array>): Promise<Digest[]> {
    this.#check();
    return putBlobs(this.store, sha256, blobs);
  }

  async seal(options: { heartbeat?: boolean } = {}): Promise<Sealed> {
    this.#check();
    try {
      return await this.#sealer.seal(options.heartbeat === true);
    } catch (error) {
      if (isFatal(error)) this.#fatal = error;
      throw error;
    }
  }

  #hear(error: ExhibitError): void {
    const { onError } = this.#options.sealThread ?? {};
    if (isFatal(error)) this.#fatal = error;
    else if (onError === undefined) this.#unheard = error;
    onError?.(error);
  }

  /** After a fatal error every call fails with it: what the folder shows is not to be built on. */
  #check(): void {
    if (this.#fatal !== undefined) throw this.#fatal;
    if (this.#closed) throw new ExhibitError('USAGE', `the ledger in ${this.folder} was closed`);
    const unheard = this.#unheard;
    this.#unheard = undefined;
    if (unheard !== undefined) throw unheard;
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#appender.idle();
    await this.#sealer.close();
    await this.#wal.close();
    this.#numbers.close();
    await super.close();
  }
}

function draft(record: RecordDraft, sequence: number | undefined): Draft {
  const { emitter, record_id } = record;
  requireForeign(emitter);
  return { emitter, record_id, sequence, text: recordText(record) };
}
