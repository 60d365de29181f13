/** What each picture is drawn from. All text may be attacker-controlled. Days are UTC, YYYY-MM-DD. */

export const LAYER_STATES = ['enforce', 'partly', 'audit', 'unknown', 'off', 'not_possible'] as const;
/** enforce: each policy stops a fail; partly: some do; audit: none does, and some tell it; unknown: judged there, and nobody declared what is done with a fail. */
export type LayerState = (typeof LAYER_STATES)[number];

export interface LayerCell {
  state: LayerState;
  /** How many policies of the control declare that they stop a fail there, and how many that they only tell it, of all. */
  policies: { enforce: number; told: number; of: number };
  /** Last day of the period with a decision; null: none. */
  last: string | null;
  /** Days from then to the end of what can be known. */
  age: number | null;
  decisions: number;
  failed: number;
  /** Fails that were enforced: part of failed. */
  denied: number;
}

/** Controls by layers. */
export interface MatrixPicture {
  shape: 'matrix';
  layers: readonly string[];
  rows: readonly { name: string; title: string; cells: readonly LayerCell[] }[];
}

/** Ages in days of overrides that are open, youngest first; expired: past the sunset, and still in the bundle. */
export const AGES = ['0-7', '8-30', '31-90', 'over 90', 'expired'] as const;
export type Age = (typeof AGES)[number];

export interface BurnDownPicture {
  shape: 'burn-down';
  days: readonly string[];
  /** How many were open on each day, by their age at its end. */
  bands: readonly { age: Age; counts: readonly number[] }[];
  /** Most that the organisation allows; null: nobody said. */
  limit: number | null;
  /** What is marked at a day, such as a renewal. */
  marks: readonly { day: string; text: string }[];
}

/** How many overrides that are open at the end come to their sunset, by week. */
export interface ExpiriesPicture {
  shape: 'expiries';
  /** `from` is the first day of the week; the last one holds all that comes later. */
  weeks: readonly { from: string; label: string; ids: readonly string[] }[];
}

export interface DriftItem {
  finding: string;
  /** RFC 3339. */
  detected: string;
  hours: number;
  /** open: not closed by the end of the period, so hours are the least that it can be. */
  as: 'open' | 'resolved' | 'other';
  severity: string;
  due_hours: number | null;
}

/** Each episode by when it was detected and how long it took. */
export interface DriftPicture {
  shape: 'drift';
  from: string;
  to: string;
  items: readonly DriftItem[];
  /** Hours within which half, and nine of ten, were resolved, by Kaplan-Meier; null: so many were not resolved. */
  p50: number | null;
  p90: number | null;
}

export const BEATS = ['sent', 'records', 'missed', 'quiet'] as const;
/** sent: runs came; records: others came, no run; missed: expected, no run; quiet: nothing came, nothing was expected. */
export type Beat = (typeof BEATS)[number];

export interface HeartbeatPicture {
  shape: 'heartbeat';
  days: readonly string[];
  rows: readonly { name: string; about: string; beats: readonly Beat[] }[];
}

/** Days of 24 hours each, of sources that are to run more than once a day. */
export interface HoursPicture {
  shape: 'hours';
  days: readonly string[];
  rows: readonly {
    name: string;
    about: string;
    /** Of each day, 24 letters: r a run, m one was overdue, q neither. */
    cells: readonly string[];
    silences: number;
    /** Minutes of the longest one; 0: none. */
    longest: number;
  }[];
}

/** Of each layer, pairs of a policy and a subject. */
export interface FunnelPicture {
  shape: 'funnel';
  rows: readonly {
    layer: string;
    evaluated: number;
    failed: number;
    denied: number;
    overridden: number;
    /** Of those that failed, how many a later layer judged afterwards. */
    reached: number;
  }[];
}

export const CHECKS = ['held', 'told', 'missing'] as const;
/** held: checked while this was made; told: the log says so, and it was not checked here; missing: the log has none. */
export type Check = (typeof CHECKS)[number];

export interface LineagePicture {
  shape: 'lineage';
  steps: readonly { name: string; hash: string; check: Check; words: string }[];
}

export type Picture =
  | MatrixPicture
  | BurnDownPicture
  | ExpiriesPicture
  | DriftPicture
  | HeartbeatPicture
  | HoursPicture
  | FunnelPicture
  | LineagePicture;
