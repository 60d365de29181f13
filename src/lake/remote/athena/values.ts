import type { ColumnInfo, Datum } from '@aws-sdk/client-athena';
import { ExhibitError } from '../../../record/index.ts';
import type { QueryValue } from '../../query/values.ts';
import { trinoValue } from '../trino/values.ts';

/** Types that Athena writes as text of its own, which cannot be read back: `[a, b]` may be one value or two. */
const NESTED: ReadonlySet<string> = new Set(['array', 'map', 'row', 'struct', 'varbinary']);

/** @throws ExhibitError QUERY_INVALID for a column whose values cannot be told from their text */
export function checkColumns(name: string, columns: readonly ColumnInfo[]): void {
  const nested = columns.find(({ Type }) => NESTED.has((Type ?? '').replace(/[(<].*/, '')));
  if (nested === undefined) return;
  throw new ExhibitError(
    'QUERY_INVALID',
    `${name}: Athena gives ${nested.Name ?? 'a column'} as text that is not unique`,
    {
      hint: 'Write array_join(x, separator), or json_format(CAST(x AS json)).',
    },
  );
}

/** Athena gives all values as text. No text is NULL; the empty one is a value. */
export function athenaValue({ VarCharValue: text }: Datum, type: string): QueryValue {
  if (text === undefined) return null;
  switch (type) {
    case 'bigint':
    case 'integer':
    case 'smallint':
    case 'tinyint': {
      const number = Number(text);
      return Number.isSafeInteger(number) ? number : text;
    }
    case 'double':
    case 'float':
    case 'real': {
      const number = Number(text);
      return Number.isFinite(number) ? number : text;
    }
    case 'boolean':
      return text === 'true';
    default:
      return trinoValue(text, type);
  }
}
