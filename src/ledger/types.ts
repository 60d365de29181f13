import type {
  Clock,
  Digest,
  EvidenceRecord,
  ExhibitError,
  RandomBytes,
  RecordDraft,
} from '../record/index.ts';
import type { NamedStore, WriteStore } from '../store/index.ts';
import type { OnStep } from './steps.ts';

/** A record that its emitter has not numbered yet: the folder ledger numbers it under a lock. */
export type Unnumbered = Omit<RecordDraft, 'sequence'>;

export interface LedgerOptions {
  clock: Clock;
  random: RandomBytes;
  /** How long to wait for another writer, in milliseconds. */
  lockTimeout?: number;
  /** Called after each durable step; for tests that stop the process there. */
  onStep?: OnStep;
  /**
   * Seals in a thread of its own, while this one appends. That thread carries the clock on from when a seal was asked for,
   * and takes randomness from the system.
   */
  sealThread?: SealThreadOptions;
}

export interface SealThreadOptions {
  /** Milliseconds from one seal to the next that the thread makes by itself. Left out: it seals when it is asked to. */
  every?: number;
  /** Called after each seal that nobody asked for, also where nothing waited. */
  onSeal?: (sealed: Sealed) => void;
  /**
   * Called when a seal that nobody asked for has failed. The next one tries again, but after a fatal error (LEDGER_FORK,
   * LEDGER_CORRUPT, WAL_CORRUPT) every call of the ledger fails with it. Left out: the next call of the ledger fails with it.
   */
  onError?: (error: ExhibitError) => void;
}

/**
 * The canonical text of a record before the ledger's own two members are in it: `head` ends where
 * `"recorded_at":"...",` goes, `middle` where `"sequence":n,` goes. So a record is put into canonical form once,
 * and neither the number nor the time makes anyone parse it again.
 */
export interface RecordText {
  head: string;
  middle: string;
  tail: string;
}

/** A record in canonical form but for its number and the time when the ledger takes it: checked once, in whatever thread made it. */
export interface Encoded {
  record_id: string;
  emitter: string;
  text: RecordText;
}

export interface AppendOptions {
  /** The records went through the schema in this process already (parseDraft): they are not checked again. */
  validated?: boolean;
}

export interface Appended {
  /** Ids in the order of the drafts; durable when this is returned. */
  record_ids: string[];
}

export interface Sealed {
  /** Tree size after the seal. */
  size: number;
  /** Root hash, hexadecimal. */
  root: string;
  /** Records that this seal added. */
  added: number;
  /** Records that were there before, and so were left out. */
  duplicates: number;
}

/** What a checkpoint says, after its signature was verified. */
export interface CheckpointBody {
  origin: string;
  size: number;
  /** Root hash, hexadecimal. */
  root: string;
}

/** One leaf of the log. */
export interface Entry {
  index: number;
  bytes: Uint8Array;
}

/**
 * The reading side: needs no key and no lock, and gives out only what a signed checkpoint covers: the hash of every entry was
 * followed up to the signed root before. What does not lead there is LEDGER_CORRUPT in each of its calls.
 */
export interface LogReader {
  readonly origin: string;
  checkpoint(): Promise<CheckpointBody>;
  /** Raw checkpoint (signed note), to be kept or shown. */
  checkpointText(): Promise<string>;
  /** Root that the log had at an earlier size, hexadecimal, from its tiles: what says in a few reads that a checkpoint is of this log. */
  rootAt(size: number): Promise<string>;
  /**
   * What shows that the log of now, or of a later size that is given, goes on from an earlier size: hashes of RFC 6962 section 2.1.2,
   * hexadecimal.
   */
  consistency(earlier: number, later?: number): Promise<string[]>;
  /** Entries in [from, to), in order, never more than one entry bundle in memory. */
  entries(from: number, to: number): AsyncIterable<Entry>;
  entry(index: number): Promise<Entry>;
  /** First index whose recorded_at is at or after the instant (RFC 3339, as in records); the size when there is none. */
  firstAt(instant: string): Promise<number>;
  /** Index of a record by its id, by the derived index; undefined where there is none. */
  find(recordId: string): Promise<number | undefined>;
  /** @throws ExhibitError BLOB_MISSING, BLOB_DIGEST */
  blob(digest: Digest): Promise<Uint8Array>;
  /**
   * The checkpoint that witnesses co-signed which says most: the one of the most witnesses, of these the newest. It may be older than
   * the checkpoint. Undefined where there is none. The cosignatures are not verified here.
   */
  cosignedText(): Promise<string | undefined>;
  /**
   * tlog-proof text (c2sp.org/tlog-proof@v1) of one entry: against the newest checkpoint with cosignatures that covers it, else against
   * the current one.
   * @param against `checkpoint`: the current one in any case
   */
  proof(index: number, against?: 'checkpoint'): Promise<string>;
  /** From now on the log is read as the checkpoint of this moment covers it, however it grows: for answers that are to fit together. */
  hold(): Promise<void>;
  /** Closes files. A reader may be used again after it. */
  close(): Promise<void>;
}

/** A file of the lake, as a manifest in the log names it. */
export interface NamedFile {
  key: string;
  sha256: Digest;
  bytes: number;
  version?: string;
}

/** The reading side of a ledger in a folder, or of one in a bucket with a working folder in front of it. */
export interface LedgerReader extends LogReader {
  /** Where files of the lake are read. Of a log in a bucket it holds those alone that `fetch` was asked for. */
  readonly folder: string;
  /** Where the objects of the log lie: the folder, or the bucket. */
  readonly place: string | NamedStore;
  /**
   * Of a log in a bucket: brings files of the lake into the folder before they are read there. One that is not there stays absent.
   * @returns keys of those whose bytes are not those that are named, in no version: a bucket may lie at any length
   */
  readonly fetch?: (files: readonly NamedFile[]) => Promise<ReadonlySet<string>>;
  /** Where the log lies, with the same keys, where a bucket is behind the folder: what is derived from the log is kept there, too. */
  readonly bucket: WriteStore | undefined;
}

/** The writing side. Several processes may append to one folder; one at a time seals. */
export interface Ledger extends LedgerReader {
  /**
   * Numbers the records of one emitter, validates them, and writes them to this process's write-ahead log.
   * When it returns they are on disk: they survive kill -9 and a power cut.
   * @throws ExhibitError RECORD_INVALID (nothing was taken), LEDGER_IO (nothing of this call was acknowledged)
   */
  append(emitter: string, records: readonly Unnumbered[], options?: AppendOptions): Promise<Appended>;
  /** The same for records that `encodeUnnumbered` made, maybe in another thread of this process. */
  appendEncoded(emitter: string, records: readonly Encoded[]): Promise<void>;
  /** The same for records that their source has numbered or that carry a derived id; a resend is dropped when sealing. */
  appendNumbered(records: readonly RecordDraft[], options?: AppendOptions): Promise<Appended>;
  putBlob(bytes: Uint8Array): Promise<Digest>;
  /** Many at once, which is faster. @returns the digest of each, once @throws ExhibitError LEDGER_IO (any of them may be there) */
  putBlobs(blobs: Iterable<Uint8Array>): Promise<Digest[]>;
  /**
   * Takes the writer lock, gives every waiting record (of all processes) its index and recorded_at, writes tiles, signs a
   * checkpoint. Without waiting records it seals a heartbeat when `heartbeat` is set, else it does nothing.
   * @throws ExhibitError LEDGER_BUSY, LEDGER_FORK, LEDGER_IO, WAL_CORRUPT; SIGNER_FAILED (what waits is kept, the next seal asks again)
   */
  seal(options?: { heartbeat?: boolean }): Promise<Sealed>;
}

export type ReadRecord = (bytes: Uint8Array) => EvidenceRecord;
