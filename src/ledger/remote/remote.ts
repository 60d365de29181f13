import { hostname } from 'node:os';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import {
  dynamoDbCell,
  type FolderStore,
  folderStore,
  type Patience,
  placeStore,
  type StoredObject,
  type SwapCell,
  s3Cell,
  sqliteCell,
  type WriteStore,
} from '../../store/index.ts';
import { CHECKPOINT } from '../layout.ts';
import { NO_STEP, type OnStep } from '../steps.ts';
import type { Writer } from '../writer.ts';
import { formatHeld, type HeldState, parseHeld } from './held.ts';
import { layers } from './layers.ts';
import { mend } from './mend.ts';
import { putPiece, removePieces } from './pieces.ts';
import { locksOf, type RemoteSettings, readRemote } from './settings.ts';
import { stage, unstage } from './staging.ts';

/** What is asked many times a second is given up sooner than a large object. */
const WORK_PATIENCE: Partial<Patience> = { seconds: 15 };

/** Milliseconds without a seal after which a writer shows that it is there: who stands by waits longer than that. */
export const BEAT = 10_000;

/** The lock of a log, as it was read. */
export interface Lock {
  held: HeldState;
  tag: string;
}

/**
 * A log that lies in a bucket, written by one folder at a time. The lock says which, and holds the state of the writer: only who replaces
 * it as it was read has sealed. Kept for as long as the process lives.
 */
export class Remote {
  readonly folder: string;
  settings: RemoteSettings;
  readonly store: WriteStore;
  readonly work: WriteStore;
  readonly cell: SwapCell;
  /** Of this process: what it acknowledges counts in this epoch alone. */
  #epoch: number | undefined;
  /** True where nothing that was committed is still to be written. */
  #settled = false;
  /** When the lock was replaced last, by the monotonic clock. */
  #beaten = 0;

  constructor(folder: string, settings: RemoteSettings, patience: Partial<Patience> = {}) {
    this.folder = folder;
    this.settings = settings;
    this.store = placeStore(settings.store, patience);
    this.work = placeStore(settings.work, { ...WORK_PATIENCE, ...patience });
    this.cell = cellOf(settings, this.store.name, { ...WORK_PATIENCE, ...patience });
  }

  /** The folder in front of the bucket. */
  layered(): FolderStore {
    return layers(folderStore(this.folder), {
      ...this.store,
      put: (key, bytes, options) => this.store.put(key, bytes, { ...options, locked: !isReplaced(key) }),
    });
  }

  /** @throws ExhibitError LEDGER_NOT_FOUND where the log has no lock; LEDGER_FORK */
  async lock(): Promise<Lock> {
    const there = await this.cell.read();
    if (there !== undefined) return { held: parseHeld(there.text, this.cell.name), tag: there.tag };
    throw new ExhibitError('LEDGER_NOT_FOUND', `${this.cell.name} holds no lock of a log`, {
      location: { file: this.cell.name },
      hint: 'Begin to write a log into a bucket with: exhibit ledger attach FOLDER s3://BUCKET/PREFIX',
    });
  }

  /** The lock, where this folder writes. @throws ExhibitError LEDGER_FENCED */
  async ours(): Promise<Lock> {
    const lock = await this.lock();
    const { instance, epoch } = lock.held;
    if (instance !== this.settings.instance || epoch !== (this.#epoch ?? epoch)) throw this.fenced(lock.held);
    this.#epoch = epoch;
    return lock;
  }

  /**
   * Makes one group commit durable in the bucket. When it returns, whoever takes over later will find it: the lock was looked at
   * after the piece was there, and it was still ours.
   * @throws ExhibitError STORE_FAILED, LEDGER_FENCED: nothing of it is acknowledged
   */
  async ship(piece: { name: string; offset: number; bytes: Uint8Array }, onStep: OnStep): Promise<void> {
    this.#epoch ??= (await this.ours()).held.epoch;
    await putPiece(this.work, this.#epoch, piece);
    // Survives a crash: the piece. The next writer seals it, acknowledged or not.
    onStep('shipped');
    await this.ours();
  }

  /**
   * The writer of this log, for who holds the lock of the folder.
   * @throws ExhibitError LEDGER_FENCED, LEDGER_FORK, STORE_FAILED
   */
  async writer(local: Writer, onStep: OnStep = NO_STEP): Promise<Writer> {
    let lock = await this.ours();
    const { commit, attempts = [] } = local.read();
    const tried = (held: HeldState) => attempts.includes(held.commit);
    // What was tried is a crash between the two commits. Anything else: a copy of this folder has written, or the folder is an old one.
    if (commit !== lock.held.commit && !tried(lock.held)) throw this.cloned(lock.held);
    if (commit !== lock.held.commit) {
      await local.commit({ ...lock.held.state, commit: lock.held.commit });
      attempts.length = 0;
    }
    const swap = async (change: Partial<HeldState>): Promise<void> => {
      const { held } = lock;
      const next = {
        ...held,
        ...change,
        commit: change.commit ?? crypto.randomUUID(),
        locks: locksOf(this.settings),
      };
      attempts.push(next.commit);
      await local.commit({ ...held.state, commit: held.commit, attempts: attempts.slice(-MOST_ATTEMPTS) });
      const tag = await this.cell.swap(lock.tag, formatHeld(next, this.cell.name));
      if (tag === undefined) {
        const there = (await this.lock()).held;
        throw tried(there) ? late(this.cell.name) : this.fenced(there);
      }
      attempts.length = 0;
      lock = { held: next, tag };
      this.#beaten = performance.now();
    };
    if (!this.#settled) {
      // A write whose answer was lost may still be under way: from here on it is refused, so what it had staged may be removed.
      if (attempts.length > 0) await swap({ commit: lock.held.commit, touch: crypto.randomUUID() });
      await mend(this, lock.held);
    }
    this.#settled = true;
    return {
      stages: true,
      read: () => lock.held.state,
      commit: async (state, objects = []) => {
        const commit = crypto.randomUUID();
        this.#settled = false;
        if (objects.length > 0) await stage(this.work, commit, objects);
        // Survives a crash: what is staged. No lock names it, so the next writer removes it.
        onStep('staged');
        await swap({ commit, state });
        // Survives a crash: the seal itself, with all its objects in the staging place. Who writes next puts them where they belong.
        onStep('swapped');
        await local.commit({ ...state, commit });
        if (objects.length > 0) {
          await this.apply(objects);
          await unstage(this.work, commit);
        }
        // Survives a crash: the objects of the seal, in the log and in the folder.
        onStep('applied');
        this.#settled = true;
      },
      publish: async (note) => {
        await this.show(note);
        await local.publish(note);
      },
      removed: async (names) => {
        await removePieces(this.work, lock.held.epoch, names);
      },
      outgrown: async (prefix) => {
        await local.outgrown(prefix);
        await this.#tidy(prefix);
      },
      settle: async () => {
        await swap({ floor: lock.held.epoch });
        await local.commit({ ...lock.held.state, commit: lock.held.commit });
      },
      beat: async () => {
        if (performance.now() - this.#beaten < BEAT) return;
        await swap({});
        await local.commit({ ...lock.held.state, commit: lock.held.commit });
      },
      close: () => local.close(),
    };
  }

  /** Removes what a full tile stands for. Where the bucket lets nobody delete, it stays beside it, and is never read again: no seal fails for that. */
  async #tidy(prefix: string): Promise<void> {
    try {
      for (const key of await this.store.list(prefix)) await this.store.delete(key);
    } catch (error) {
      if (!isExhibitError(error, 'STORE_FAILED')) throw error;
    }
  }

  /** Makes a checkpoint the one that readers of the bucket see. */
  async show(note: string): Promise<void> {
    await this.store.put(CHECKPOINT, Buffer.from(note), { locked: false });
  }

  /** Writes what is committed to where it belongs. To do it again changes nothing. */
  async apply(objects: readonly StoredObject[]): Promise<void> {
    // A policy of the bucket may ask for the condition; where the store does not know it, the lock alone has to do.
    const options = { ifAbsent: await this.store.heedsCondition(), fresh: true };
    await Promise.all([
      this.store.putAll(
        objects.filter(({ key }) => !isPartial(key)),
        options,
      ),
      this.store.putAll(
        objects.filter(({ key }) => isPartial(key)),
        { ...options, locked: false },
      ),
      folderStore(this.folder).putAll(objects),
    ]);
  }

  /** From now on this process writes under another name, in another epoch. Only for who has just taken over. */
  begin({ epoch, instance }: HeldState): void {
    this.settings = { ...this.settings, instance };
    this.#epoch = epoch;
    this.#settled = false;
  }

  close(): void {
    this.store.close();
    this.work.close();
    this.cell.close();
  }

  fenced({ host, instance, epoch, state }: HeldState): ExhibitError {
    const other = instance !== this.settings.instance;
    return new ExhibitError(
      'LEDGER_FENCED',
      `${this.store.name} is written by ${other ? 'another folder' : 'a later opener of this folder'} on ${host} since it took over (epoch ${epoch})`,
      {
        location: { file: this.cell.name },
        details: { epoch, instance, host, recorded_at: state.recorded_at },
        hint: 'What was acknowledged here is in the log or waits there. To write from here again: exhibit ledger take-over FOLDER',
      },
    );
  }

  private cloned({ epoch, host }: HeldState): ExhibitError {
    return new ExhibitError(
      'LEDGER_FENCED',
      `${this.folder} is behind the lock of its log: a copy of this folder has written on ${host}, or it is a restored one`,
      {
        location: { file: this.cell.name },
        details: { epoch, host },
        hint: 'Make sure that no other copy of the folder writes, then: exhibit ledger take-over FOLDER',
      },
    );
  }
}

/** Seals that may fail one after another with an answer that was lost. */
const MOST_ATTEMPTS = 64;

function late(name: string): ExhibitError {
  return new ExhibitError(
    'LEDGER_BUSY',
    `${name}: an earlier write of the lock came late, after its answer was lost`,
    {
      location: { file: name },
      hint: 'What was appended is safe; the next seal goes on from there.',
    },
  );
}

const isPartial = (key: string): boolean => key.includes('.p/');

/** What is written again under the same name. */
const isReplaced = (key: string): boolean => isPartial(key) || key.startsWith('log/cosigned/');

function cellOf(settings: RemoteSettings, log: string, patience: Partial<Patience>): SwapCell {
  const { lock, work } = settings;
  switch (lock.kind) {
    case 's3':
      if (work.url.startsWith('s3://')) return s3Cell(work, 'writer.lock', patience);
      throw new ExhibitError(
        'CONFIG_INVALID',
        'lock: a working place in a folder needs a lock of kind sqlite',
        {
          hint: 'Give --lock sqlite:FILE.',
        },
      );
    case 'dynamodb':
      return dynamoDbCell(lock, log, patience);
    case 'sqlite':
      return sqliteCell(lock.file);
  }
}

const opened = new Map<string, Promise<Remote | undefined>>();

/** The bucket of a folder; undefined where its log lies in the folder alone. Read once a process. @throws ExhibitError CONFIG_INVALID */
export function remoteOf(folder: string): Promise<Remote | undefined> {
  const known = opened.get(folder);
  if (known !== undefined) return known;
  const opening = readRemote(folder).then((settings) =>
    settings === undefined ? undefined : new Remote(folder, settings, patienceOf()),
  );
  opened.set(folder, opening);
  // A folder that has none may get one; a failure is not kept.
  opening.then(
    (remote) => remote ?? opened.delete(folder),
    () => opened.delete(folder),
  );
  return opening;
}

/** For who changes the settings of a folder. */
export function forgetRemote(folder: string): void {
  opened.delete(folder);
}

/** Host names come from the system; the lock is read by machines. */
export const ownHost = (): string => hostname().slice(0, 255);

let patienceOf = (): Partial<Patience> => ({});
/** For tests that do not wait for a minute. */
export function setPatience(patience: Partial<Patience>): void {
  patienceOf = () => patience;
}

export const isFenced = (error: unknown): boolean => isExhibitError(error, 'LEDGER_FENCED');
