import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ClusterAccess,
  Connection,
  faultDetails,
  findResource,
  type NamedResource,
  parseResource,
  type Resource,
  type WatchEvent,
  type WatchOptions,
  watchResource,
} from '../../../src/kubernetes/index.ts';
import { request } from './client.ts';
import { type FaultyProxy, startProxy } from './proxy.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe.skipIf(why !== '')(`a watch of a real API server, and what can happen to it${why}`, () => {
  let api: ApiServer;
  let proxy: FaultyProxy;
  let folder: string;
  let end: AbortController;
  let running: Promise<void>[] = [];
  const connections: Connection[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exhibit-proxy-'));
    api = await startApiServer();
    proxy = await startProxy(api, folder);
  });
  afterAll(async () => {
    await proxy?.stop();
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    end = new AbortController();
  });
  afterEach(async () => {
    proxy.fault = undefined;
    end.abort();
    await Promise.all(running);
    running = [];
    for (const each of connections.splice(0)) each.close();
  });

  const connect = (to: { address: string; ca: string }): Connection => {
    const { token } = api;
    const access: ClusterAccess = {
      cluster: 'test',
      server: new URL(to.address),
      credentials: async () => ({ ca: to.ca, token }),
    };
    const connection = new Connection(access);
    connections.push(connection);
    return connection;
  };
  const post = async (path: string, body: unknown) => {
    const said = await request(api, 'POST', path, { type: 'application/json', text: JSON.stringify(body) });
    expect([200, 201]).toContain(said.status);
  };
  const remove = (path: string) => request(api, 'DELETE', path);
  const map = (name: string) => post(MAPS, { metadata: { name }, data: { name } });

  /** Watches, and keeps what it was told. */
  function following(connection: Connection, resource: Resource, options: Partial<WatchOptions> = {}) {
    const events: WatchEvent[] = [];
    let wake = Promise.withResolvers<void>();
    const all = { signal: end.signal, pause: 100, jitter: () => 0.5, ...options };
    running.push(
      (async () => {
        for await (const event of watchResource(connection, resource, all)) {
          events.push(event);
          wake.resolve();
          wake = Promise.withResolvers();
        }
      })(),
    );
    /** Waits for an event after the ones that were taken. */
    let taken = 0;
    const next = async (is: (event: WatchEvent) => boolean): Promise<WatchEvent> => {
      for (;;) {
        for (; taken < events.length; taken += 1) {
          const event = events[taken];
          if (event !== undefined && is(event)) {
            taken += 1;
            return event;
          }
        }
        await wake.promise;
      }
    };
    return { events, next };
  }
  const maps = (): Resource => ({
    ...{ group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap', namespaced: true },
  });
  const synced = (event: WatchEvent) => event.type === 'synced';
  const named = (type: string, name: string) => (event: WatchEvent) =>
    event.type === type && 'object' in event && event.object.metadata.name === name;

  it('lists page by page, then tells each change', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await map(name);
    const { events, next } = following(connect(proxy), maps(), { page: 2, namespace: 'default' });
    const whole = await next(synced);
    expect(events.filter(({ type }) => type === 'listed')).toHaveLength(5);
    expect(whole).toMatchObject({ absent: false });
    expect(whole.type === 'synced' && whole.uids.size).toBe(5);
    expect(proxy.asked.filter((path) => path.includes('limit=2'))).toHaveLength(3);
    await map('f');
    const added = await next(named('added', 'f'));
    expect(added).toMatchObject({ object: { apiVersion: 'v1', kind: 'ConfigMap', data: { name: 'f' } } });
    await remove(`${MAPS}/f`);
    await next(named('deleted', 'f'));
  });

  it('goes on where it broke off, without a second list', async () => {
    const { events, next } = following(connect(proxy), maps());
    await next(synced);
    await map('before-cut');
    await next(named('added', 'before-cut'));
    proxy.cut();
    await map('after-cut');
    await next(named('added', 'after-cut'));
    expect(events.filter(synced)).toHaveLength(1);
  });

  it('opens a watch anew that says nothing for too long', async () => {
    let silent = true;
    proxy.fault = ({ url = '' }, response) => {
      if (!silent || !url.includes('watch=1')) return false;
      silent = false;
      // The answer begins, and then nothing comes, as from a machine that is gone.
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      return true;
    };
    const { next } = following(connect(proxy), maps(), { seconds: 1, silence: 200 });
    await next(synced);
    const lost = await next(({ type }) => type === 'lost');
    expect(lost.type === 'lost' && lost.error.message).toContain('nothing came for 1200 ms');
    await map('after-silence');
    await next(named('added', 'after-silence'));
  });

  it('waits as long as the server asks with 429', async () => {
    const times: number[] = [];
    proxy.fault = ({ url = '' }, response) => {
      if (!url.includes('limit=')) return false;
      times.push(performance.now());
      if (times.length > 1) return false;
      response.writeHead(429, { 'retry-after': '1', 'content-type': 'text/plain' }).end('slow down');
      return true;
    };
    const { next } = following(connect(proxy), maps());
    const lost = await next(({ type }) => type === 'lost');
    expect(lost).toMatchObject({ retry: 1_000, error: { code: 'CLUSTER_FAILED', details: { status: 429 } } });
    await next(synced);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('does not ask without end a proxy that cuts each watch at once', async () => {
    proxy.fault = ({ url = '' }, response) => {
      if (!url.includes('watch=1')) return false;
      response.writeHead(200).end();
      return true;
    };
    const { events, next } = following(connect(proxy), maps());
    await next(synced);
    for (let n = 0; n < 3; n += 1) await next(({ type }) => type === 'lost');
    const pauses = events.flatMap((event) => (event.type === 'lost' ? [event.retry] : []));
    expect(pauses.slice(0, 3)).toEqual([100, 200, 400]);
  });

  it('does not list without end at a server that forgets each place at once', async () => {
    proxy.fault = ({ url = '' }, response) => {
      if (!url.includes('watch=1')) return false;
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
      return true;
    };
    const { events, next } = following(connect(proxy), maps());
    for (let n = 0; n < 3; n += 1) await next(({ type }) => type === 'lost');
    const pauses = events.flatMap((event) => (event.type === 'lost' ? [event.retry] : []));
    expect(pauses.slice(0, 3)).toEqual([100, 200, 400]);
    proxy.fault = undefined;
    await next(synced);
    await map('after-storm');
    await next(named('added', 'after-storm'));
  });

  it('lists again where the server has forgotten the place', async () => {
    // A server that never restarted remembers all that was since its store was empty.
    await api.restart(() => compact(api));
    const { events, next } = following(connect(proxy), maps());
    await next(synced);
    let forgot = false;
    proxy.fault = (asked) => {
      if (!forgot && asked.url?.includes('watch=1') === true) {
        // The server is asked for what its store does not have any more, and says so itself.
        asked.url = asked.url.replace(/resourceVersion=\d+/, 'resourceVersion=2');
        forgot = true;
      }
      return false;
    };
    proxy.cut();
    await next(synced);
    expect(forgot).toBe(true);
    const lost = events.flatMap((event) => (event.type === 'lost' ? [event.error.details.status] : []));
    expect(lost).toEqual([0, 410]);
    await map('after-410');
    await next(named('added', 'after-410'));
  });

  it('outlives a restart of the server, and misses nothing', async () => {
    const { next } = following(connect(api), maps());
    await next(synced);
    await api.restart(() => compact(api));
    await map('after-restart');
    await next((event) => named('added', 'after-restart')(event) || named('listed', 'after-restart')(event));
  });

  it('lists again where a list took so long that its moment is forgotten', async () => {
    for (const name of ['p1', 'p2', 'p3']) await map(name);
    await compact(api);
    // A token names the moment of its list; this one names one that the store does not have any more.
    const moment = { v: 'meta.k8s.io/v1', rv: 2, start: 'default/p1\u0000' };
    const old = Buffer.from(JSON.stringify(moment)).toString('base64url');
    const connection = connect(proxy);
    const error = await connection
      .get('configmaps', `/api/v1/configmaps?limit=1&continue=${old}`, end.signal)
      .catch((fault: unknown) => fault);
    expect(faultDetails(error).status).toBe(410);
    let forgot = false;
    proxy.fault = (asked) => {
      if (!forgot && asked.url?.includes('continue=') === true) {
        asked.url = `/api/v1/configmaps?limit=1&continue=${old}`;
        forgot = true;
      }
      return false;
    };
    const { events, next } = following(connection, maps(), { page: 1 });
    const whole = await next(synced);
    expect(forgot).toBe(true);
    // The list began anew, and only the whole one counts.
    const listed = events.filter(({ type }) => type === 'listed').length;
    expect(whole.type === 'synced' && whole.uids.size).toBe(listed - 1);
  });

  it('says what it may not read, and reads it once it may', async () => {
    const { next } = following(connect(proxy), maps());
    await next(synced);
    proxy.fault = ({ url = '' }, response) => {
      if (!url.includes('configmaps')) return false;
      const status = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'configmaps is forbidden' };
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(status));
      return true;
    };
    proxy.cut();
    const lost = await next((event) => event.type === 'lost' && event.error.code === 'CLUSTER_DENIED');
    expect(lost).toMatchObject({ error: { message: expect.stringContaining('configmaps is forbidden') } });
    proxy.fault = undefined;
    await map('after-denied');
    await next(named('added', 'after-denied'));
  });

  it('a kind that comes later is found, and one that is deleted is known to be empty', async () => {
    const widgets: NamedResource = parseResource('widgets.example.com');
    const connection = connect(api);
    expect(await findResource(connection, widgets, end.signal)).toBeUndefined();
    await post(CRDS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
        versions: [
          {
            ...{ name: 'v1', served: true, storage: true },
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    let resource: Resource | undefined;
    while (resource === undefined) {
      await new Promise((done) => setTimeout(done, 100));
      resource = await findResource(connection, widgets, end.signal);
    }
    expect(resource).toEqual({
      ...{ group: 'example.com', version: 'v1', resource: 'widgets', kind: 'Widget', namespaced: true },
    });
    const { next } = following(connection, resource);
    await next(synced);
    // A number that a double cannot hold stays what it is.
    await request(api, 'POST', '/apis/example.com/v1/namespaces/default/widgets', {
      type: 'application/json',
      text: '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":9007199254740993}}',
    });
    const added = await next(named('added', 'w'));
    expect('object' in added && JSON.stringify(added.object)).toContain('"size":9007199254740993');
    await remove(`${CRDS}/widgets.example.com`);
    await next(named('deleted', 'w'));
    const gone = await next(synced);
    expect(gone).toMatchObject({ absent: true });
    expect(gone.type === 'synced' && gone.uids.size).toBe(0);
  });
});

const header = z.object({ header: z.object({ revision: z.string() }) });

/** Takes the past away from the store, as the server does every five minutes. */
async function compact({ store }: ApiServer): Promise<void> {
  const ask = async (path: string, body: unknown) => {
    const answer = await fetch(`${store}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const { revision } = header.parse(
    await ask('kv/range', { key: Buffer.from('none').toString('base64') }),
  ).header;
  await ask('kv/compaction', { revision, physical: true });
}
