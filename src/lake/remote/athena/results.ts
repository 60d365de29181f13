import type { AthenaClient, ColumnInfo, Row } from '@aws-sdk/client-athena';
import { ExhibitError } from '../../../record/index.ts';
import type { QueryColumn, QueryValue } from '../../query/values.ts';
import { typeName } from '../trino/values.ts';
import { api } from './api.ts';
import { PAGE_ROWS } from './limits.ts';
import { athenaValue, checkColumns } from './values.ts';

/** Longest answer in characters, as on DuckDB. */
const LONGEST = 128 * 2 ** 20;

/** Fetches the rows of a query that has ended, up to a limit. */
export async function results(
  client: AthenaClient,
  QueryExecutionId: string,
  name: string,
  rowLimit: number,
): Promise<{ columns: QueryColumn[]; rows: QueryValue[][]; more: boolean }> {
  const { GetQueryResultsCommand } = await import('@aws-sdk/client-athena');
  const rows: QueryValue[][] = [];
  let columns: ColumnInfo[] = [];
  let token: string | undefined;
  let length = 0;
  do {
    const NextToken: string | undefined = token;
    const page = await api(name, 'athena:GetQueryResults', () =>
      client.send(
        new GetQueryResultsCommand({
          QueryExecutionId,
          MaxResults: PAGE_ROWS,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    );
    const { Rows = [], ResultSetMetadata } = page.ResultSet ?? {};
    if (NextToken === undefined) {
      columns = ResultSetMetadata?.ColumnInfo ?? [];
      checkColumns(name, columns);
    }
    const data = NextToken === undefined ? withoutHeader(Rows, columns, name) : Rows;
    for (const { Data = [] } of data) {
      rows.push(columns.map(({ Type = '' }, at) => athenaValue(Data[at] ?? {}, Type)));
      length += Data.reduce((sum, { VarCharValue = '' }) => sum + VarCharValue.length, 0);
    }
    if (length > LONGEST)
      throw new ExhibitError('QUERY_FAILED', `${name}: the answer has more than ${LONGEST} characters`, {
        hint: 'Ask for fewer columns or shorter values.',
      });
    token = page.NextToken;
  } while (token !== undefined && rows.length <= rowLimit);
  return {
    columns: columns.map(({ Name = '', Type = '' }) => ({ name: Name, type: typeName(Type) })),
    rows: rows.slice(0, rowLimit),
    more: token !== undefined || rows.length > rowLimit,
  };
}

/** The first row of a SELECT is its column names. One that is not would be a row that is lost, so it is not passed over. */
function withoutHeader(rows: readonly Row[], columns: readonly ColumnInfo[], name: string): readonly Row[] {
  const [header, ...rest] = rows;
  const same = columns.every(({ Name }, at) => header?.Data?.[at]?.VarCharValue === Name);
  if (header !== undefined && same) return rest;
  throw new ExhibitError(
    'QUERY_FAILED',
    `${name}: the results of Athena do not begin with the names of their columns`,
  );
}
