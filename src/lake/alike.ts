import type { DuckDBConnection } from '@duckdb/node-api';
import { type Column, EVIDENCE_COLUMNS } from './columns.ts';
import { literal } from './duckdb.ts';
import { CONTROL_COLUMNS } from './load.ts';

/** Longer texts, and texts that are not plain, are read from the table like all others. */
const PLAIN = /^[\x20-\x7e]{1,256}$/;

/**
 * SQL for each column of `record` that all decisions of the day have alike: half of them, as a rule. A text is written once into each file,
 * as a dictionary of one value, and is not copied row by row on the way there; what a reader gets is the same.
 * @param connection has the table `record`
 */
export async function alikeColumns(connection: DuckDBConnection): Promise<ReadonlyMap<string, string>> {
  const columns = EVIDENCE_COLUMNS.filter(({ name }) => !CONTROL_COLUMNS.has(name));
  const read = async (expressions: readonly string[], limit: string) => {
    const from = `FROM record WHERE record_type = 'decision' ${limit}`;
    return (await connection.runAndReadAll(`SELECT ${expressions.join(', ')} ${from}`)).getRowsJS()[0] ?? [];
  };
  const first = await read(
    columns.map(({ name }) => `CAST("${name}" AS VARCHAR)`),
    'LIMIT 1',
  );
  const candidates = columns.flatMap((column, at) => {
    const value = first[at];
    const one = value === null || (column.type === 'VARCHAR' && PLAIN.test(String(value)));
    return one ? [{ column, value: value === null ? null : literal(String(value)) }] : [];
  });
  if (first.length === 0 || candidates.length === 0) return new Map();
  const alike = await read(
    candidates.map(
      ({ column, value }) => `bool_and("${column.name}" IS NOT DISTINCT FROM ${value ?? 'NULL'})`,
    ),
    '',
  );
  return new Map(
    candidates
      .filter((_, at) => alike[at] === true)
      .map(({ column, value }) => [column.name, expression(column, value)]),
  );
}

function expression({ type }: Column, value: string | null): string {
  return value === null ? `CAST(NULL AS ${type})` : `CAST(${value} AS ENUM(${value}))`;
}
