import type { Looked, Measured } from './measure.ts';
import type { ListedVersion } from './versions.ts';

/** What a bucket with versions and locks has and a folder has not. Keys are as `put` takes them. Each of them may throw STORE_FAILED. */
export interface VersionStore {
  /** What the store says about an object, or about a version of it. */
  look(key: string, version?: string): Promise<Looked | undefined>;
  /** Reads an object of any length and hashes what comes, at most so many bytes. */
  measure(key: string, options: { version?: string; most: number }): Promise<Measured | undefined>;
  /** All versions and delete markers below a prefix; those of one object need not come together. */
  versions(prefix: string): AsyncIterable<ListedVersion>;
  /** Lengthens the lock of a version to an instant, in milliseconds since 1970. A shorter one is refused by the store. */
  retain(
    key: string,
    version: string,
    lock: { mode: 'GOVERNANCE' | 'COMPLIANCE'; until: number },
  ): Promise<void>;
  /** Sets the legal hold of a version, or takes it off. */
  hold(key: string, version: string, on: boolean): Promise<void>;
  /** Deletes a version for good. No lock is bypassed. */
  deleteVersion(key: string, version: string): Promise<void>;
}
