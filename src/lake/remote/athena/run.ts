import { setTimeout as sleep } from 'node:timers/promises';
import type { AthenaClient, QueryExecution } from '@aws-sdk/client-athena';
import { ExhibitError } from '../../../record/index.ts';
import { literal } from '../../duckdb.ts';
import { tookTooLong } from '../../query/stopped.ts';
import type { RemoteLimits, RemoteResult, RemoteStatement } from '../types.ts';
import { api } from './api.ts';
import { FIRST_LOOK, LONGEST_LOOK } from './limits.ts';
import { results } from './results.ts';
import type { CheckedAthena } from './settings.ts';

/**
 * Runs a statement: starts it, looks until it ends, fetches its results page by page. One that takes too long is stopped.
 * @throws ExhibitError QUERY_INVALID, QUERY_FAILED
 */
export async function runStatement(
  client: AthenaClient,
  settings: CheckedAthena,
  statement: RemoteStatement,
  { timeout, rowLimit, stop: unwanted }: RemoteLimits,
): Promise<RemoteResult> {
  const until = Date.now() + timeout;
  const id = await start(client, settings, statement);
  const execution = await ended(client, id, statement, until, timeout, unwanted);
  const scanned_bytes = execution.Statistics?.DataScannedInBytes ?? 0;
  // DDL has no rows, and its results no names of columns.
  if (rowLimit === 0) return { columns: [], rows: [], more: false, id, scanned_bytes };
  const { columns, rows, more } = await results(client, id, statement.name, rowLimit);
  return { columns, rows, more, id, scanned_bytes };
}

async function start(
  client: AthenaClient,
  { workgroup, catalog, output }: CheckedAthena,
  { name, sql, values }: RemoteStatement,
): Promise<string> {
  const { StartQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  const input = {
    QueryString: sql,
    WorkGroup: workgroup,
    QueryExecutionContext: { Catalog: catalog },
    // Each value is one literal, which Athena binds to its ?.
    ...(values.length === 0 ? {} : { ExecutionParameters: values.map(literal) }),
    ...(output === undefined ? {} : { ResultConfiguration: { OutputLocation: output } }),
  };
  const started = await api(name, 'athena:StartQueryExecution', () =>
    client.send(new StartQueryExecutionCommand(input)),
  );
  if (started.QueryExecutionId !== undefined) return started.QueryExecutionId;
  throw new ExhibitError('QUERY_FAILED', `${name}: Athena gave no id of the query`);
}

async function ended(
  client: AthenaClient,
  QueryExecutionId: string,
  { name, before }: RemoteStatement,
  until: number,
  timeout: number,
  unwanted: AbortSignal | undefined,
): Promise<QueryExecution> {
  const { GetQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  const command = new GetQueryExecutionCommand({ QueryExecutionId });
  for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 2, LONGEST_LOOK)) {
    const { QueryExecution: found = {} } = await api(name, 'athena:GetQueryExecution', () =>
      client.send(command),
    );
    switch (found.Status?.State) {
      case 'SUCCEEDED':
        return found;
      case 'FAILED':
      case 'CANCELLED':
        throw failed(name, before, found);
      case 'QUEUED':
      case 'RUNNING':
      case undefined:
        break;
    }
    if (Date.now() + pause > until) {
      await stop(client, QueryExecutionId);
      throw tookTooLong(name, timeout);
    }
    await sleep(pause, undefined, unwanted === undefined ? {} : { signal: unwanted }).catch(
      async (cause: unknown) => {
        await stop(client, QueryExecutionId);
        throw cause;
      },
    );
  }
}

/** That it fails is nobody's concern: the workgroup has a limit of its own. */
async function stop(client: AthenaClient, QueryExecutionId: string): Promise<void> {
  const { StopQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  await client.send(new StopQueryExecutionCommand({ QueryExecutionId })).catch(() => undefined);
}

/** Athena's kinds of errors: 1 its own, 2 of the user, 3 other. */
const OF_USER = 2;

function failed(name: string, before: number, { QueryExecutionId, Status }: QueryExecution): ExhibitError {
  const message =
    Status?.AthenaError?.ErrorMessage ?? Status?.StateChangeReason ?? `the query is ${Status?.State}`;
  const [, line = '', column = ''] = /\bline (\d+):(\d+):/.exec(message) ?? [];
  const own = Number(line) - before;
  const code =
    Status?.AthenaError?.ErrorCategory === OF_USER || line !== '' ? 'QUERY_INVALID' : 'QUERY_FAILED';
  const place = own > 0 ? `${name}, line ${own}, column ${column}` : name;
  return new ExhibitError(code, `${place}: ${message}`, {
    details: { query_id: QueryExecutionId ?? '', engine: message },
    ...(own > 0 ? { location: { file: name, line: own, column: Number(column) } } : {}),
  });
}
