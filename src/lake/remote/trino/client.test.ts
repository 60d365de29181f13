import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { runStatement } from './client.ts';
import { trinoPlace } from './settings.ts';

// A server that lies, hangs and redirects, as a real one does not: the real one is asked in tests/interop/trino.
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = { status?: number; headers?: Record<string, string>; body?: unknown; text?: string };

async function served(
  answer: (request: IncomingMessage, origin: string) => Answer | undefined,
): Promise<string> {
  let origin = '';
  server = createServer((request, response) => {
    const given = answer(request, origin);
    if (given === undefined) return;
    response.writeHead(given.status ?? 200, given.headers);
    response.end(given.text ?? JSON.stringify(given.body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

const ask = (origin: string, limits: { timeout?: number; rowLimit?: number; stop?: AbortSignal } = {}) =>
  runStatement(
    trinoPlace({ server: origin, user: 'me', token: 'secret' }),
    'SELECT 1',
    { name: 'sql', before: 0 },
    { timeout: 20_000, rowLimit: 10, ...limits },
  );

describe('a server that answers as Trino', () => {
  test('is followed from page to page, also where it is busy; large whole numbers stay exact', async () => {
    let busy = 2;
    const origin = await served(({ url }, at) => {
      if (url === '/v1/statement') return { body: { id: 'q', nextUri: `${at}/v1/1` } };
      busy -= 1;
      if (busy >= 0) return { status: 503, text: 'busy' };
      const columns = [
        { name: 'n', type: 'bigint' },
        { name: 't', type: 'timestamp(6)' },
      ];
      return {
        text: `{"id":"q","columns":${JSON.stringify(columns)},"data":[[9007199254740993,"2026-03-01 00:00:00.123456"],[7,null]],"stats":{"physicalInputBytes":5}}`,
      };
    });
    expect(await ask(origin)).toEqual({
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 't', type: 'TIMESTAMP' },
      ],
      rows: [
        ['9007199254740993', '2026-03-01T00:00:00.123Z'],
        [7, null],
      ],
      more: false,
      id: 'q',
      scanned_bytes: 5,
    });
  });

  test('is not followed to another server, which would get the secret', async () => {
    const asked: string[] = [];
    const other = createServer((request, response) => {
      asked.push(String(request.headers.authorization));
      response.end('{}');
    });
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/1`;
    const byLink = await served(() => ({ body: { id: 'q', nextUri: elsewhere } }));
    await expect(ask(byLink)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('another server'),
    });
    server?.close();
    const byRedirect = await served(() => ({ status: 307, headers: { location: elsewhere }, text: '' }));
    await expect(ask(byRedirect)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    other.close();
    expect(asked).toEqual([]);
  });

  test('that hangs is stopped at the limit of time', async () => {
    const origin = await served(() => undefined);
    await expect(ask(origin, { timeout: 300 })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: expect.stringContaining('took longer than 300 ms'),
    });
  });

  test('that is not waited for any more is told so, also where that is said while the statement is sent', async () => {
    const deleted: string[] = [];
    const controller = new AbortController();
    const origin = await served(({ method, url }, at) => {
      if (method === 'DELETE') deleted.push(url ?? '');
      if (url === '/v1/statement') controller.abort();
      return { body: { id: 'q', nextUri: `${at}/v1/next` } };
    });
    await expect(ask(origin, { stop: controller.signal })).rejects.toThrow();
    expect(deleted).toEqual(['/v1/next']);
  });

  test('is told that the rest is not wanted', async () => {
    const deleted: string[] = [];
    const origin = await served(({ method, url }, at) => {
      if (method === 'DELETE') deleted.push(url ?? '');
      return {
        body: {
          id: 'q',
          columns: [{ name: 'n', type: 'bigint' }],
          data: [[1], [2]],
          nextUri: `${at}/v1/next`,
        },
      };
    });
    expect(await ask(origin, { rowLimit: 3 })).toMatchObject({ rows: [[1], [2], [1]], more: true });
    expect(deleted).toEqual(['/v1/next']);
  });

  test('and answers something else is said to, without the secret', async () => {
    for (const answer of [{ text: '<html>' }, { body: { rows: [] } }, { status: 401, text: 'no' }]) {
      const origin = await served(() => answer);
      const error = await ask(origin).catch((cause: unknown) => cause as Error);
      expect(error).toMatchObject({ code: 'QUERY_FAILED' });
      expect(JSON.stringify(error)).not.toContain('secret');
      server?.close();
    }
  });
});
