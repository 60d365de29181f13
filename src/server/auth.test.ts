import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decision } from '../ledger/testing/records.ts';
import type { RecordType } from '../record/index.ts';
import { alternativeNames } from './auth/mtls.ts';
import { newToken } from './index.ts';
import { ROLES, type Role } from './settings.ts';
import { type Harness, harness, lines } from './testing/harness.ts';

let at: Harness;
const NOW = Date.parse('2026-11-25T12:00:00Z');
const random = (length: number) => new Uint8Array(randomBytes(length));
const batch = (emitter: string) => lines([{ ...decision(emitter, NOW), sequence: 0 }]);
const post = (emitter: string, token: string | null) =>
  at.send('/v1/records', { method: 'POST', body: batch(emitter), token });
const codeOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { code?: string; refused?: { code: string }[] }).code,
];

describe('tokens', () => {
  afterEach(() => at.remove());

  it('nothing is open but whether the server lives', async () => {
    at = await harness();
    for (const path of ['/metrics', '/v1/emitters', '/v1/checkpoint', '/bundles/main'])
      expect(await codeOf(await at.send(path, { token: null })), path).toEqual([401, 'AUTH_MISSING']);
    for (const path of ['/v1/records', '/logs', '/status', '/v1/data', '/v1/data/x'])
      expect(await codeOf(await at.send(path, { method: 'POST', body: '{}', token: null })), path).toEqual([
        401,
        'AUTH_MISSING',
      ]);
    expect((await at.send('/healthz', { token: null })).status).toBe(200);
    expect(
      (await at.send('/v1/records', { method: 'POST', body: '{}', token: null })).headers.get(
        'www-authenticate',
      ),
    ).toBe('Bearer realm="exhibit"');
  });

  it('that are unknown, expired or malformed are refused', async () => {
    const old = newToken(random);
    at = await harness({
      auth: {
        tokens: [
          {
            name: 'old',
            hash: old.hash,
            roles: ['emitter'],
            emitters: ['ci/shop'],
            expires: '2026-01-01T00:00:00Z',
          },
        ],
      },
    });
    expect(await codeOf(await post('ci/shop', newToken(random).token))).toEqual([401, 'AUTH_INVALID']);
    const expired = await post('ci/shop', old.token);
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await codeOf(expired)).toEqual([401, 'AUTH_INVALID']);
    expect(
      await codeOf(await at.send('/v1/emitters', { token: null, headers: { authorization: 'Basic eDp5' } })),
    ).toEqual([401, 'AUTH_INVALID']);
  });

  it('let each role do what is its own, and an emitter send only under its name', async () => {
    at = await harness();
    expect((await post('ci/shop', at.tokens.emitter)).status).toBe(200);
    const forged = await post('ci/other', at.tokens.emitter);
    expect([forged.status, await forged.json()]).toMatchObject([
      422,
      { accepted: 0, refused: [{ line: 1, code: 'AUTH_DENIED' }] },
    ]);
    expect(await codeOf(await at.send('/metrics'))).toEqual([403, 'AUTH_DENIED']);
    expect((await at.send('/metrics', { token: at.tokens.engineer })).status).toBe(200);
    expect(await codeOf(await post('ci/shop', at.tokens.auditor))).toEqual([403, 'AUTH_DENIED']);
    expect((await at.send('/v1/checkpoint', { token: at.tokens.auditor })).status).toBe(200);
  });

  it('do not let anyone send what only the ledger makes', async () => {
    at = await harness();
    const forged = ['manifest', 'key', 'tombstone'].map((record_type, sequence) => ({
      ...decision('ci/shop', NOW),
      record_type,
      sequence,
      details: {},
    }));
    const response = await at.send('/v1/records', { method: 'POST', body: lines(forged) });
    expect(await response.json()).toMatchObject({
      accepted: 0,
      refused: forged.map((_, line) => ({ line: line + 1, code: 'AUTH_DENIED' })),
    });
    const own = await post('exhibit.ledger', at.tokens.emitter);
    expect(own.status).toBe(422);
  });

  it('and under the names that Exhibit writes under where the log lies nobody sends, whatever his globs say', async () => {
    const all = newToken(random);
    at = await harness({
      auth: { tokens: [{ name: 'all', hash: all.hash, roles: ['emitter'], emitters: ['**'] }] },
    });
    expect((await post('ci/any', all.token)).status).toBe(200);
    for (const name of ['exhibit-drill', 'exhibit-lake', 'Exhibit-Drill', '\uff45xhibit-lake']) {
      const response = await post(name, all.token);
      const { accepted, refused } = (await response.json()) as { accepted: number; refused: object[] };
      expect([name, response.status, accepted, refused]).toMatchObject([
        name,
        422,
        0,
        [{ line: 1, code: 'AUTH_DENIED' }],
      ]);
    }
  });

  it('and names do not come into the log or the messages', async () => {
    at = await harness();
    await post('ci/shop', at.tokens.emitter);
    await post('ci/other', at.tokens.emitter);
    await post('ci/shop', `${at.tokens.emitter}x`);
    const said = JSON.stringify([await at.records(), at.log]);
    expect(said).not.toContain(at.tokens.emitter);
    expect(said).not.toContain('"name":"emitter"');
  });
});

/** What each role may send and ask, as docs/how-to/run-the-server.md has it. */
const SENDS: Readonly<Record<Role, readonly RecordType[]>> = {
  emitter: ['decision', 'run', 'gap', 'heartbeat', 'finding', 'response', 'bundle_state', 'attestation'],
  engineer: ['override', 'policy'],
  approver: ['approval', 'manual'],
  auditor: [],
  administrator: [],
};
const SENT = ROLES.flatMap((role) => SENDS[role]);
const ASKS: readonly [method: string, path: string, roles: readonly Role[]][] = [
  ['GET', '/metrics', ['engineer']],
  ['GET', '/v1/emitters', ['engineer', 'auditor']],
  ['GET', '/v1/checkpoint', ['engineer', 'auditor']],
  ['POST', '/v1/records', ['emitter', 'engineer', 'approver']],
  ['PUT', `/v1/blobs/sha256:${'0'.repeat(64)}`, ['emitter', 'engineer', 'approver']],
  ['POST', '/v1/data/x', ['emitter', 'engineer']],
  ['POST', '/logs', ['emitter']],
  ['POST', '/status', ['emitter']],
  ['GET', '/bundles/main', ROLES],
];

describe.each(ROLES)('the role %s', (role) => {
  const own = newToken(random);
  beforeEach(async () => {
    const token = { name: 'own', hash: own.hash, roles: [role], emitters: ['ci/own'] };
    at = await harness({ auth: { tokens: [token] } });
  });
  afterEach(() => at.remove());

  it('sends the types of records that are its own', async () => {
    const digest = `sha256:${'a1'.repeat(32)}`;
    const more = {
      override_id: 'o',
      override_digest: digest,
      control_map_digest: digest,
      run_total: 1,
      details: {},
    };
    const records = SENT.map((record_type, sequence) => ({
      ...decision('ci/own', NOW, { record_type, ...more }),
      sequence,
    }));
    const response = await at.send('/v1/records', { method: 'POST', body: lines(records), token: own.token });
    const answer = (await response.json()) as { refused?: { line: number; code: string }[] };
    const denied = new Set(answer.refused?.map(({ line }) => line) ?? SENT.map((_, at) => at + 1));
    const may = role === 'administrator' ? SENT : SENDS[role];
    expect(SENT.filter((_, at) => !denied.has(at + 1))).toEqual(may);
    expect(new Set(answer.refused?.map(({ code }) => code))).toEqual(
      new Set(may.length === SENT.length || answer.refused === undefined ? [] : ['AUTH_DENIED']),
    );
  });

  it('asks what is its own', async () => {
    const allowed = [];
    for (const [method, path, roles] of ASKS) {
      const body = method === 'GET' ? {} : { body: '{}' };
      const { status } = await at.send(path, { method, ...body, token: own.token });
      expect(status, path).not.toBe(401);
      if (status !== 403) allowed.push(path);
      expect([path, status !== 403]).toEqual([path, role === 'administrator' || roles.includes(role)]);
    }
    expect(allowed).toContain('/bundles/main');
  });
});

describe('OIDC', () => {
  let issuer: Server;
  let url: string;
  let keys: {
    kid: string;
    privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
    jwk: object;
  }[];
  let fetched: string[];
  /** What the issuer answers in place of its keys, or of what it says of itself. */
  let instead: Record<string, (response: ServerResponse) => void>;

  const newKey = async (kid: string, alg = 'RS256') => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
  };
  beforeEach(async () => {
    keys = [await newKey('one')];
    fetched = [];
    instead = {};
    issuer = createServer((request, response) => {
      fetched.push(request.url ?? '');
      const other = instead[request.url ?? ''];
      if (other !== undefined) return other(response);
      const body =
        request.url === '/.well-known/openid-configuration'
          ? { issuer: url, jwks_uri: `${url}/keys` }
          : { keys: keys.map(({ jwk }) => jwk) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    at = await harness({
      auth: {
        oidc: [
          {
            issuer: url,
            audience: 'exhibit',
            grants: [
              {
                // As GitHub Actions says for whom a token is.
                claims: { repository: 'acme/*', ref: 'refs/heads/main' },
                roles: ['emitter'],
                emitters: ['ci/shop'],
              },
            ],
          },
        ],
      },
    });
  });
  afterEach(async () => {
    await at.remove();
    issuer.closeAllConnections();
    await new Promise((resolve) => issuer.close(resolve));
  });

  interface Claims {
    iss?: string;
    aud?: string;
    exp?: number;
    repository?: string;
    ref?: string;
  }
  const token = async (claims: Claims = {}, key = keys[0]) => {
    if (key === undefined) throw new Error('no key');
    const { iss = url, aud = 'exhibit', exp = Math.floor(Date.now() / 1000) + 600, ...rest } = claims;
    return new SignJWT({ repository: 'acme/shop', ref: 'refs/heads/main', ...rest })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .setIssuer(iss)
      .setAudience(aud)
      .setSubject('repo:acme/shop:ref:refs/heads/main')
      .setExpirationTime(exp)
      .sign(key.privateKey);
  };

  it('a token of a configured issuer, whose claims match, sends; the issuer stands on the record', async () => {
    expect((await post('ci/shop', await token())).status).toBe(200);
    expect(fetched).toEqual(['/.well-known/openid-configuration', '/keys']);
    const record = (await at.records()).find(({ record_type }) => record_type === 'decision');
    expect(record).toMatchObject({ actor_verified_by: url, actor: expect.stringMatching(/^actor:/) });
    expect(JSON.stringify(record)).not.toContain('repo:acme');
  });

  it.each<[string, Claims, number, string]>([
    ['expired', { exp: Math.floor(Date.now() / 1000) - 3600 }, 401, 'AUTH_INVALID'],
    ['for another audience', { aud: 'somebody-else' }, 401, 'AUTH_INVALID'],
    ['of another issuer', { iss: 'https://example.com' }, 401, 'AUTH_INVALID'],
    ['of another repository', { repository: 'evil/shop' }, 403, 'AUTH_DENIED'],
    ['of another branch', { ref: 'refs/heads/feature' }, 403, 'AUTH_DENIED'],
  ])('one that is %s is refused', async (_, claims, status, code) => {
    expect(await codeOf(await post('ci/shop', await token(claims)))).toEqual([status, code]);
  });

  it('one that is signed with another key, with none, or with the public key as a secret is refused', async () => {
    const stranger = await newKey('one');
    expect(await codeOf(await post('ci/shop', await token({}, stranger)))).toEqual([401, 'AUTH_INVALID']);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(Date.now() / 1000) + 600;
    const body = part({
      iss: url,
      aud: 'exhibit',
      sub: 's',
      exp,
      repository: 'acme/shop',
      ref: 'refs/heads/main',
    });
    const none = `${part({ alg: 'none' })}.${body}.AA`;
    expect(await codeOf(await post('ci/shop', none))).toEqual([401, 'AUTH_INVALID']);
    const secret = new TextEncoder().encode(JSON.stringify(keys[0]?.jwk));
    const confused = await new SignJWT({ repository: 'acme/shop', ref: 'refs/heads/main' })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setIssuer(url)
      .setAudience('exhibit')
      .setSubject('s')
      .setExpirationTime(exp)
      .sign(secret);
    expect(await codeOf(await post('ci/shop', confused))).toEqual([401, 'AUTH_INVALID']);
  });

  it.each<[string, string, (response: ServerResponse) => void]>([
    ['keys that it cannot give now', '/keys', (response) => response.writeHead(500).end('{}')],
    [
      'keys at another place, which somebody on the way may have named',
      '/keys',
      (response) => response.writeHead(302, { location: '/other' }).end(),
    ],
    ['keys that are no JSON', '/keys', (response) => response.end('<html>')],
    ['keys that are none', '/keys', (response) => response.end('{"keys": 1}')],
    [
      'keys without an end',
      '/keys',
      (response) => {
        const more = () => {
          while (response.write(Buffer.alloc(65_536, ' ')));
        };
        response.on('drain', more);
        more();
      },
    ],
    [
      'a place of its keys that is not https',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: url, jwks_uri: 'http://example.com/keys' })),
    ],
    [
      'a place of its keys on this disk',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: url, jwks_uri: 'file:///etc/hostname' })),
    ],
    [
      'the name of another issuer',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: `${url}/`, jwks_uri: `${url}/keys` })),
    ],
  ])(
    'an issuer that gives %s: nobody is let in, and a good token may come again',
    async (_, path, answer) => {
      instead = { [path]: answer };
      expect(await codeOf(await post('ci/shop', await token()))).toEqual([503, 'SERVER_BUSY']);
      expect(fetched).not.toContain('/other');
      instead = {};
      expect((await post('ci/shop', await token())).status).toBe(200);
    },
  );

  it('many tokens ask an issuer that does not answer once', async () => {
    instead = {
      '/.well-known/openid-configuration': (response) => void setTimeout(() => response.destroy(), 300),
    };
    const one = await token();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('ci/shop', one)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(fetched).toEqual(['/.well-known/openid-configuration']);
  });

  it('keys are fetched again when the issuer rotates them', async () => {
    expect((await post('ci/shop', await token())).status).toBe(200);
    const two = await newKey('two');
    keys = [two];
    expect((await post('ci/shop', await token({}, two))).status).toBe(200);
  });
});

describe('names in a certificate', () => {
  it('are taken apart only where no name can pretend to be two', () => {
    expect(alternativeNames('URI:spiffe://acme/opa, DNS:opa.acme')).toEqual([
      'URI:spiffe://acme/opa',
      'DNS:opa.acme',
    ]);
    expect(alternativeNames('DNS:"a, URI:spiffe://acme/opa, b"')).toEqual([]);
    expect(alternativeNames(undefined)).toEqual([]);
  });
});
