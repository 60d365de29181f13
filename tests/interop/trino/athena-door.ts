import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GlueInputs, RemoteResult, TrinoEngine } from '../../../src/lake/index.ts';
import type { Call } from './aws.ts';

type Body = Record<string, unknown>;

/** Answers as Athena does, over its wire protocol: Trino runs the statements, and every call is kept, to be compared with the service's model. */
export interface AthenaDoor {
  endpoint: string;
  calls: Call[];
  /** Queries that were stopped. */
  stopped: string[];
  close(): Promise<void>;
}

interface Kept {
  result?: RemoteResult;
  error?: string;
  hangs: boolean;
}

/** Rows of a page, so that results have several. */
const PAGE = 3;

/**
 * @param tables what Glue's catalogue would have
 * @param moto where named queries and prepared statements are kept
 */
export async function athenaDoor(
  engine: TrinoEngine,
  tables: GlueInputs['tables'],
  moto: string,
): Promise<AthenaDoor> {
  const calls: Call[] = [];
  const stopped: string[] = [];
  const queries = new Map<string, Kept>();
  const atMoto = async (operation: string, input: Body): Promise<Body> => {
    const answer = await fetch(moto, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonAthena.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/athena/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    });
    // moto fails on what it does not know.
    if (answer.status >= 500) throw new Refused('ResourceNotFoundException', `${operation}: not found`);
    const body = (await answer.json()) as Body;
    if (!answer.ok)
      throw new Refused(
        String(body.__type ?? 'InvalidRequestException'),
        String(body.Message ?? body.message ?? ''),
      );
    return body;
  };
  const operations: Record<string, (input: Body) => Promise<Body>> = {
    async StartQueryExecution(input) {
      const id = randomUUID();
      const sql = String(input.QueryString).replaceAll('"awsdatacatalog"', '"lake"');
      const values = ((input.ExecutionParameters ?? []) as string[]).map((literal) =>
        literal.slice(1, -1).replaceAll("''", "'"),
      );
      const kept: Kept = { hangs: sql.includes('never ends') };
      queries.set(id, kept);
      try {
        if (!kept.hangs)
          kept.result = await engine.run(
            { name: 'sql', sql, values, before: 0 },
            { timeout: 60_000, rowLimit: 10_000 },
          );
      } catch (error) {
        kept.error = engineMessage(error);
      }
      return { QueryExecutionId: id };
    },
    async GetQueryExecution({ QueryExecutionId }) {
      const kept = queries.get(String(QueryExecutionId));
      const State = kept?.hangs === true ? 'RUNNING' : kept?.error === undefined ? 'SUCCEEDED' : 'FAILED';
      return {
        QueryExecution: {
          QueryExecutionId,
          Status: {
            State,
            ...(kept?.error === undefined
              ? {}
              : {
                  StateChangeReason: kept.error,
                  AthenaError: { ErrorCategory: 2, ErrorType: 1003, ErrorMessage: kept.error },
                }),
          },
          Statistics: {
            DataScannedInBytes: kept?.result?.scanned_bytes ?? 0,
            EngineExecutionTimeInMillis: 1,
          },
        },
      };
    },
    async GetQueryResults({ QueryExecutionId, NextToken }) {
      const { columns = [], rows = [] } = queries.get(String(QueryExecutionId))?.result ?? {};
      const header = [columns.map(({ name }) => ({ VarCharValue: name }))];
      const all = [...header, ...rows.map((row) => row.map((value, at) => datum(value, columns[at]?.type)))];
      const from = Number(NextToken ?? 0);
      const page = all.slice(from, from + PAGE);
      return {
        ResultSet: {
          Rows: page.map((Data) => ({ Data })),
          ResultSetMetadata: {
            ColumnInfo: columns.map(({ name: Name, type }) => ({ Name, Type: type.toLowerCase() })),
          },
        },
        ...(from + PAGE < all.length ? { NextToken: String(from + PAGE) } : {}),
      };
    },
    async StopQueryExecution({ QueryExecutionId }) {
      stopped.push(String(QueryExecutionId));
      return {};
    },
    async GetTableMetadata({ DatabaseName, TableName }) {
      const found = tables.find(
        (table) => table.DatabaseName === DatabaseName && table.TableInput.Name === TableName,
      );
      if (found === undefined)
        throw new Refused(
          'MetadataException',
          `EntityNotFoundException: Table ${String(TableName)} not found.`,
        );
      return { TableMetadata: { Name: found.TableInput.Name, Parameters: found.TableInput.Parameters } };
    },
    async BatchGetNamedQuery({ NamedQueryIds }) {
      const found: unknown[] = [];
      for (const NamedQueryId of NamedQueryIds as string[])
        found.push((await atMoto('GetNamedQuery', { NamedQueryId })).NamedQuery);
      return { NamedQueries: found };
    },
    DeleteNamedQuery: async () => ({}),
    UpdatePreparedStatement: async () => ({}),
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const operation = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
    const input = JSON.parse(Buffer.concat(parts).toString()) as Body;
    const call: Call = { service: 'athena', operation, input };
    calls.push(call);
    const send = (status: number, body: Body) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    try {
      const answer = await (operations[operation]?.(input) ?? atMoto(operation, input));
      // moto's own answers are not ours to check.
      if (operations[operation] !== undefined) call.output = answer;
      send(200, answer);
    } catch (error) {
      const { kind, message } =
        error instanceof Refused ? error : { kind: 'InternalServerException', message: String(error) };
      send(400, { __type: kind, Message: message });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stopped,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Refused extends Error {
  readonly kind: string;
  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

function engineMessage(error: unknown): string {
  const details = (error as { details?: { engine?: unknown } }).details;
  return String(details?.engine ?? error);
}

/** As Athena writes values: all are text, and NULL is nothing. */
function datum(value: unknown, type: string | undefined): { VarCharValue?: string } {
  if (value === null) return {};
  return {
    VarCharValue: type === 'TIMESTAMP' ? String(value).replace('T', ' ').slice(0, -1) : String(value),
  };
}
