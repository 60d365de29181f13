import { z } from 'zod';
import type { StoredObject } from '../store/index.ts';

export const stateSchema = z.strictObject({
  /** The checkpoint that was signed last, and the one before it. */
  checkpoint: z.string(),
  previous: z.string().nullable(),
  /** recorded_at of the last record, Unix milliseconds. */
  recorded_at: z.number(),
  /** Next sequence number of the ledger's own records. */
  sequence: z.number(),
  /** Whether the log says already that the clock is behind it. */
  behind: z.boolean(),
  /** How far each taken write-ahead log is in the log: name, offset. */
  consumed: z.record(z.string(), z.number()),
  /** Id of the key that signs. */
  key: z.string(),
  /** Set from the seal that announces a new key until the log is handed over to it: the vkey of the new key. */
  handover: z.string().nullable(),
  /** Of a folder in front of a bucket: the write of the lock that this state is of. */
  commit: z.string().optional(),
});

/** What the writer knows for sure. Committing it is the point at which a seal has happened. */
export type WriterState = z.infer<typeof stateSchema>;

export interface Writer {
  read(): WriterState;
  /**
   * @param objects of this seal, where they are not in the log yet: they are, when this returns
   * @throws ExhibitError LEDGER_IO; STORE_FAILED, LEDGER_FENCED (a bucket)
   */
  commit(state: WriterState, objects?: readonly StoredObject[]): Promise<void>;
  /** Makes a checkpoint the one that readers see, durably and at once. @throws ExhibitError LEDGER_IO; STORE_FAILED (a bucket) */
  publish(note: string): Promise<void>;
  /** Whether objects of a seal are given to the commit instead of being stored before it. */
  readonly stages: boolean;
  /** Told of write-ahead logs whose records are all in the log. */
  removed(names: readonly string[]): Promise<void>;
  /** Told where partial tiles lie that a full one has replaced. */
  outgrown(prefix: string): Promise<void>;
  /** Shows that the writer is there, where nothing was committed for a while. */
  beat(): Promise<void>;
  /** Gives the lock back. */
  close(): void;
}
