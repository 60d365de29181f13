import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decision } from '../../ledger/testing/records.ts';
import { type Harness, harness } from '../../server/testing/harness.ts';
import type { Context } from '../context.ts';
import { main } from '../main.ts';
import { sendSpool } from './remote.ts';
import { Spool } from './spool.ts';
import { spoolName } from './spool-folders.ts';
import { tokenFor } from './token.ts';

const state = () => mkdtempSync(join(tmpdir(), 'exhibit-spool-'));
const record = (emitter: string, sequence: number) => ({ ...decision(emitter, Date.now()), sequence });
const contextOf = (env: Context['env']): Context & { said: () => string } => {
  let said = '';
  const sink = {
    write: (text: string) => {
      said += text;
    },
    isTTY: false,
    columns: 80,
  };
  return {
    env,
    cwd: tmpdir(),
    clock: Date.now,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink,
    stderr: sink,
    said: () => said,
  };
};

describe('the spool', () => {
  const url = 'https://evidence.example.com:8420';

  it('is readable after a process was killed while it took a run away, and forgets what it had begun', () => {
    const env = { EXHIBIT_STATE: state() };
    const spool = new Spool(url, env);
    for (const run of ['0a', '0b']) spool.put(run, [{ run }], new Map());
    const [first = ''] = spool.waiting();
    // What is left of a run that was going: a part of its files, under the name that it goes by.
    spool.done(first);
    mkdirSync(join(spool.folder, '.0a.done', 'blobs'), { recursive: true });
    mkdirSync(join(spool.folder, '.0c.99999', 'blobs'), { recursive: true });
    expect(spool.waiting().map((folder) => basename(folder))).toEqual(['0b']);
    expect(readFileSync(join(spool.folder, '0b', 'records.ndjson'), 'utf8')).toBe('{"run":"0b"}\n');
    for (const name of ['.0a.done', '.0c.99999']) utimesSync(join(spool.folder, name), 1, 1);
    spool.put('0d', [], new Map());
    expect(readdirSync(spool.folder).sort()).toEqual(['.url', '0b', '0d']);
  });

  it.each([
    ['https://evidence.example.com:8420', 'evidence.example.com_8420'],
    ['http://127.0.0.1:8420', '127.0.0.1_8420'],
    ['https://Evidence.Example.com', 'evidence.example.com'],
  ])('the folder of %s is %s', (server, name) => expect(spoolName(server)).toBe(name));

  it('no two servers share a folder, and none has one above or beside the spool', () => {
    // A host of dots is one by the rules for URLs.
    const hosts = ['shop_8420', 'shop:8420', '..', '.', '...', '[::1]:8420', '[::18]:420', 'a_b', '[::a]:1'];
    const names = hosts.map((host) => spoolName(`https://${host}`));
    expect(new Set(names).size).toBe(hosts.length);
    for (const name of names) expect(name).toMatch(/^\w[\w.-]*$/);
  });

  it('says where a disk takes nothing, and leaves no part of the run', () => {
    const env = { EXHIBIT_STATE: state() };
    const { folder } = new Spool(url, env);
    mkdirSync(join(folder, '..'), { recursive: true });
    // A file in the place of the folder: each write fails, for whoever runs this.
    writeFileSync(folder, '');
    expect(() => new Spool(url, env).put('0a', [], new Map())).toThrow(
      expect.objectContaining({ code: 'LEDGER_IO' }),
    );
    rmSync(folder);
    expect(new Spool(url, env).count).toBe(0);
  });
});

describe('exhibit spool', () => {
  let at: Harness;
  beforeAll(async () => {
    at = await harness();
  });
  afterAll(() => at.remove());

  it('says what waits, sends it, and sends a token to no server that a checkout names', async () => {
    const env = { EXHIBIT_STATE: state(), EXHIBIT_TOKEN: at.tokens.emitter };
    const spool = new Spool(at.url, env);
    spool.put('0a', [record('ci/shop', 0)], new Map());
    const run = async (...argv: string[]) => {
      const context = contextOf(env);
      return [await main(argv, context), context.said()] as const;
    };
    expect(await run('spool', 'status')).toEqual([0, expect.stringMatching(/127\.0\.0\.1:\d+ +1 +0/)]);
    expect(await run('spool', 'send', 'folder')).toEqual([2, expect.stringContaining('not the URL')]);
    expect(await run('spool', 'send')).toEqual([0, expect.stringContaining('sent 1 run with 1 record')]);
    expect(await run('spool', 'send')).toEqual([0, expect.stringContaining('nothing waits')]);
    expect(existsSync(join(spool.folder, '0a'))).toBe(false);
  });
});

describe('the identity of a pipeline', () => {
  let issuer: Server;
  let url: string;
  let asked: { audience: string | null; authorization: string | undefined }[];
  let at: Harness;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
    asked = [];
    issuer = createServer((request, response) => {
      const target = new URL(request.url ?? '', url);
      response.setHeader('content-type', 'application/json');
      const json = (value: unknown): void => {
        response.end(JSON.stringify(value));
      };
      if (target.pathname === '/.well-known/openid-configuration')
        return json({ issuer: url, jwks_uri: `${url}/jwks` });
      if (target.pathname === '/jwks') return json({ keys: [jwk] });
      const audience = target.searchParams.get('audience');
      asked.push({ audience, authorization: request.headers.authorization });
      if (request.headers.authorization !== 'Bearer job') {
        response.writeHead(403).end();
        return;
      }
      void new SignJWT({ repository: 'acme/shop', job_workflow_ref: 'x' })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(url)
        .setSubject('repo:acme/shop:pull_request')
        .setAudience(audience ?? '')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
        .then((value) => json({ count: 1, value }));
    });
    await new Promise<void>((done) => issuer.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    at = await harness({
      auth: {
        oidc: [
          {
            issuer: url,
            audience: 'exhibit',
            grants: [{ claims: { repository: 'acme/shop' }, roles: ['emitter'], emitters: ['ci/shop'] }],
          },
        ],
      },
    });
  });
  afterAll(async () => {
    issuer.close();
    await at.remove();
  });

  const github = (token = 'job') => ({
    EXHIBIT_STATE: state(),
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  });

  it('of GitHub Actions is asked for, shown to the real server, and on the record', async () => {
    const env = { ...github(), EXHIBIT_AUDIENCE: 'exhibit' };
    new Spool(at.url, env).put('0a', [record('ci/shop', 0)], new Map());
    expect(await sendSpool(at.url, contextOf(env))).toEqual({ runs: 1, records: 1 });
    expect(asked.at(-1)).toEqual({ audience: 'exhibit', authorization: 'Bearer job' });
    const [taken] = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(taken).toMatchObject({ actor_verified_by: url, actor: expect.stringMatching(/^actor:/) });
  });

  it('has the server as audience unless another is set; a token that is given goes first', async () => {
    await tokenFor(new URL('https://evidence.example.com:8420/x'), github());
    expect(asked.at(-1)?.audience).toBe('https://evidence.example.com:8420');
    const before = asked.length;
    // GitLab's id_tokens put the token into the variable that the job names.
    const env = { ...github(), EXHIBIT_TOKEN: 'given' };
    expect(await tokenFor(new URL('https://evidence.example.com'), env)).toBe('given');
    expect(asked).toHaveLength(before);
  });

  it('is missing where GitHub gives none, and is never asked for over the network as it is', async () => {
    const server = new URL('https://evidence.example.com');
    const code = (env: Context['env']) => tokenFor(server, env).then(String, (error) => error.code);
    expect(await code(github('other'))).toBe('AUTH_MISSING');
    expect(await code({ ...github(), ACTIONS_ID_TOKEN_REQUEST_URL: 'http://example.com/x' })).toBe(
      'AUTH_MISSING',
    );
    expect(await code({ GITHUB_ACTIONS: 'true' })).toBe('CONFIG_INVALID');
  });
});
