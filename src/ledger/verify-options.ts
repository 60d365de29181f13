import type { Checkpoint, VerifiedLog, VerifierKey } from '../verify/index.ts';
import type { BlobsVerified } from './verify-blobs.ts';

export interface VerifyLedgerOptions {
  /** Checkpoints seen before: signed notes, or sizes and roots. The log must contain each of them. */
  known?: readonly (string | Checkpoint)[];
  /**
   * Verifier keys (vkey lines) that the reader has from another place. Without them the key in the folder is taken: then
   * the answer says that the folder agrees with itself, and nothing about who made it.
   */
  vkeys?: readonly string[];
  /** Keys of witnesses: then `checkpoint` and `cosigned` say which of them have co-signed. */
  witnesses?: readonly VerifierKey[];
  /** Threads of a folder's verification; default: two a processor, 8 at most, and one for each 4,096 records. 0: this thread alone. */
  threads?: number;
  /** Whether every entry must be a record; default true. Hashes are checked either way. */
  records?: boolean;
  /** Whether entries are read around the page cache, by threads; default: where they fill more than a quarter of memory. */
  direct?: boolean;
  /** Whether the blobs that records name are read too; default true; in a bucket only together with `records`. */
  blobs?: boolean;
  /** Called with the number of records checked and the size. */
  progress?: (records: number, size: number) => void;
  /** The same for the pass over the blobs, where that is a pass of its own: without threads, or with `records` false. */
  blobProgress?: (records: number, size: number) => void;
}

export interface VerifiedLedger extends VerifiedLog {
  /** The checkpoint that was verified, as it was read: the one to be remembered. */
  note: string;
  /** What became of the blobs that records name; only where they were looked at. It is no error here: the log holds. */
  blobs?: BlobsVerified;
}
