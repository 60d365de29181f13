import type { Digest } from '../record/index.ts';

/**
 * Objects by key, the same shape for a folder and for a bucket. Keys are `/`-separated, without `..`, and are the
 * same in every store, so that a ledger can be copied from one to the other and still verifies.
 */
export interface ObjectStore {
  /** Bytes, or undefined where there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Writes an object whole or not at all; when the promise resolves, it survives a power cut.
   * @param options.ifAbsent refuse to replace another object (the same bytes are accepted)
   * @returns what is known of it afterwards; undefined in a folder
   * @throws ExhibitError LEDGER_IO; STORE_FAILED (a bucket)
   */
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<Written | undefined>;
  /** All keys below a prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** In a bucket with versions the object is hidden by a delete marker, and stays. */
  delete(key: string): Promise<void>;
}

/** How an object is written to a place that may have locks. A folder knows the first alone. */
export interface WriteOptions {
  /** Refuse to replace another object (the same bytes are accepted). */
  ifAbsent?: boolean;
  /** With `ifAbsent`: it is hardly ever there, so it is written without a look before where the store heeds conditions. */
  fresh?: boolean;
  /** False: without the lock that is set, for what is replaced soon and would pile up. */
  locked?: boolean;
}

/** A store that says where it is, for messages. */
export interface NamedStore extends ObjectStore {
  /** `s3://bucket/prefix` */
  readonly name: string;
}

/** What was written. */
export interface Written {
  /** Undefined where the bucket keeps no versions. */
  version: string | undefined;
  /** SHA-256 of the bytes. */
  checksum: Digest;
  /** False where it was there already. */
  fresh: boolean;
}
