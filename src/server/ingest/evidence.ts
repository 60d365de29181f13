import type { Encoded, Ledger, Unnumbered } from '../../ledger/index.ts';
import { digestOf } from '../../policy/index.ts';
import { type Digest, ExhibitError, type RecordDraft } from '../../record/index.ts';
import type { Draft, Refused } from './drafts.ts';

/** Where the server's records go: its own ledger, or a spool on the way to another server's. What was taken is on disk. */
export interface Evidence {
  /** Undefined where another server has it. */
  readonly ledger: Ledger | undefined;
  /** Emitter name of the server's own records. */
  readonly emitter: string;
  /** @throws ExhibitError SERVER_BUSY, SPOOL_FULL */
  admit(): void;
  /**
   * Appends the records of a batch. When it returns they are on disk, but for those that it names: too large, or without a
   * canonical form.
   * @throws ExhibitError LEDGER_IO, SPOOL_FULL (nothing of the batch was acknowledged)
   */
  take(drafts: readonly Draft[]): Promise<Refused[]>;
  /** Records that went through the schema, as their source numbered them or by their ids. */
  append(records: readonly RecordDraft[]): Promise<void>;
  /** Records that the server itself makes, and what they name by digest; they are numbered here. */
  appendOwn(records: readonly Unnumbered[], blobs?: Iterable<Uint8Array>): Promise<void>;
  /** The same for records that were made and checked in another thread. */
  appendEncoded(records: readonly Encoded[], blobs?: Iterable<Uint8Array>): Promise<void>;
  putBlobs(blobs: Iterable<Uint8Array>): Promise<void>;
  /** Whether a write would be taken now. @throws ExhibitError */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** @throws ExhibitError NOT_FOUND where the ledger is another server's */
export function ledgerOf({ ledger }: Evidence): Ledger {
  if (ledger !== undefined) return ledger;
  throw new ExhibitError('NOT_FOUND', 'this server has no ledger: it sends its records to another one', {
    hint: 'Ask the server that `evidence` names.',
  });
}

/** Keeps one blob. @returns its digest, by which a record names it */
export async function keepBlob(store: Evidence, bytes: Uint8Array): Promise<Digest> {
  await store.putBlobs([bytes]);
  return digestOf(bytes);
}
