import { formatInstant, type RandomBytes, toHex } from '../record/index.ts';
import { type FolderStore, putBlob, type StoredObject } from '../store/index.ts';
import { entriesPath, TILE_WIDTH, tilePath } from '../verify/index.ts';
import { Batch } from './batch.ts';
import { BundleCache } from './bundle-cache.ts';
import { BundleWriter } from './bundle-writer.ts';
import { catchUp } from './catch-up.ts';
import { memberBytes } from './entry.ts';
import { sha256 } from './hash.ts';
import type { KeyIndex } from './key-index.ts';
import { LOG } from './layout.ts';
import { type LogTail, readTail } from './log-tail.ts';
import { aheadRecord, clockRecord, HEARTBEAT, type OwnRecord } from './own.ts';
import { ProvenLog } from './proven-log.ts';
import { bodyOf, reconcile } from './published.ts';
import { type LogSigner, signCheckpoint } from './signer.ts';
import type { OnStep } from './steps.ts';
import type { Sealed } from './types.ts';
import { takeBatches, type WaitingBatch } from './waiting.ts';
import { claimAll, removeTaken } from './wal-claims.ts';
import type { Writer, WriterState } from './writer.ts';

/** A clock that is further behind the log than this is reported in the log. */
const BEHIND_MILLISECONDS = 5 * 60 * 1000;

export interface SequencerContext {
  folder: string;
  store: FolderStore;
  origin: string;
  clock: () => number;
  random: RandomBytes;
  onStep: OnStep;
}

export interface SealOptions {
  /** Seal a heartbeat where nothing waits. */
  heartbeat?: boolean;
  /** A last record by the ledger itself, for the size that the log has with it. */
  announce?: (size: number) => OwnRecord;
  /** The vkey that this record announces. */
  announced?: string;
  /** Somebody said that the clock is right, though it is far ahead of the last record. */
  acceptClock?: boolean;
}

const NOTHING_WAITS = ({ consumed }: WriterState): WaitingBatch => ({ records: [], consumed, done: [] });

/**
 * Gives records their place in the log. Every method is called under the writer lock. Between two seals it keeps the end
 * of the tree and the newest part of the index in memory; where another process has sealed since, it reads them anew.
 */
export class Sequencer {
  readonly #context: SequencerContext;
  #tail: LogTail | undefined;
  #index: KeyIndex | undefined;

  constructor(context: SequencerContext) {
    this.#context = context;
  }

  /**
   * Seals what waits, batch by batch: each batch is a signed checkpoint of its own, so memory stays bounded.
   */
  async seal(writer: Writer, signer: LogSigner, options: SealOptions): Promise<Sealed> {
    const { folder, store, onStep } = this.#context;
    let state = writer.read();
    await reconcile(store, writer, state);
    // Survives a crash: the files under their new names. The next seal takes them up from there.
    const names = await claimAll(folder);
    onStep('claimed');
    const total = { added: 0, duplicates: 0 };
    try {
      for (const batch of takeBatches(folder, names, state.consumed)) {
        const sealed = await this.#batch(writer, signer, state, batch, options);
        state = sealed.state;
        total.added += sealed.added;
        total.duplicates += sealed.duplicates;
      }
      const own =
        options.announce ?? (total.added === 0 && options.heartbeat === true ? () => HEARTBEAT : undefined);
      if (own !== undefined) {
        const sealed = await this.#batch(writer, signer, state, NOTHING_WAITS(state), options, own);
        state = sealed.state;
        total.added += sealed.added;
      }
    } catch (error) {
      // What is in memory may be ahead of the disk: the next seal reads it anew.
      this.forget();
      throw error;
    }
    const { size, root } = bodyOf(state.checkpoint);
    return { size, root: toHex(root), ...total };
  }

  forget(): void {
    this.#index?.close();
    this.#index = undefined;
    this.#tail = undefined;
  }

  async #batch(
    writer: Writer,
    signer: LogSigner,
    state: WriterState,
    waiting: WaitingBatch,
    { acceptClock = false, announced }: SealOptions,
    own?: (size: number) => OwnRecord,
  ) {
    const { folder, store, clock, random, onStep, origin } = this.#context;
    const before = bodyOf(state.checkpoint);
    const log = new ProvenLog(store, before);
    const tail = await this.#tailAt(log);
    const index = await this.#indexAt(log);
    const now = clock();
    const last = state.recorded_at;
    const ahead = before.size === 0 ? undefined : aheadRecord(now, last, acceptClock);
    const behind = last - now > BEHIND_MILLISECONDS || (state.behind && now < last);
    const recorded = Math.max(now, last);
    const cache = new BundleCache(log);
    const bundles = new BundleWriter(tail.edge.copy(), tail.bundle);
    const batch = new Batch({
      index,
      writer: bundles,
      start: before.size,
      member: memberBytes(formatInstant(recorded)),
      now,
      random,
      sequence: state.sequence,
      readEntry: (at) => cache.entry(at),
      keep: (bytes) => putBlob(store, sha256, bytes),
    });
    const said = behind && !state.behind ? [clockRecord(now, last)] : [];
    // Not for resends alone, which add nothing.
    if (ahead !== undefined && (own !== undefined || waiting.records.length > 0)) said.push(ahead);
    // The announcement of a key is the last record of its checkpoint, and says so.
    if (own !== undefined) said.push(own(before.size + said.length + 1));
    // Survives a crash: any of the new bundles and tiles, and blobs. No checkpoint covers them, so no reader looks at
    // them; the write-ahead logs still hold every record, and the next seal writes the same places again.
    const objects = batch.objects(said, waiting.records);
    // In front of a bucket they are staged with the commit instead, so that a writer that was overtaken leaves nothing in the log.
    const staged: StoredObject[] = [];
    if (writer.stages) for await (const object of objects) staged.push(object);
    else await store.putAll(objects);
    onStep('tiles written');
    if (batch.added === 0) {
      // Only resends: what was consumed is on record, the log stays as it is.
      const next = { ...state, consumed: waiting.consumed };
      await writer.commit(next);
      await removeTaken(folder, waiting.done);
      await writer.removed(waiting.done);
      return { state: next, added: 0, duplicates: batch.duplicates };
    }
    const { edge, bundle } = bundles;
    const root = edge.root();
    const note = await signCheckpoint({ origin, size: edge.size, root }, [signer]);
    // A signer that gave none ends the seal here: nothing was committed, and the next seal begins anew with what waits.
    // Survives a crash: nothing more. The signature has left no trace, so nobody can be shown two logs.
    onStep('signed');
    const next: WriterState = {
      ...state,
      checkpoint: note,
      previous: state.checkpoint,
      recorded_at: recorded,
      sequence: batch.sequence,
      behind,
      consumed: waiting.consumed,
      handover: own === undefined ? state.handover : (announced ?? state.handover),
    };
    await writer.commit(next, staged);
    // Survives a crash: the seal itself. This is the commit point: the records are in the log, exactly once, and how far
    // the write-ahead logs were read is part of the same commit. Readers still see the checkpoint before.
    onStep('committed');
    await writer.publish(note);
    // Survives a crash: readers see the new checkpoint. The index may be behind; it is brought up from the log.
    onStep('published');
    this.#tail = { edge, root: toHex(root), bundle };
    index.commit(toHex(root));
    // Survives a crash: the index too. The read files are still there, marked as read; the next seal removes them.
    onStep('indexed');
    await removePartial(writer, before.size, edge.size);
    // The marks of removed files go with a later commit: a mark without a file is harmless, for names are never used again.
    await removeTaken(folder, waiting.done);
    await writer.removed(waiting.done);
    onStep('cleaned');
    return { state: next, added: batch.added, duplicates: batch.duplicates };
  }

  async #tailAt(log: ProvenLog): Promise<LogTail> {
    if (this.#tail?.edge.size !== log.size || this.#tail.root !== log.root) this.#tail = await readTail(log);
    return this.#tail;
  }

  async #indexAt(log: ProvenLog): Promise<KeyIndex> {
    const { size, root } = log;
    const fits = (index: KeyIndex | undefined) => index?.size === size && (size === 0 || index.root === root);
    if (this.#index === undefined || !fits(this.#index)) {
      this.#index?.close();
      this.#index = await catchUp(this.#context.folder, log);
    }
    return this.#index;
  }
}

/** A partial tile goes when the full one is published, not before: readers fall back to the full one. */
async function removePartial(writer: Writer, from: number, to: number): Promise<void> {
  for (let level = 0, width = 1; from >= width; level += 1, width *= TILE_WIDTH) {
    const [before, after] = [Math.floor(from / width), Math.floor(to / width)];
    const index = Math.floor(before / TILE_WIDTH);
    if (before % TILE_WIDTH === 0 || Math.floor(after / TILE_WIDTH) === index) continue;
    const paths = level === 0 ? [tilePath(0, index), entriesPath(index)] : [tilePath(level, index)];
    for (const path of paths) await writer.outgrown(`${LOG}/${path}.p/`);
  }
}
