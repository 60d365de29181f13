import type { DuckDBConnection } from '@duckdb/node-api';
import type { LedgerReader } from '../ledger/index.ts';
import { canonicalize, SCHEMA } from '../record/index.ts';
import { JSON_COLUMNS } from './columns.ts';
import { literal } from './duckdb.ts';
import type { DayGap } from './types.ts';

const OTHER = `record_schema IS DISTINCT FROM ${literal(SCHEMA)}`;

/**
 * What this version has no column for, of records whose schema it does not know, goes into their `ext`: a later schema adds members and changes
 * none (decision 44), so its columns here are right, and nothing else of it is lost.
 * @param connection has the table `record`
 */
export async function keepOtherMembers(
  connection: DuckDBConnection,
  reader: LedgerReader,
  from: number,
  to: number,
): Promise<void> {
  const found = await connection.runAndReadAll(
    `SELECT log_index::DOUBLE FROM record WHERE ${OTHER} AND log_index >= ${from} AND log_index < ${to} ORDER BY 1`,
  );
  for (const [index] of found.getRowsJS() as [number][]) {
    const { bytes } = await reader.entry(index);
    // Attacker-controlled, as every record is: only its names are looked at.
    const { ext, ...record } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const members = Object.fromEntries(
      Object.entries(record).filter(([name]) => !Object.hasOwn(JSON_COLUMNS, name)),
    );
    const kept = { schema: record.schema ?? null, members, ...(ext === undefined ? {} : { ext }) };
    await connection.run(`UPDATE record SET ext = ${literal(canonicalize(kept))} WHERE log_index = ${index}`);
  }
}

/** What a manifest says of records whose schema this version does not know; nothing where there are none. */
export async function otherSchemaGaps(connection: DuckDBConnection): Promise<DayGap[]> {
  const found = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, count(DISTINCT record_schema)::DOUBLE, min(record_schema) FROM record WHERE ${OTHER}`,
  );
  const [count = 0, kinds = 0, first] = (found.getRowsJS()[0] ?? []) as [number?, number?, (string | null)?];
  if (count === 0) return [];
  const named = kinds > 1 ? `${kinds} schemas, ${first ?? ''} among them,` : (first ?? 'no schema');
  return [
    {
      kind: 'other_schema',
      message: `records of ${named} that this version does not know: what it has no column for is in ext`,
      count,
    },
  ];
}
