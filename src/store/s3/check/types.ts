/** What `exhibit store check` expects of a bucket, in the order in which it is tried. */
export const EXPECTATIONS = {
  reached: 'the bucket answers',
  versioning: 'versions are kept',
  object_lock: 'Object Lock is on',
  default_retention: 'what is written without a lock is locked, too',
  no_default_retention: 'what is soon replaced is not locked',
  written: 'an object is written with a lock of its own',
  read_back: 'its version gives back the same bytes',
  lock_shown: 'its lock is the one that was asked for',
  delete_refused: 'its version cannot be deleted',
  shorten_refused: 'its lock cannot be shortened',
  overwrite_keeps: 'writing over it leaves its version',
  marker_keeps: 'a delete marker leaves its version',
  hold_holds: 'a legal hold keeps a version whose lock has ended',
  bypass_refused: 'these credentials cannot bypass the lock',
  second_writer_refused: 'a second writer is refused (If-None-Match)',
} as const;

export type Expectation = keyof typeof EXPECTATIONS;

/** Of a bucket that a log is copied to, and of one that it is written into: there partial tiles are replaced each second. */
export type Purpose = 'copy' | 'attach';

/** What is not expected of a bucket for this purpose. */
export const OTHERWISE: Readonly<Record<Purpose, Expectation>> = {
  copy: 'no_default_retention',
  attach: 'default_retention',
};

/** Exhibit does without these, and says what it does instead. */
export const NOT_REQUIRED: ReadonlySet<Expectation> = new Set(['second_writer_refused']);

export interface Tried {
  /** not_known: it was not tried, or what came back does not tell. */
  result: 'ok' | 'not_ok' | 'not_known';
  why: string;
}

export interface CheckRow extends Tried {
  expectation: Expectation;
}

/** What a check has left in the bucket: it is locked, so it cannot take it away. */
export interface LeftOver {
  key: string;
  version: string;
  /** RFC 3339, UTC. */
  locked_until: string;
}

export interface StoreCheck {
  rows: CheckRow[];
  left: LeftOver[];
}
