import { ExhibitError } from '../../../record/index.ts';
import { VIEWS } from '../../query/words.ts';
import type { Page } from './protocol.ts';

/** What is known of a statement where it fails. */
export interface Told {
  name: string;
  /** Lines of ours before the text that was asked. */
  before: number;
}

/** Trino's error as ours: a fault of the text with its line and column, counted in the text that was asked. */
export function queryError(error: NonNullable<Page['error']>, { name, before }: Told): ExhibitError {
  const { message, errorName, errorType, errorLocation } = error;
  const bare = message.replace(/^line \d+:\d+: /, '');
  const code = errorType === 'USER_ERROR' && !RIGHTS.has(errorName) ? 'QUERY_INVALID' : 'QUERY_FAILED';
  const line = (errorLocation?.lineNumber ?? 0) - before;
  const location =
    errorLocation === undefined || line < 1
      ? undefined
      : { file: name, line, column: errorLocation.columnNumber };
  const place = location === undefined ? name : `${name}, line ${location.line}, column ${location.column}`;
  return new ExhibitError(code, `${place}: ${bare}`, {
    details: { engine: message, name: errorName },
    ...(location === undefined ? {} : { location }),
    ...hintOf(code, errorName),
  });
}

const RIGHTS: ReadonlySet<string> = new Set(['PERMISSION_DENIED']);

function hintOf(code: 'QUERY_INVALID' | 'QUERY_FAILED', errorName: string): { hint?: string } {
  if (['SCHEMA_NOT_FOUND', 'TABLE_NOT_FOUND', 'CATALOG_NOT_FOUND'].includes(errorName))
    return { hint: 'The tables are made by `exhibit lake catalogue --engine trino --apply`.' };
  return code === 'QUERY_INVALID'
    ? { hint: `The views are ${VIEWS.join(', ')}; docs/reference/lake.md has their columns.` }
    : {};
}
