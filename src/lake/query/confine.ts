import type { DuckDBConnection } from '@duckdb/node-api';
import { literals } from '../duckdb.ts';

/** From here on the database reads these files and no other, writes none, and that cannot be changed: the text of a user runs next. */
export async function confine(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  await connection.run(`SET allowed_paths = ${literals(files)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}
