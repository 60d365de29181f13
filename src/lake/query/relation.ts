import type { DuckDBConnection } from '@duckdb/node-api';

export type Cell = string | number | boolean | undefined;

/** A small table that the log gives, not the lake: its columns with their types, and its rows. Each engine gets it in its own way. */
export interface Relation {
  name: string;
  columns: Readonly<Record<string, 'VARCHAR' | 'BIGINT' | 'BOOLEAN' | 'TIMESTAMP'>>;
  rows: readonly (readonly Cell[])[];
}

/** Makes it a table of DuckDB. */
export async function createRelation(
  connection: DuckDBConnection,
  { name, columns, rows }: Relation,
): Promise<void> {
  const entries = Object.entries(columns);
  await connection.run(
    `CREATE TABLE raw_${name} (${entries.map(([column]) => `"${column}" VARCHAR`).join(', ')})`,
  );
  const appender = await connection.createAppender(`raw_${name}`);
  for (const row of rows) {
    for (const cell of row) {
      if (cell === undefined) appender.appendNull();
      else appender.appendVarchar(String(cell));
    }
    appender.endRow();
  }
  appender.closeSync();
  const casts = entries.map(([column, type]) => `CAST("${column}" AS ${type}) AS "${column}"`);
  await connection.run(
    `CREATE TABLE ${name} AS SELECT ${casts.join(', ')} FROM raw_${name}; DROP TABLE raw_${name}`,
  );
}
