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
   * @throws ExhibitError LEDGER_IO
   */
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<void>;
  /** All keys below a prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  delete(key: string): Promise<void>;
}
