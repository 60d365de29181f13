import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OCI_BUNDLE_LAYER, OCI_MANIFEST } from '../../../policy/index.ts';
import { bundleSchema } from '../../bundle-settings.ts';
import { originOf, readPatiently } from './index.ts';
import type { Origin } from './types.ts';

/** What a hostile or broken place does; real ones are asked in tests/interop/server. */
interface Place {
  host: string;
  /** Requests as `GET /path`, and what they said of who asks. */
  asked: { what: string; headers: IncomingMessage['headers'] }[];
}

const running: Server[] = [];
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function place(answer: Answer): Promise<Place> {
  const asked: Place['asked'] = [];
  const server = createServer((request, response) => {
    asked.push({ what: `${request.method} ${request.url?.split('?')[0]}`, headers: request.headers });
    answer(request, response);
  });
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { host: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, asked };
}

const sha = (bytes: string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const BUNDLE = 'the bundle';
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  layers: [{ mediaType: OCI_BUNDLE_LAYER, digest: sha(BUNDLE), size: BUNDLE.length }],
});
const folder = mkdtempSync(join(tmpdir(), 'exhibit-origins-'));
const secrets = (() => {
  const [username_file, password_file] = [join(folder, 'user'), join(folder, 'password')];
  writeFileSync(username_file, 'reader\n');
  writeFileSync(password_file, 'secret\n');
  return { username_file, password_file };
})();
const BASIC = `Basic ${Buffer.from('reader:secret').toString('base64')}`;

const ociAt = (host: string, more: Record<string, unknown> = {}): Origin =>
  originOf(
    bundleSchema.parse({
      name: 'main',
      keys: ['k'],
      oci: { reference: `${host}/acme/policies:1`, insecure: true, ...secrets, ...more },
    }),
  );
const s3At = (host: string): Origin =>
  originOf(
    bundleSchema.parse({
      name: 'main',
      keys: ['k'],
      s3: { bucket: 'acme', key: 'one', region: 'eu-west-1', endpoint: `http://${host}`, path_style: true },
    }),
  );
const httpAt = (host: string, more: Record<string, unknown> = {}): Origin =>
  originOf(
    bundleSchema.parse({ name: 'main', keys: ['k'], http: { url: `http://${host}/bundles/main`, ...more } }),
  );
const read = (origin: Origin, since?: string, limits: { bytes?: number; seconds?: number } = {}) =>
  readPatiently(
    origin,
    since,
    { bytes: 1_000, seconds: 20, jitter: () => 0, pause: 1, ...limits },
    new AbortController().signal,
  );

/** A registry that does as it should, but for what a test wants otherwise. */
const registry =
  (otherwise: Answer = () => {}): Answer =>
  (request, response) => {
    otherwise(request, response);
    if (response.headersSent) return;
    if (request.url?.includes('/manifests/')) {
      response.setHeader('docker-content-digest', sha(MANIFEST));
      response.end(request.method === 'HEAD' ? undefined : MANIFEST);
    } else response.end(BUNDLE);
  };

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AK');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SK');
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const both: [string, (host: string) => Origin][] = [
  ['S3', s3At],
  ['a registry', ociAt],
  ['a server', httpAt],
];
describe.each(both)('%s', (_, at) => {
  it('is asked again in a moment when it fails, and no more than three times', async () => {
    let failures = 2;
    const good = registry();
    const { host, asked } = await place((request, response) => {
      if (failures === 0) return good(request, response);
      failures -= 1;
      response.writeHead(503).end();
    });
    expect(await read(at(host))).toMatchObject({ bytes: Buffer.from(BUNDLE) });
    failures = 10;
    asked.length = 0;
    await expect(read(at(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('503'),
    });
    expect(asked).toHaveLength(3);
  });

  it('that denies access, or has nothing, is not asked again', async () => {
    for (const [status, code] of [
      [403, 'BUNDLE_ORIGIN'],
      [404, 'NOT_FOUND'],
    ] as const) {
      const { host, asked } = await place((_request, response) => void response.writeHead(status).end());
      await expect(read(at(host))).rejects.toMatchObject({ code, hint: expect.any(String) });
      expect(asked).toHaveLength(1);
    }
  });

  it('that is silent is given up after the time of a try', async () => {
    const { host } = await place(() => {});
    await expect(read(at(host), undefined, { seconds: 0.05 })).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('longer than 0.05 s'),
    });
  });

  it('that sends without end is cut off at the limit', async () => {
    const endless = (response: ServerResponse) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', more);
      };
      more();
    };
    const { host } = await place(
      registry((request, response) => {
        if (!request.url?.includes('/manifests/')) endless(response);
      }),
    );
    await expect(read(at(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('longer than 1000 bytes'),
      hint: expect.stringContaining('limits.bundle_bytes'),
    });
  });

  it('nobody listens there: that is said, with the code of the system', async () => {
    const { host } = await place(() => {});
    for (const server of running.splice(0)) await new Promise((resolve) => server.close(resolve));
    await expect(read(at(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('the end of the server ends a reading', async () => {
    const end = new AbortController();
    const { host } = await place(() => end.abort());
    const patience = { bytes: 1_000, seconds: 20, jitter: () => 0 };
    await expect(readPatiently(at(host), undefined, patience, end.signal)).rejects.toThrow();
  });
});

describe('an object', () => {
  it('that did not change is not sent again', async () => {
    const { host, asked } = await place((request, response) => {
      const same = request.headers['if-none-match'] === '"one"';
      response.writeHead(same ? 304 : 200, { etag: '"one"' }).end(same ? undefined : BUNDLE);
    });
    expect(await read(s3At(host))).toMatchObject({ tag: '"one"' });
    expect(await read(s3At(host), '"one"')).toBe('unchanged');
    expect(asked.map(({ what }) => what)).toEqual(['GET /acme/one', 'GET /acme/one']);
  });

  it('is not asked for without credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    const { host, asked } = await place(() => {});
    await expect(read(s3At(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('no credentials'),
    });
    expect(asked).toEqual([]);
  });

  it('of a bucket in another region says so', async () => {
    const { host } = await place((_request, response) => void response.writeHead(301).end());
    await expect(read(s3At(host))).rejects.toMatchObject({ hint: expect.stringContaining('s3.region') });
  });
});

describe('a bundle of a server', () => {
  it('is asked for with the token, and waited for where there is one already', async () => {
    const { host, asked } = await place((request, response) => {
      const same = request.headers['if-none-match'] === '"one"';
      response.writeHead(same ? 304 : 200, { etag: '"one"' }).end(same ? undefined : BUNDLE);
    });
    const origin = httpAt(host, { token_file: secrets.password_file, wait_seconds: 7 });
    expect(await read(origin)).toEqual({ bytes: Buffer.from(BUNDLE), tag: '"one"' });
    expect(await read(origin, '"one"')).toBe('unchanged');
    expect(asked.map(({ headers }) => [headers.authorization, headers.prefer])).toEqual([
      ['Bearer secret', undefined],
      ['Bearer secret', 'modes=snapshot;wait=7'],
    ]);
  });

  it('is not followed to another place, whither the token would go', async () => {
    const other = await place((_request, response) => void response.end(BUNDLE));
    const { host } = await place((_request, response) => {
      response.writeHead(302, { location: `http://${other.host}/bundles/main` }).end();
    });
    await expect(read(httpAt(host, { token_file: secrets.password_file }))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('not followed'),
    });
    expect(other.asked).toEqual([]);
  });

  it('is not asked for while the token is missing', async () => {
    const { host, asked } = await place((_request, response) => void response.end(BUNDLE));
    await expect(read(httpAt(host, { token_file: join(folder, 'none') }))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining('no token'),
    });
    expect(asked).toEqual([]);
  });

  it('a server that says "not changed" of nothing that was had gave no bundle', async () => {
    const { host } = await place((_request, response) => void response.writeHead(304).end());
    await expect(read(httpAt(host))).rejects.toMatchObject({ code: 'BUNDLE_ORIGIN' });
  });
});

describe('an artefact', () => {
  it('that did not change is asked for by its head alone', async () => {
    const { host, asked } = await place(registry());
    expect(await read(ociAt(host))).toEqual({ bytes: Buffer.from(BUNDLE), tag: sha(MANIFEST) });
    asked.length = 0;
    expect(await read(ociAt(host), sha(MANIFEST))).toBe('unchanged');
    expect(asked.map(({ what }) => what)).toEqual(['HEAD /v2/acme/policies/manifests/1']);
  });

  it('whose manifest or blob is another than its digest names is refused', async () => {
    const { host } = await place(
      registry((request, response) => {
        if (request.url?.includes('/blobs/')) response.end('another bundle');
      }),
    );
    await expect(read(ociAt(host))).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('another blob'),
    });
    await expect(
      read(ociAt(host, { reference: `${host}/acme/policies@${sha('another')}` })),
    ).rejects.toMatchObject({ code: 'BUNDLE_INVALID', message: expect.stringContaining('another manifest') });
  });

  it.each([
    ['an index', JSON.stringify({ schemaVersion: 2, manifests: [] })],
    ['no JSON', '<html>'],
    ['no bundle', JSON.stringify({ schemaVersion: 2, layers: [] })],
    [
      'a digest that is a path',
      JSON.stringify({
        schemaVersion: 2,
        layers: [{ mediaType: OCI_BUNDLE_LAYER, digest: 'sha256:../../x', size: 1 }],
      }),
    ],
  ])('with %s is refused', async (_, manifest) => {
    const { host, asked } = await place((_request, response) => void response.end(manifest));
    await expect(read(ociAt(host))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    expect(asked).toHaveLength(1);
  });

  it('that is announced as longer than the limit is not asked for', async () => {
    const { host, asked } = await place(registry());
    await expect(read(ociAt(host), undefined, { bytes: BUNDLE.length - 1 })).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
    });
    expect(asked.map(({ what }) => what)).toEqual(['GET /v2/acme/policies/manifests/1']);
  });
});

describe('credentials of a registry', () => {
  const wants =
    (challenge: string, good: (request: IncomingMessage) => boolean): Answer =>
    (request, response) => {
      if (!good(request)) response.writeHead(401, { 'www-authenticate': challenge }).end();
    };
  const basic = wants('Basic realm="r"', ({ headers }) => headers.authorization === BASIC);

  it('go to it when it asks for them, and not with a redirect to another host', async () => {
    const store = await place((_request, response) => void response.end(BUNDLE));
    const { host, asked } = await place(
      registry((request, response) => {
        basic(request, response);
        if (!response.headersSent && request.url?.includes('/blobs/'))
          response.writeHead(307, { location: `http://${store.host}/blob?signature=x` }).end();
      }),
    );
    expect(await read(ociAt(host))).toMatchObject({ bytes: Buffer.from(BUNDLE) });
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC]);
    expect(store.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it.each([
    ['http://example.com/', 'not https'],
    ['file:///etc/passwd', 'not https'],
  ])('a redirect to %s is not followed', async (location, message) => {
    const { host } = await place((_request, response) => void response.writeHead(302, { location }).end());
    await expect(read(ociAt(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringContaining(message),
    });
  });

  it('redirects that do not end are not followed for ever', async () => {
    const { host, asked } = await place((request, response) => {
      response.writeHead(302, { location: `${request.url}x` }).end();
    });
    await expect(read(ociAt(host))).rejects.toMatchObject({ message: expect.stringContaining('3 times') });
    expect(asked).toHaveLength(4);
  });

  it.each([
    ['in the clear', 'http://example.com/token'],
    ['of no address', 'token'],
    ['of another host', 'https://tokens.example.com/token'],
  ])('are not sent to a place for tokens %s', async (_, realm) => {
    const { host } = await place(wants(`Bearer realm="${realm}",service="s"`, () => false));
    await expect(read(ociAt(host))).rejects.toMatchObject({
      code: 'BUNDLE_ORIGIN',
      message: expect.stringMatching(/place for tokens that is not https|token of tokens\.example\.com/),
    });
  });

  it('a token is asked for a pull of the one repository, and used until the reading ends', async () => {
    const { host, asked } = await place(
      registry((request, response) => {
        const { url = '', headers } = request;
        if (url.startsWith('/token')) response.end('{"access_token": "abc"}');
        else if (headers.authorization !== 'Bearer abc')
          response
            .writeHead(401, {
              'www-authenticate': `Bearer realm="http://${headers.host}/token",service="s",scope="repository:other:push"`,
            })
            .end();
        if (url.startsWith('/token'))
          expect(new URL(url, 'http://x').searchParams.get('scope')).toBe('repository:acme/policies:pull');
      }),
    );
    expect(await read(ociAt(host))).toMatchObject({ bytes: Buffer.from(BUNDLE) });
    expect(asked.map(({ what }) => what)).toEqual([
      'GET /v2/acme/policies/manifests/1',
      'GET /token',
      'GET /v2/acme/policies/manifests/1',
      `GET /v2/acme/policies/blobs/${sha(BUNDLE)}`,
    ]);
  });

  it.each([
    ['no token', '{}'],
    ['a token with a line in it', '{"token": "a\\r\\nx-evil: 1"}'],
    ['no JSON', '<html>'],
  ])('a place for tokens that gives %s is said', async (_, answer) => {
    const { host } = await place((request, response) => {
      if (request.url?.startsWith('/token')) response.end(answer);
      else
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` })
          .end();
    });
    await expect(read(ociAt(host))).rejects.toMatchObject({
      message: expect.stringContaining('gave no token'),
    });
  });

  it('no message shows them', async () => {
    const { host } = await place(wants('Basic realm="r"', () => false));
    const error = await read(ociAt(host)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BUNDLE_ORIGIN' });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toMatch(/secret|cmVhZGVy/);
  });
});
