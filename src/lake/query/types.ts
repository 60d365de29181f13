import type { Digest } from '../../record/index.ts';
import type { DayGap, Period } from '../types.ts';
import type { Known } from './known.ts';
import type { QueryColumn, QueryValue } from './values.ts';

/** Milliseconds that the engine may take, unless another limit is given. */
export const DEFAULT_TIMEOUT = 60_000;

/** Memory of the engine, unless another limit is given. */
export const DEFAULT_MEMORY = '2GB';

/** How closely files are compared with their manifests: length and rows, or also every byte; auto takes digests up to 64 MiB. */
export type CheckDepth = 'auto' | 'size' | 'digest';

export type QueryStage = 'files compared' | 'question runs';

export interface QueryRequest {
  /** Name of a template. Either name or sql. */
  name?: string;
  /** One SELECT in the common dialect. */
  sql?: string;
  /** By name for a template; in the order of `?` for SQL. */
  parameters?: Readonly<Record<string, string>> | readonly string[];
  /** UTC days, both included; the days of the log unless given. */
  from?: string;
  to?: string;
  framework?: string;
  control?: string;
  /**
   * The text is that of somebody who may read one framework and one period only, those of this request: other rows are not in the engine
   * when the text runs.
   */
  confined?: boolean;
}

export interface QueryOptions {
  check?: CheckDepth;
  /** Milliseconds that the engine may take; 60,000 unless given. */
  timeout?: number;
  /** Memory of the engine, such as `2GB`, which is the default. The process of a user's SQL may take 512 MiB more. */
  memoryLimit?: string;
  /** Most rows of an answer; 100,000 unless given. A longer one is cut, and says so. */
  rowLimit?: number;
  /** Most characters of an answer; 134,217,728 unless given. A longer one is refused. */
  sizeLimit?: number;
  /** Most records of open days that are read from the log; 500,000 unless given. */
  tailLimit?: number;
  threads?: number;
  /** What earlier questions of this caller found out about the same log, which is held; nothing of it reaches a process that answers SQL of a user. */
  known?: Known;
  /** Told how many files were compared with their manifests, of how many; and when the engine gets the text. */
  progress?: (what: QueryStage, done: number, total: number) => void;
  /** Asks each log, in their order, as it was when it had so many records. */
  sizes?: readonly number[];
}

export interface CoverageGap {
  kind:
    | 'day_not_closed'
    | 'before_log'
    | 'after_log'
    | 'tail_not_read'
    | 'manifest'
    | 'not_in_manifest'
    | 'catalogue'
    | 'file_missing'
    /** The file was purged, and a tombstone in the log says why. */
    | 'purged'
    | 'file_differs'
    | 'rows_differ'
    | 'control_map'
    | 'no_expectation'
    | 'truncated';
  message: string;
  from?: string;
  to?: string;
  framework?: string;
  control?: string;
  key?: string;
  count?: number;
}

/** Said before every answer: without `complete`, no rows does not mean nothing happened. */
export interface Coverage extends Period {
  /**
   * Where the rows come from. files: files of the lake, and open days of the log; manifests: what the log says about closed days, no file was
   * read; log: other records of the log, such as control maps and policies, no file was read.
   */
  source: 'files' | 'manifests' | 'log';
  /** Closed days of the period, each with a manifest in the log. */
  closed_days: number;
  /** Files that the period should have: one per control (or fact table, or daily counts) and day. */
  expected: number;
  /** Of these, files that are there and are what their manifest says. */
  found: number;
  rows_expected: number;
  rows_found: number;
  /** How files were compared with their manifests. */
  checked: 'bytes' | 'length and rows' | 'rows' | 'nothing to check';
  gaps: CoverageGap[];
  /** What the days themselves recorded about gaps; does not make the lake incomplete. */
  recorded_gaps: (DayGap & { days: number })[];
  /** Open days of the period that were read from the log itself. */
  from_log: { days: string[]; records: number };
  /** Records of the log after the last closed day. */
  tail: { records: number; from_index: number; since?: string };
  /** Nothing that the question reads is missing: see `source` for what that is. */
  complete: boolean;
}

export interface QueryAnswer {
  query: { name: string; text: string; parameters: Record<string, string> };
  coverage: Coverage;
  /** The log that was asked; the first of several. */
  ledger: { origin: string; size: number; root: string };
  /** All of them, where several were asked. */
  ledgers?: { origin: string; size: number; root: string }[];
  /** Present when the text saw the rows of this framework and period only. */
  scope?: { framework: string; from: string; to: string };
  /** Present when another engine than DuckDB in this process answered. */
  engine?: {
    name: 'trino' | 'athena';
    /** Its own id of the query. */
    query_id: string;
    /** Bytes that it read for the answer, as it says; the comparison with the manifests is not in it. */
    scanned_bytes: number;
  };
  columns: QueryColumn[];
  rows: QueryValue[][];
  row_count: number;
  /** Present when rows were cut. */
  truncated?: { limit: number; message: string };
  result_digest: Digest;
}
