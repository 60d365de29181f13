import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { openReader } from '../../ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { AZURE_TABLES, AZURE_UNLISTED, GCP_TYPES } from '../../watch/index.ts';
import { findingsSchema } from '../findings/schema.ts';
import { checkSchema } from '../report/schema.ts';
import { Machine } from '../testing/program.ts';
import { libraryBundle } from './testing/library.ts';

const LIBRARY = join(import.meta.dirname, '../../../policies');
const SUBSCRIPTION = '5ad5c4f1-0000-4000-8000-9c2b6d1f7e10';

interface Call {
  url: URL;
  token: string | undefined;
  body: unknown;
}
interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** Answers as a service is documented to, one question after the other. */
class Service {
  readonly calls: Call[] = [];
  readonly #server = createServer(
    (request, response) =>
      void this.#serve(request).then(({ status, headers, body }) => {
        response.writeHead(status ?? 200, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      }),
  );
  readonly #answer: (call: Call, count: number) => Answer;

  constructor(answer: (call: Call, count: number) => Answer) {
    this.#answer = answer;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    let text = '';
    for await (const part of request) text += String(part);
    const call = {
      url: new URL(request.url ?? '/', 'http://service'),
      token: request.headers.authorization,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.calls.push(call);
    return this.#answer(call, this.calls.length);
  }
}

const account = (name: string, allowed?: boolean) => ({
  id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.Storage/storageAccounts/${name}`,
  name,
  type: 'microsoft.storage/storageaccounts',
  location: 'westeurope',
  subscriptionId: SUBSCRIPTION,
  tags: {},
  properties: allowed === undefined ? {} : { allowBlobPublicAccess: allowed },
});
const page = (rows: unknown[], total: number, token?: string) => ({
  totalRecords: total,
  count: rows.length,
  facets: [],
  resultTruncated: 'false',
  data: rows,
  ...(token === undefined ? {} : { $skipToken: token }),
});
const bucket = (name: string, prevention?: string) => ({
  name: `//storage.googleapis.com/${name}`,
  assetType: 'storage.googleapis.com/Bucket',
  ancestors: ['projects/123456789012'],
  updateTime: '2026-11-20T06:12:41.118Z',
  resource: {
    version: 'v1',
    data: {
      name,
      ...(prevention === undefined ? {} : { iamConfiguration: { publicAccessPrevention: prevention } }),
    },
  },
});

describeWithOpa('listings', () => {
  let made: Awaited<ReturnType<typeof libraryBundle>>;
  let service: Service | undefined;
  beforeAll(async () => {
    made = await libraryBundle(
      ['data/bucket-not-public', 'data/db-encrypted-at-rest'],
      Date.parse('2026-11-01T00:00:00Z') / 1_000,
    );
  }, 60_000);
  afterEach(() => service?.stop());

  const machine = async () => {
    const own = new Machine('2026-11-20T12:00:00Z');
    own.env.EXHIBIT_AZURE_TOKEN = 'token-of-azure';
    own.env.EXHIBIT_GCP_TOKEN = 'token-of-google';
    writeFileSync(join(own.folder, 'bundle.tar.gz'), made.bundle);
    writeFileSync(join(own.folder, 'bundle.pub.pem'), made.key);
    expect((await own.run('ledger', 'init', 'evidence')).code).toBe(0);
    const judge = async (...args: string[]) => {
      const ended = await own.run(
        ...['inventory', ...args, '--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem'],
        ...['--evidence', 'evidence', '--emitter', 'inventory@prod', '-o', 'json'],
      );
      const { results } = ended.stdout === '' ? { results: [] } : checkSchema.parse(JSON.parse(ended.stdout));
      return {
        ...ended,
        verdicts: Object.fromEntries(
          results
            .filter(({ subject }) => ['storage_account', 'bucket', 'database'].includes(subject.type))
            .map(({ policy_id, subject, verdict }) => [`${policy_id} ${subject.name}`, verdict]),
        ),
        unread: results
          .filter(({ subject }) => /^(azure|gcp)\//.test(subject.id))
          .map(({ subject, verdict }) => [subject.id, verdict]),
      };
    };
    return { own, judge };
  };
  const serve = async (answer: (call: Call, count: number) => Answer) => {
    service = new Service(answer);
    return service.start();
  };

  it('of Azure are asked for page by page, as often as the service wants, and judged', async () => {
    const { own, judge } = await machine();
    const first = Array.from({ length: 1_000 }, (_, i) => account(`a${String(i).padStart(3, '0')}`, false));
    const endpoint = await serve((_, count) =>
      count === 1
        ? { status: 429, headers: { 'retry-after': '0' }, body: { error: { code: 'RateLimiting' } } }
        : count === 2
          ? { body: page(first, 1_003, 'next') }
          : { body: page([account('open', true), account('silent'), account('shut', false)], 1_003) },
    );
    const ended = await judge(
      ...['--azure', SUBSCRIPTION, '--type', 'Microsoft.Storage/storageAccounts', '--endpoint', endpoint],
    );
    const { calls = [] } = service ?? {};
    expect(calls.map(({ token }) => token)).toEqual(Array(3).fill('Bearer token-of-azure'));
    expect(calls[2]?.url.href).toMatch(
      /\/providers\/Microsoft\.ResourceGraph\/resources\?api-version=[\d-]+$/,
    );
    expect(calls[2]?.body).toMatchObject({
      subscriptions: [SUBSCRIPTION],
      query: expect.stringMatching(
        /^resources \| where type in~ \('Microsoft\.Storage\/storageAccounts'\) \|/,
      ),
      options: { $skipToken: 'next', resultFormat: 'objectArray' },
    });
    expect(Object.keys(ended.verdicts)).toHaveLength(1_003);
    expect(ended.verdicts).toMatchObject({
      'bucket-not-public a999': 'pass',
      'bucket-not-public open': 'fail',
      'bucket-not-public silent': 'not_evaluated',
      'bucket-not-public shut': 'pass',
    });
    expect(ended.unread).toEqual([]);
    const { stdout } = await own.run('findings', 'list', '--evidence', 'evidence', '-o', 'json');
    expect(findingsSchema.parse(JSON.parse(stdout)).findings).toHaveLength(1);
    expect(ended.stdout + ended.stderr).not.toContain('token-of');
  }, 60_000);

  it('of Azure that are cut, refused or of another form are not evaluated, and what was seen is judged', async () => {
    const { judge } = await machine();
    const args = ['--azure', SUBSCRIPTION, '--type', 'Microsoft.Storage/storageAccounts'];
    const seen = account('shut', false);
    for (const [answer, said] of [
      [{ body: { ...page([seen], 1), resultTruncated: 'true' } }, 'was cut: it shows 1 of 1'],
      [{ body: page([seen], 7) }, 'was cut: it shows 1 of 7'],
      [
        { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no right' } } },
        '403: Authoriz',
      ],
      [{ body: { value: [] } }, 'another form'],
      [{ body: '<html>' }, 'is not JSON'],
    ] as const) {
      const ended = await judge(...args, '--endpoint', await serve(() => answer));
      service?.stop();
      expect(ended.code).toBe(3);
      expect(ended.unread).toEqual([[`azure/${SUBSCRIPTION}/resources`, 'not_evaluated']]);
      expect(ended.stdout).toContain(said);
    }
    const again = await judge(...args, '--endpoint', await serve(() => ({ body: page([seen], 3, 'same') })));
    expect(again.code).toBe(3);
    expect(again.stdout).toContain('the same page again');
    expect((await judge('--azure', "x' or true", '--endpoint', 'http://127.0.0.1:1')).code).toBe(2);
    expect((await judge('--azure', SUBSCRIPTION, '--gcp', 'projects/shop')).code).toBe(2);
  }, 60_000);

  it('of Azure do not say that a database is encrypted, nor that it is not', async () => {
    const { own, judge } = await machine();
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.Sql/servers/s/databases/orders`;
    const database = {
      id,
      name: 'orders',
      type: 'microsoft.sql/servers/databases',
      properties: { status: 'Online' },
    };
    const switched = (state: string) => ({
      // The case of ids differs from table to table.
      id: `${id.toUpperCase()}/transparentDataEncryption/current`,
      name: 'current',
      type: 'Microsoft.Sql/servers/databases/transparentDataEncryption',
      properties: { state },
    });
    const of = async (...rows: unknown[]) => {
      writeFileSync(join(own.folder, 'rows.json'), JSON.stringify(rows));
      return (await judge('rows.json')).verdicts['db-encrypted-at-rest orders'];
    };
    expect(await of(database)).toBe('not_evaluated');
    expect(await of(database, switched('Enabled'))).toBe('pass');
    expect(await of(database, switched('Disabled'))).toBe('fail');
  }, 60_000);

  it('of Google Cloud are asked for page by page, each of one moment, and judged', async () => {
    const { judge } = await machine();
    const endpoint = await serve(({ url }) => {
      const type = url.searchParams.get('assetTypes');
      if (type !== 'storage.googleapis.com/Bucket')
        return {
          status: 400,
          body: { error: { code: 400, message: 'no such type', status: 'INVALID_ARGUMENT' } },
        };
      return url.searchParams.get('pageToken') === null
        ? {
            body: {
              readTime: '2026-11-20T11:59:00Z',
              assets: [bucket('shut', 'enforced')],
              nextPageToken: 'p2',
            },
          }
        : {
            body: {
              readTime: '2026-11-20T11:59:00Z',
              assets: [bucket('open', 'inherited'), bucket('silent')],
            },
          };
    });
    const ended = await judge(
      ...[
        '--gcp',
        'projects/shop',
        '--type',
        'storage.googleapis.com/Bucket',
        '--type',
        'redis.googleapis.com/Nothing',
      ],
      ...['--endpoint', endpoint],
    );
    const [first, second] = service?.calls ?? [];
    expect(first?.token).toBe('Bearer token-of-google');
    expect(first?.url.pathname).toBe('/v1/projects/shop/assets');
    expect(first?.url.searchParams.get('contentType')).toBe('RESOURCE');
    expect(second?.url.searchParams.get('readTime')).toBe('2026-11-20T11:59:00Z');
    expect(ended.verdicts).toMatchObject({
      'bucket-not-public shut': 'pass',
      'bucket-not-public open': 'fail',
      'bucket-not-public silent': 'not_evaluated',
    });
    expect(ended.unread).toEqual([['gcp/projects/shop/redis.googleapis.com/Nothing', 'not_evaluated']]);
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain('token-of');
    expect((await judge('--gcp', 'shop')).code).toBe(2);
  }, 60_000);

  it('of Google Cloud are read from files: what gcloud prints, and exports', async () => {
    const { own, judge } = await machine();
    const { name, assetType: asset_type, resource } = bucket('exported', 'enforced');
    writeFileSync(join(own.folder, 'assets.json'), JSON.stringify([bucket('listed', 'inherited')]));
    writeFileSync(join(own.folder, 'export.ndjson'), `${JSON.stringify({ name, asset_type, resource })}\n`);
    const ended = await judge('assets.json', 'export.ndjson');
    expect(ended.verdicts).toMatchObject({
      'bucket-not-public listed': 'fail',
      'bucket-not-public exported': 'pass',
    });
    writeFileSync(
      join(own.folder, 'names.json'),
      JSON.stringify([{ ...bucket('bare'), resource: undefined }]),
    );
    const bare = await judge('names.json');
    expect(bare.code).toBe(3);
    expect(bare.verdicts['bucket-not-public bare']).toBe('not_evaluated');
  }, 60_000);
});

describeWithOpa('what passed in one inventory and fails in the next', () => {
  const S = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.Storage/storageAccounts/logs`;
  const item = (encrypted: boolean, at: string) => ({
    configurationItemVersion: '1.3',
    configurationItemCaptureTime: at,
    configurationItemStatus: 'OK',
    ARN: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    awsAccountId: '111122223333',
    awsRegion: 'eu-west-1',
    resourceType: 'AWS::RDS::DBInstance',
    resourceId: 'db-1',
    resourceName: 'orders',
    tags: {},
    configuration: { storageEncrypted: encrypted, engine: 'postgres' },
  });

  it.each([
    [
      'AWS Config',
      { configurationItems: [item(true, '2026-11-20T06:00:00.000Z')] },
      { configurationItems: [item(false, '2026-11-21T06:00:00.000Z')] },
      { path: '/configuration/storageEncrypted', before: true, after: false },
    ],
    [
      'Azure',
      { data: [account('logs', false)], count: 1 },
      // Of another table, so in another case.
      { data: [account('other', false), { ...account('logs', true), id: S.toLowerCase() }], count: 2 },
      { path: '/properties/allowBlobPublicAccess', before: false, after: true },
    ],
    [
      'Google Cloud',
      [bucket('invoices', 'enforced')],
      [{ ...bucket('invoices', 'inherited'), updateTime: '2026-11-21T06:12:41.118Z' }],
      {
        path: '/resource/data/iamConfiguration/publicAccessPrevention',
        before: 'enforced',
        after: 'inherited',
      },
    ],
  ])(
    'names the record of the pass and the field that changed: %s',
    { timeout: 60_000 },
    async (_, first, then, change) => {
      const { bundle, key } = await libraryBundle(
        ['data/bucket-not-public', 'data/db-encrypted-at-rest'],
        Date.parse('2026-11-01T00:00:00Z') / 1_000,
      );
      const own = new Machine('2026-11-20T12:00:00Z');
      writeFileSync(join(own.folder, 'bundle.tar.gz'), bundle);
      writeFileSync(join(own.folder, 'bundle.pub.pem'), key);
      expect((await own.run('ledger', 'init', 'evidence')).code).toBe(0);
      const judged = async (value: unknown, time: string) => {
        own.at(time);
        writeFileSync(join(own.folder, 'inventory.json'), JSON.stringify(value));
        const keys = ['--bundle', 'bundle.tar.gz', '--bundle-key', 'bundle.pub.pem'];
        await own.run('inventory', 'inventory.json', ...keys, '--evidence', 'evidence');
      };
      await judged(first, '2026-11-20T12:00:00Z');
      await judged(then, '2026-11-21T12:00:00Z');
      await judged(then, '2026-11-22T12:00:00Z');
      const reader = await openReader(join(own.folder, 'evidence'));
      const records: EvidenceRecord[] = [];
      for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
        records.push(parseRecord(bytes));
      await reader.close();
      const decisions = records.filter(({ record_type }) => record_type === 'decision');
      const fails = decisions.filter(({ verdict }) => verdict === 'fail');
      const passed = decisions.find(
        ({ verdict, subject_id }) => verdict === 'pass' && subject_id === fails[0]?.subject_id,
      );
      expect(fails).toHaveLength(2);
      expect(fails[0]?.details?.drift).toMatchObject({
        before: passed?.record_id,
        layer: 'runtime',
        changed: expect.arrayContaining([change]),
      });
      // What failed before and fails still has drifted once.
      expect(fails[1]?.details?.drift).toBeUndefined();
    },
  );
});

describe('types that are asked for', () => {
  const read = (name: string) => readFileSync(join(LIBRARY, 'lib/resources', name), 'utf8');

  it('are those of Azure that the library names, as far as Resource Graph has them', () => {
    const named = new Set(read('arm_types.rego').match(/Microsoft\.[A-Za-z]+(?:\/[A-Za-z]+)+/g));
    expect([...Object.values(AZURE_TABLES).flat(), ...AZURE_UNLISTED].sort()).toEqual([...named].sort());
  });

  it('are those of Google Cloud that the library and its policies name', () => {
    const named = new Set(read('gcp_assets_types.rego').match(/[a-z]+\.googleapis\.com\/[A-Za-z]+/g));
    expect([...GCP_TYPES].filter((type) => type !== 'dns.googleapis.com/ManagedZone')).toEqual(
      [...named].sort(),
    );
  });
});
