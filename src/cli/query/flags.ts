import type { BucketFlags } from '../store/flags.ts';
import type { EngineFlags } from './engines.ts';

/** What `exhibit query` takes. */
export interface QueryFlags extends BucketFlags, EngineFlags {
  sql?: string;
  param: string[];
  from?: string;
  to?: string;
  framework?: string;
  control?: string;
  check: 'auto' | 'size' | 'digest';
  output: 'table' | 'json' | 'csv';
  engine: 'duckdb' | 'trino' | 'athena';
  /** `s3://BUCKET/PREFIX` of the copy that the engine reads. */
  location?: string;
  /** First part of the names of databases. */
  database: string;
  auditor?: boolean;
  /** FRAMEWORK:FROM:TO: the text sees nothing else. */
  scope?: string;
  /** Record the answer, under a name. */
  save?: string | true;
  keepRows?: boolean;
  /** Record id of a saved answer that is asked again. */
  rerun?: string;
  /** List the saved answers. */
  saved?: boolean;
  /** Who asks; a reference to the name is recorded, not the name. */
  as?: string;
  /** Seconds. */
  timeout?: number;
}
