import type { QueryValue } from '../../query/values.ts';

/** Trino's name of a type as an answer has it: without its precision, in capitals. */
export function typeName(type: string): string {
  return type.replace(/\([^()]*\)/, '').toUpperCase();
}

/** A value as DuckDB's: instants as `YYYY-MM-DDTHH:MM:SS.sssZ`, cut to milliseconds; all else as JSON has it. */
export function trinoValue(value: QueryValue, type: string): QueryValue {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const inner = /^array\((.*)\)$/.exec(type)?.[1] ?? '';
    return value.map((item) => trinoValue(item, inner));
  }
  if (typeof value === 'string' && type.startsWith('timestamp')) return instant(value);
  return value;
}

function instant(text: string): string {
  const [, day, time, fraction = ''] =
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?: UTC)?$/.exec(text) ?? [];
  return day === undefined ? text : `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
