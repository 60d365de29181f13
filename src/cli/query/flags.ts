import type { WithinFlags } from '../engagement/within.ts';
import type { SourceFlags } from './source.ts';

/** What `exhibit query` takes. */
export interface QueryFlags extends WithinFlags, SourceFlags {
  sql?: string;
  param: string[];
  check: 'auto' | 'size' | 'digest';
  output: 'table' | 'json' | 'csv';
  engine: 'duckdb' | 'trino' | 'athena';
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
  /** Seconds. */
  timeout?: number;
}
