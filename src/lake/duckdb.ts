import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ExhibitError } from '../record/index.ts';

export interface DatabaseOptions {
  /** 1 where bytes must be the same each time. */
  threads: number;
  /** Such as `2GB`. */
  memoryLimit: string;
  /** Where it may spill what does not fit. */
  temporary: string;
}

export interface Database {
  connection: DuckDBConnection;
  /** Another connection to the same tables: two connections work at the same time, each with its own thread. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

/** Most that is spilled to disk: an answer of this size would fill no disk unseen. */
const SPILL = '8GB';

// 70 MB and 250 ms: loaded when a lake or a query is really used.
const load = () => import('@duckdb/node-api');

/** Version of DuckDB, such as `v1.5.6`: another version may write other bytes for the same rows. */
export async function duckdbVersion(): Promise<string> {
  return (await load()).version();
}

/** Opens an empty database in memory. Nothing is downloaded: extensions are neither installed nor loaded by themselves. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { DuckDBInstance: Instance } = await load();
  const instance: DuckDBInstance = await Instance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: options.memoryLimit,
    temp_directory: options.temporary,
    max_temp_directory_size: SPILL,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    // Beyond this many open files a partition would be cut into several.
    partitioned_write_max_open_files: '100000',
  });
  const open: DuckDBConnection[] = [];
  const connect = async () => {
    const connection = await instance.connect();
    open.push(connection);
    // Timestamps are naive UTC; the machine's zone must not show anywhere.
    await connection.run(`SET TimeZone = 'UTC'`).catch(() => undefined);
    return connection;
  };
  const connection = await connect();
  // A footer is read once a database, not once a statement.
  await connection.run('SET parquet_metadata_cache = true');
  return {
    connection,
    connect,
    close() {
      for (const connection of open) connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Does work in one transaction, which is taken back where it fails. */
export async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (cause) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw cause;
  }
}

/** A SQL string literal. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** String literals as they stand after IN: `(...)`. */
export function inList(values: Iterable<string>): string {
  return `(${Array.from(values, literal).join(', ')})`;
}

/** A list of SQL string literals, `[...]`. */
export function literals(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`;
}

/** Runs work on the lake's files and turns DuckDB's plain errors into ours. @throws ExhibitError LAKE_FAILED */
export async function lakeWork<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ExhibitError) throw cause;
    throw new ExhibitError('LAKE_FAILED', `${what}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
