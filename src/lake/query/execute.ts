import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader } from '@duckdb/node-api';
import { ExhibitError } from '../../record/index.ts';
import type { Question } from './question.ts';
import type { QueryOptions } from './types.ts';
import { type QueryColumn, type QueryValue, toValue } from './values.ts';

export interface Executed {
  columns: QueryColumn[];
  rows: QueryValue[][];
  truncated: { limit: number; message: string } | undefined;
}

/** Runs a question within its limits of time and rows. @throws ExhibitError QUERY_INVALID, QUERY_FAILED */
export async function execute(
  connection: DuckDBConnection,
  { name, text, values }: Pick<Question, 'name' | 'text' | 'values'>,
  { rowLimit: limit = 100_000, timeout = 60_000 }: QueryOptions,
): Promise<Executed> {
  const statement = await prepare(connection, name, text);
  if (statement.parameterCount !== values.length) {
    throw new ExhibitError(
      'QUERY_INVALID',
      `${name} has ${statement.parameterCount} parameters; ${values.length} were given`,
    );
  }
  values.forEach((value, at) => {
    statement.bindVarchar(at + 1, value);
  });
  const reader = await read(connection, statement, name, limit + 1, timeout);
  const types = reader.columnTypes();
  const columns = reader.columnNames().map((column, at) => ({ name: column, type: String(types[at]) }));
  const all = reader.getRows();
  const rows = all
    .slice(0, limit)
    .map((row) => row.map((value, at) => toValue(value, types[at] as (typeof types)[number])));
  const truncated =
    all.length > limit
      ? {
          limit,
          message: `the answer has more than ${limit} rows: the rest is not shown; raise the row limit or ask for less`,
        }
      : undefined;
  return { columns, rows, truncated };
}

async function prepare(
  connection: DuckDBConnection,
  name: string,
  text: string,
): Promise<DuckDBPreparedStatement> {
  const { StatementType } = await import('@duckdb/node-api');
  const statement = await connection.prepare(text).catch((cause: unknown) => {
    throw failed('QUERY_INVALID', name, cause);
  });
  if (statement.statementType === StatementType.SELECT) return statement;
  throw new ExhibitError('QUERY_INVALID', `${name} is not a SELECT`);
}

async function read(
  connection: DuckDBConnection,
  statement: DuckDBPreparedStatement,
  name: string,
  rows: number,
  timeout: number,
): Promise<DuckDBResultReader> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, timeout);
  try {
    return await statement.streamAndReadUntil(rows);
  } catch (cause) {
    if (late) {
      throw new ExhibitError('QUERY_FAILED', `${name} took longer than ${timeout} ms and was stopped`, {
        cause,
        hint: 'Ask for a shorter period or one control, or raise the time limit.',
      });
    }
    throw failed('QUERY_FAILED', name, cause);
  } finally {
    clearTimeout(timer);
  }
}

function failed(code: 'QUERY_INVALID' | 'QUERY_FAILED', name: string, cause: unknown): ExhibitError {
  return new ExhibitError(code, `${name}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
