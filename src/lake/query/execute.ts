import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';
import { ExhibitError } from '../../record/index.ts';
import type { Question } from './question.ts';
import { tookTooLong } from './stopped.ts';
import { Texts } from './texts.ts';
import { DEFAULT_TIMEOUT, type QueryOptions } from './types.ts';
import { type QueryColumn, type QueryValue, toValue } from './values.ts';
import { VIEWS } from './words.ts';

export interface Executed {
  columns: QueryColumn[];
  rows: QueryValue[][];
  truncated: { limit: number; message: string } | undefined;
}

/** Longest value of an answer, and the longest answer, in characters. Records have at most 65,535 bytes. */
const MAX_VALUE = 16 * 2 ** 20;
const MAX_ANSWER = 128 * 2 ** 20;

/** Runs a question within its limits of time, rows and size. @throws ExhibitError QUERY_INVALID, QUERY_FAILED */
export async function execute(
  connection: DuckDBConnection,
  { name, text, values }: Pick<Question, 'name' | 'text' | 'values'>,
  { rowLimit: limit = 100_000, sizeLimit = MAX_ANSWER, timeout = DEFAULT_TIMEOUT }: QueryOptions,
): Promise<Executed> {
  const { columns, rows, more } = await within(connection, name, timeout, async () => {
    // Planning counts: it computes what is constant.
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
    return readRows(await statement.stream(), limit, new Sizes(name, sizeLimit), name);
  });
  const truncated = more
    ? {
        limit,
        message: `the answer has more than ${limit} rows: the rest is not shown; raise the row limit or ask for less`,
      }
    : undefined;
  return { columns, rows, truncated };
}

/** Piece by piece, so that no answer is in memory twice. */
async function readRows(result: DuckDBResult, limit: number, size: Sizes, name: string) {
  const types = result.columnTypes();
  const columns = result.columnNames().map((column, at) => ({ name: column, type: String(types[at]) }));
  const texts = columns.map(() => new Texts());
  const rows: QueryValue[][] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, more: false };
    for (const row of rowsOf(chunk, name)) {
      if (rows.length === limit) return { columns, rows, more: true };
      rows.push(
        row.map((cell, at) => {
          const value = size.count(toValue(cell, types[at] as (typeof types)[number]));
          return typeof value === 'string' ? (texts[at] as Texts).one(value) : value;
        }),
      );
    }
  }
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

async function within<T>(
  connection: DuckDBConnection,
  name: string,
  timeout: number,
  work: () => Promise<T>,
): Promise<T> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.interrupt();
  }, timeout);
  try {
    return await work();
  } catch (cause) {
    if (late) throw tookTooLong(name, timeout, cause);
    if (cause instanceof ExhibitError) throw cause;
    throw failed('QUERY_FAILED', name, cause);
  } finally {
    clearTimeout(timer);
  }
}

// A string longer than JavaScript's longest throws here, with a plain Error.
function rowsOf(chunk: DuckDBDataChunk, name: string): ReturnType<DuckDBDataChunk['getRows']> {
  try {
    return chunk.getRows();
  } catch (cause) {
    throw new ExhibitError('QUERY_FAILED', `${name}: a value of the answer is too long`, {
      cause,
      hint: SHORTER,
    });
  }
}

const SHORTER = 'Ask for fewer columns or shorter values.';

class Sizes {
  #total = 0;
  readonly #name: string;

  readonly #most: number;

  constructor(name: string, most: number) {
    this.#name = name;
    this.#most = most;
  }

  count(value: QueryValue): QueryValue {
    const length = lengthOf(value);
    this.#total += length;
    if (length > MAX_VALUE) throw this.#tooLong('a value', MAX_VALUE);
    if (this.#total > this.#most) throw this.#tooLong('the answer', this.#most);
    return value;
  }

  #tooLong(what: string, limit: number): ExhibitError {
    return new ExhibitError('QUERY_FAILED', `${this.#name}: ${what} has more than ${limit} characters`, {
      hint: SHORTER,
    });
  }
}

function lengthOf(value: QueryValue): number {
  if (typeof value === 'string') return value.length;
  return value !== null && typeof value === 'object' ? JSON.stringify(value).length : 8;
}

/** DuckDB says in lines what is wrong, which names come near, and where: the first is the message, all are in the details. */
function failed(code: 'QUERY_INVALID' | 'QUERY_FAILED', name: string, cause: unknown): ExhibitError {
  const engine = cause instanceof Error ? cause.message : String(cause);
  const [first = '', ...rest] = engine.split('\n').map((line) => line.trim());
  const near = rest.find((line) => line.startsWith('Candidate bindings: '));
  const views = `The views are ${VIEWS.join(', ')}; docs/reference/lake.md has their columns.`;
  return new ExhibitError(code, `${name}: ${first}`, {
    details: { engine },
    ...(code === 'QUERY_INVALID' ? { hint: near === undefined ? views : `${near}. ${views}` } : {}),
  });
}
