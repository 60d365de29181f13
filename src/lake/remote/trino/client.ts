import { ExhibitError } from '../../../record/index.ts';
import type { QueryColumn, QueryValue } from '../../query/values.ts';
import type { RemoteLimits, RemoteResult } from '../types.ts';
import { ask, type Conversation, cancel } from './ask.ts';
import { queryError, type Told } from './error.ts';
import type { Page } from './protocol.ts';
import type { TrinoPlace } from './settings.ts';
import { trinoValue, typeName } from './values.ts';

/** Longest answer in characters, as on DuckDB. */
const LONGEST = 128 * 2 ** 20;

/**
 * Sends one statement and follows its pages to the end, or to a limit, at which the query is cancelled on the server.
 * @throws ExhibitError QUERY_INVALID, QUERY_FAILED
 */
export async function runStatement(
  place: TrinoPlace,
  sql: string,
  told: Told,
  { timeout, rowLimit, stop }: RemoteLimits,
): Promise<RemoteResult> {
  const talk: Conversation = {
    place,
    name: told.name,
    until: Date.now() + timeout,
    timeout,
    stop,
    length: 0,
  };
  const rows: QueryValue[][] = [];
  let page: Page | undefined;
  let columns: Page['columns'];
  try {
    page = await ask(talk, `${place.origin}/v1/statement`, sql);
    for (;;) {
      if (page.error !== undefined) throw queryError(page.error, told);
      columns ??= page.columns;
      for (const row of page.data ?? [])
        rows.push(row.map((value, at) => trinoValue(value, columns?.[at]?.type ?? '')));
      if (page.nextUri === undefined || rows.length > rowLimit) break;
      if (talk.length > LONGEST)
        throw new ExhibitError(
          'QUERY_FAILED',
          `${told.name}: the answer has more than ${LONGEST} characters`,
          {
            hint: 'Ask for fewer columns or shorter values.',
          },
        );
      page = await ask(talk, page.nextUri);
    }
  } catch (error) {
    await cancel(place, page?.nextUri);
    throw error;
  }
  if (page.nextUri !== undefined) await cancel(place, page.nextUri);
  return {
    columns: (columns ?? []).map(({ name, type }): QueryColumn => ({ name, type: typeName(type) })),
    rows: rows.slice(0, rowLimit),
    more: rows.length > rowLimit,
    id: page.id,
    scanned_bytes: page.stats?.physicalInputBytes ?? 0,
  };
}
