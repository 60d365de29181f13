import type { BundleSetting } from '../../settings.ts';

/** What an origin has now. Nothing of it is believed yet: its signature and age are looked at afterwards. */
export interface Found {
  bytes: Buffer;
  /** By which the origin knows these bytes again; undefined where it says none. */
  tag: string | undefined;
}

export interface Bounds {
  /** Most bytes of a bundle. */
  bytes: number;
  /** Ends the reading. */
  signal: AbortSignal;
}

/** Where the bundle of one name comes from. One more kind is a file here and a line in `ORIGINS`. */
export interface Origin {
  /** In messages and records: a path, `s3://bucket/key`, a reference. Holds no secret. */
  readonly name: string;
  /** The folder in which the system tells of a change; undefined where the origin has to be asked. */
  readonly folder: string | undefined;
  /** Seconds between two readings. */
  readonly every: number;
  /**
   * One reading, without a second try.
   * @param since the tag of what was read before
   * @throws ExhibitError NOT_FOUND, BUNDLE_ORIGIN (with `details.again` where another try may help), BUNDLE_INVALID
   */
  read(since: string | undefined, bounds: Bounds): Promise<Found | 'unchanged'>;
  close(): void;
}

/** @returns undefined where the setting names another kind */
export type OriginKind = (setting: BundleSetting) => Origin | undefined;
