import type { Digest, RecordDraft } from '../record/index.ts';

/** A record of which the spool itself gives the number. */
export type Unnumbered = Omit<RecordDraft, 'sequence'>;

/** What is kept together: the records of one answer, and what they name by digest. */
export interface Entry {
  /** Records of the spool's own emitter: it numbers them. */
  own?: readonly Unnumbered[];
  /** Own records that were checked and are canonical JSON already, without a number: objects that have members, with the spool's emitter. */
  encoded?: readonly string[];
  /** Records that their source has numbered, or that are known by their ids. */
  numbered?: readonly RecordDraft[];
  blobs?: Iterable<Uint8Array>;
}

/** A record that a server will never take. It is kept aside. */
export interface RefusedRecord {
  code: string;
  message: string;
  /** JSON of the record. */
  record: string;
}

/** What takes records and what they name: an evidence server. */
export interface Sink {
  /** Returns when all of it is durable there. @throws ExhibitError where nothing is known of it: it is sent again */
  putBlobs(blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
  /**
   * @param records JSON texts
   * @returns those that will never be taken; all others are durable there
   * @throws ExhibitError where nothing is known of them: they are sent again
   */
  take(records: readonly string[]): Promise<RefusedRecord[]>;
  close(): void;
}

export interface SpoolState {
  /** On disk, of what was not acknowledged yet. */
  bytes: number;
  /** Files of it. */
  files: number;
  /** When the oldest of them was begun, Unix milliseconds; undefined where nothing waits. */
  oldest: number | undefined;
  /** Records that the server refused; they are kept aside. */
  refused: number;
  /** Why the last try to send failed; undefined after one that did not. */
  failure: string | undefined;
  /** No more is taken until something was acknowledged. */
  full: boolean;
}

export interface Spool {
  /** Under which the spool's own records are numbered: a name that no other spool has. */
  readonly emitter: string;
  /**
   * Keeps an entry. When it returns, all of it is on disk, and is sent until it is acknowledged, also by the next process.
   * @throws ExhibitError SPOOL_FULL, LEDGER_IO, RECORD_... (nothing of the entry was taken)
   */
  keep(entry: Entry): Promise<void>;
  state(): SpoolState;
  /** @throws ExhibitError SPOOL_FULL */
  admit(): void;
  /** Sends what waits, once, and closes the files. What was not acknowledged stays. */
  close(): Promise<void>;
}

export interface SpoolOptions {
  /** Private to one process. */
  folder: string;
  /** Emitter name that the spool makes its own from. */
  emitter: string;
  /** Most bytes on disk. */
  bytes: number;
  clock: () => number;
  random: (length: number) => Uint8Array;
  sink: Sink;
  /** Milliseconds from what is kept to the next sending. */
  every?: number;
  /** Longest pause after a failure, milliseconds. */
  longest?: number;
  /** Called after each failure and refusal, and when sending works again. */
  onEvent?: (event: SpoolEvent) => void;
  /** Called after each durable step; for tests that stop the process there. */
  onStep?: (step: SpoolStep) => void;
}

export type SpoolEvent =
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'sent'; records: number }
  | { kind: 'refused'; records: number; code: string; message: string; file: string }
  /** A file that cannot be read was moved aside. */
  | { kind: 'damaged'; message: string; file: string };

export const SPOOL_STEPS = [
  'file made',
  'frame written',
  'frame synced',
  'file closed',
  'blobs sent',
  'records sent',
  'file removed',
] as const;
export type SpoolStep = (typeof SPOOL_STEPS)[number];
