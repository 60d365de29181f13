import type { ExhibitError } from '../record/index.ts';

/** A kind of object, as the API server's paths name it. */
export interface Resource {
  /** Empty for the core group. */
  group: string;
  version: string;
  /** Plural, such as `deployments`. */
  resource: string;
  kind: string;
  namespaced: boolean;
}

/** An object as the API server gave it. All in it is written by others; numbers beyond a double keep their digits. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

export interface ObjectMetadata {
  name: string;
  namespace?: string | undefined;
  uid: string;
  resourceVersion: string;
  [field: string]: unknown;
}

export type WatchEvent =
  /** One of those that were there when the list was made. */
  | { type: 'listed'; object: KubernetesObject }
  /**
   * The list is whole, and what changes from now on follows. What was known at its version and is not among these uids is gone. `absent`:
   * the server has no such kind (any more), so there is nothing, at no version.
   */
  | { type: 'synced'; uids: ReadonlySet<string>; version: string | undefined; absent: boolean }
  | { type: 'added' | 'modified' | 'deleted'; object: KubernetesObject }
  /** Nothing is known of what happens now; it is tried again after so many milliseconds. */
  | { type: 'lost'; error: ExhibitError; retry: number };

export interface WatchOptions {
  signal: AbortSignal;
  /** Only of this namespace. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Objects of a page. */
  page?: number;
  /** How long a watch lasts before it is opened anew, in seconds. */
  seconds?: number;
  /** Milliseconds without a line, beyond those of a watch, after which it is opened anew. */
  silence?: number;
  /** Of the first pause after a fault, in milliseconds; it doubles with each. */
  pause?: number;
  /** A number from 0 up to 1, new each time: watches that broke together do not come back together. */
  jitter?: () => number;
}
