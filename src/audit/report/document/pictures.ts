/** What pictures are drawn from: the same shapes as those of src/web/pictures, which may not be imported here. Days are UTC, YYYY-MM-DD. */
export type Picture =
  | {
      shape: 'matrix';
      layers: readonly string[];
      rows: readonly { name: string; title: string; cells: readonly LayerCell[] }[];
    }
  | {
      shape: 'burn-down';
      days: readonly string[];
      bands: readonly { age: (typeof AGES)[number]; counts: readonly number[] }[];
      limit: number | null;
      marks: readonly { day: string; text: string }[];
    }
  | { shape: 'expiries'; weeks: readonly { from: string; label: string; ids: readonly string[] }[] }
  | {
      shape: 'drift';
      from: string;
      to: string;
      items: readonly DriftItem[];
      p50: number | null;
      p90: number | null;
    }
  | {
      shape: 'heartbeat';
      days: readonly string[];
      rows: readonly { name: string; about: string; beats: readonly Beat[] }[];
    }
  | { shape: 'hours'; days: readonly string[]; rows: readonly HourRow[] }
  | { shape: 'funnel'; rows: readonly FunnelRow[] }
  | { shape: 'lineage'; steps: readonly LineageStep[] };

export interface LayerCell {
  state: 'enforce' | 'partly' | 'audit' | 'unknown' | 'off' | 'not_possible';
  policies: { enforce: number; told: number; of: number };
  last: string | null;
  age: number | null;
  decisions: number;
  failed: number;
  denied: number;
}

export const AGES = ['0-7', '8-30', '31-90', 'over 90', 'expired'] as const;

export interface DriftItem {
  finding: string;
  detected: string;
  hours: number;
  as: 'open' | 'resolved' | 'other';
  severity: string;
  due_hours: number | null;
}

export type Beat = 'sent' | 'records' | 'missed' | 'quiet';

export interface HourRow {
  name: string;
  about: string;
  /** Of each day, 24 letters: r a run, m one was overdue, q neither. */
  cells: readonly string[];
  silences: number;
  /** Minutes of the longest one; 0: none. */
  longest: number;
}

export interface FunnelRow {
  layer: string;
  evaluated: number;
  failed: number;
  denied: number;
  overridden: number;
  reached: number;
}

export interface LineageStep {
  name: string;
  hash: string;
  check: 'held' | 'told' | 'missing';
  words: string;
}
