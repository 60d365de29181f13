import type { Digest } from '../record/index.ts';

/** Version of the lake's columns and of the manifest. Columns are added, never renamed or retyped. */
export const LAKE_SCHEMA = 'exhibit.lake/1';

/** What a manifest says that its day lacks. */
export const RECORDED_GAPS = [
  'no_control_map',
  'unknown_control_map',
  'damaged_control_map',
  'unmapped_policy',
  'gap_records',
] as const;

/** A period of UTC days, both ends included, `YYYY-MM-DD`. */
export interface Period {
  from: string;
  to: string;
}

/** One file of a closed day, as its manifest names it. */
export interface ManifestFile {
  /** Below the ledger's folder, with `/`. */
  key: string;
  sha256: Digest;
  rows: number;
  bytes: number;
  /** The version of the object, where a bucket with versions is behind the ledger: a newer one can be put over any lock. */
  version?: string;
  /** Absent on the fact file and the daily counts. */
  framework?: string;
  control?: string;
}

/** Something that a closed day could not show. It is in the manifest, so it stays visible. */
export interface DayGap {
  kind: (typeof RECORDED_GAPS)[number];
  message: string;
  count: number;
  control_map_digest?: string;
}

/** A `policy` record: which version of policies and control map was in force from where in the log. */
export interface PolicyVersion {
  log_index: number;
  recorded_at: string;
  policy_revision: string;
  bundle_digest: string;
  control_map_digest: string;
  frameworks_digest?: string;
  policies_digest?: string;
}

/** What the `manifest` record of a day says in its details. */
export interface ManifestDetails {
  schema_version: string;
  day: string;
  /** Leaves [from_index, to_index) of the log. */
  from_index: number;
  to_index: number;
  rows: number;
  files: number;
  /** Blob: ManifestFile[], sorted by key. */
  files_digest: Digest;
  /** Blob: PolicyVersion[], all policy records before to_index. */
  policies_digest: Digest;
  /** Control maps in force at some time of the day, sorted. */
  control_map_digests: string[];
  duckdb_version: string;
  /** Records that were observed on an earlier day than they were recorded. */
  late: number;
  gaps: DayGap[];
}

/** A manifest as it was read from the log. */
export interface Manifest {
  log_index: number;
  details: ManifestDetails;
  files: ManifestFile[];
}

/** A place where the lake differs from the ledger. */
export interface LakeProblem {
  kind:
    | 'missing'
    /** In a bucket: a delete marker lies over it. */
    | 'hidden'
    /** In a bucket: a newer version with other bytes lies over it. */
    | 'overwritten'
    /** In a bucket: it has no lock, or a weaker one than the other files of its framework. */
    | 'lock'
    | 'size'
    | 'digest'
    | 'rows'
    | 'unexpected'
    | 'manifest_copy'
    | 'manifest_blob'
    | 'manifest';
  day?: string;
  key: string;
  message: string;
  expected?: string | number;
  found?: string | number;
}
