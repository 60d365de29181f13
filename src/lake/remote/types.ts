import type { ObjectStore } from '../../store/index.ts';
import type { QueryOptions } from '../query/types.ts';
import type { QueryColumn, QueryValue } from '../query/values.ts';

/** What is sent to an engine. */
export interface RemoteStatement {
  /** For messages: the name of a saved question, or sql. */
  name: string;
  sql: string;
  /** In the order of `?`. */
  values: readonly string[];
  /** Lines of ours before the text that was asked: an engine's line minus these is a line of it. */
  before: number;
}

export interface RemoteLimits {
  /** Milliseconds. */
  timeout: number;
  /** Most rows that are fetched. */
  rowLimit: number;
  /** The answer is not wanted any more: the query is cancelled. */
  stop?: AbortSignal;
}

export interface RemoteResult {
  columns: QueryColumn[];
  rows: QueryValue[][];
  /** There are more rows than the limit; they were not fetched. */
  more: boolean;
  /** The engine's id of the query. */
  id: string;
  /** Bytes that it read, as it says itself. */
  scanned_bytes: number;
}

/** A SQL engine that reads the lake in a bucket by a catalogue. */
export interface RemoteEngine {
  readonly kind: 'trino' | 'athena';
  /** Longest text that it takes, in bytes. */
  readonly longestText: number;
  /** Whether it tells the length of the files that it reads. */
  readonly tellsLength: boolean;
  /** The name of a table in a statement. */
  table(database: string, table: string): string;
  /**
   * Runs a statement. It is cancelled when a limit is passed.
   * @throws ExhibitError QUERY_INVALID (the text), QUERY_FAILED (all else)
   */
  run(statement: RemoteStatement, limits: RemoteLimits): Promise<RemoteResult>;
  /** Parameters of a table in the catalogue; undefined where there is no such table. @throws ExhibitError QUERY_FAILED */
  parameters(database: string, table: string): Promise<Readonly<Record<string, string>> | undefined>;
}

/** Where the engine finds the lake. */
export interface RemoteLake {
  /** `s3://bucket/prefix`, without a slash at the end. */
  location: string;
  /** First part of the names of databases. */
  name: string;
}

export interface RemoteOptions
  extends Pick<QueryOptions, 'check' | 'timeout' | 'rowLimit' | 'tailLimit' | 'sizes'> {
  lake: RemoteLake;
  /** The objects of the lake, to compare their bytes. Without it only what the engine says is compared. */
  objects?: Pick<ObjectStore, 'get'>;
  /** The text is that of somebody who may read one framework only, the one of the request. */
  auditor?: boolean;
}
