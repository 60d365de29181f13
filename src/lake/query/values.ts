import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { type Digest, formatInstant } from '../../record/index.ts';
import { answerDigest } from '../../verify/index.ts';
import { sha256 } from '../manifest.ts';

/** A value of an answer: what JSON has. */
export type QueryValue = null | boolean | number | string | QueryValue[] | { [name: string]: QueryValue };

export interface QueryColumn {
  name: string;
  /** DuckDB's name of the type, such as BIGINT or TIMESTAMP. */
  type: string;
}

/**
 * A DuckDB value as JSON: whole numbers as numbers while they are exact, else as text; timestamps as `YYYY-MM-DDTHH:MM:SS.sssZ`;
 * days as `YYYY-MM-DD`; decimals as text.
 */
export function toValue(value: DuckDBValue, type: DuckDBType): QueryValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return wholeNumber(value);
  if ('micros' in value && 'toString' in value && String(type).startsWith('TIMESTAMP')) {
    return formatInstant(Number(value.micros / 1000n));
  }
  if ('items' in value) {
    const inner = (type as { valueType?: DuckDBType }).valueType ?? type;
    return value.items.map((item) => toValue(item, inner));
  }
  return String(value);
}

function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/**
 * Digest of an answer: SHA-256 of the canonical JSON of {columns, rows}, columns by name, so that every engine gives the same. Rows are put in the order of their own canonical JSON, so that
 * two rows that tie in ORDER BY do not change it.
 */
export function resultDigest(
  columns: readonly Pick<QueryColumn, 'name'>[],
  rows: readonly (readonly QueryValue[])[],
): Digest {
  return answerDigest(columns, rows, sha256) as Digest;
}

/** A time of an answer (`2026-03-01 10:00:00.123`, UTC) in Unix milliseconds; NaN for what is none. */
export function answeredTime(value: unknown): number {
  return Date.parse(`${String(value).replace(' ', 'T').replace(/Z$/, '')}Z`);
}
