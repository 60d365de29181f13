import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { metadata } from '../engine/testing/bundles.ts';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { generateBundleKey } from '../policy/index.ts';
import { newToken, type RunningServer, settingsSchema, startServer } from './index.ts';
import { type Harness, harness } from './testing/harness.ts';
import { signedBundle } from './testing/signed.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const FILES = {
  'policies/pod-owned/policy.rego': `${metadata('pod-owned', ['inputs: [kubernetes]'], '{ci: enforce, admission: enforce}')}package exhibit.policies.pod_owned

population contains {"id": "Pod/web", "type": "Pod", "name": "web"} if input.request.object.kind == "Pod"

violations contains {"subject": "Pod/web", "message": "has no owner"} if not input.request.object.metadata.labels.owner
`,
  'policies/pod-owned/policy_test.rego': `package exhibit.policies.pod_owned_test

import data.exhibit.policies.pod_owned

test_none if count(pod_owned.population) == 0 with input as {"request": {"object": {"kind": "Other"}}}
`,
};

const review = (name: string) =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `uid-${name}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      operation: 'CREATE',
      namespace: 'shop',
      name,
      userInfo: { username: 'jane@example.com' },
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { owner: 'shop' } }, spec: {} },
    },
  });

describeWithOpa('a webhook whose ledger is another server’s', () => {
  const files = mkdtempSync(join(tmpdir(), 'exhibit-spool-server-'));
  const pair = generateBundleKey();
  const { token, hash } = newToken(random);
  const engineer = newToken(random);
  let folder: string;
  let at: Harness;
  let webhook: RunningServer | undefined;
  let port: number;
  let log: { event: string; [field: string]: unknown }[];

  beforeAll(async () => {
    writeFileSync(join(files, 'bundle.pub.pem'), pair.publicKeyPem);
    const tar = await signedBundle(pair.privateKeyPem, Math.floor(Date.now() / 1_000) - 60, FILES);
    writeFileSync(join(files, 'bundle.tar.gz'), tar);
  });
  afterAll(() => rmSync(files, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-spool-own-'));
    log = [];
    at = await harness(evidence(['webhook/*']));
    port = Number(new URL(at.url).port);
  });
  afterEach(async () => {
    await webhook?.stop();
    webhook = undefined;
    await at.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const evidence = (emitters: string[]) => ({
    auth: { tokens: [{ name: 'webhook', hash, roles: ['emitter' as const], emitters }] },
  });
  const start = async (spool: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => {
    webhook = await startServer({
      settings: settingsSchema.parse({
        evidence: `http://127.0.0.1:${port}`,
        spool: { folder: join(folder, 'spool'), send_milliseconds: 5, ...spool },
        emitter: 'webhook',
        listen: { port: 0 },
        bundles: [
          { name: 'main', file: join(files, 'bundle.tar.gz'), keys: [join(files, 'bundle.pub.pem')] },
        ],
        admission: { callers: 'anyone' },
        auth: { tokens: [{ name: 'engineer', hash: engineer.hash, roles: ['engineer'] }] },
        ...more,
      }),
      version: '0.0.0-test',
      clock: Date.now,
      random,
      log: (level, event, fields) => void log.push({ level, event, ...fields }),
      openLedger: () => Promise.reject(new Error('it has no ledger')),
      token,
      actorOf: (name) => `actor:${createHash('sha256').update(name).digest('hex').slice(0, 24)}`,
    });
    return webhook;
  };
  const post = (name: string) =>
    fetch(`${webhook?.url}/v1/admission`, { method: 'POST', body: review(name) });
  const metric = async (name: string): Promise<number> => {
    const response = await fetch(`${webhook?.url}/metrics`, {
      headers: { authorization: `Bearer ${engineer.token}` },
    });
    return Number(new RegExp(`^exhibit_${name} (.*)$`, 'm').exec(await response.text())?.[1]);
  };
  const until = async (name: string, value: number) => {
    while ((await metric(name)) !== value) await new Promise((next) => setTimeout(next, 10));
  };

  it('answers while that one is away, and its records are there once that is back', async () => {
    await start();
    await until('spool_bytes', 0);
    await at.stop();
    const answers = await Promise.all(['a', 'b', 'c'].map(post));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await until('spool_failing', 1);
    expect(await metric('spool_bytes')).toBeGreaterThan(0);
    expect((await fetch(`${webhook?.url}/readyz`)).status).toBe(200);
    await at.restart({ ...evidence(['webhook/*']), listen: { port } });
    await until('spool_bytes', 0);
    const records = (await at.records()).filter(({ layer }) => layer === 'admission');
    const runs = records.filter(({ record_type }) => record_type === 'run');
    const bodies = (await Promise.all(answers.map((one) => one.json()))) as {
      response: { auditAnnotations: { run: string } };
    }[];
    expect(new Set(runs.map(({ run_id }) => run_id))).toEqual(
      new Set(bodies.map(({ response }) => response.auditAnnotations.run)),
    );
    expect(records).toHaveLength(6);
    // Who sent it is known; whom the webhook names is what it claims.
    expect(records[0]).toMatchObject({
      actor_verified_by: 'token',
      emitter: expect.stringMatching(/^webhook\//),
    });
    expect(records[0]?.details).toMatchObject({ claimed_actor: expect.stringContaining('actor:') });
  });

  it('keeps what the other one denies, and says so, until somebody allows it', async () => {
    await at.restart({ ...evidence(['somebody/else']), listen: { port } });
    await start();
    expect((await post('a')).status).toBe(200);
    await until('spool_failing', 1);
    expect(log).toContainEqual(
      expect.objectContaining({ event: 'evidence not sent; it is kept', code: 'AUTH_DENIED' }),
    );
    await at.restart({ ...evidence(['webhook/*']), listen: { port } });
    await until('spool_bytes', 0);
    expect(await metric('spool_refused_records')).toBe(0);
    expect((await at.records()).filter(({ layer }) => layer === 'admission')).toHaveLength(2);
  });

  it('when its spool is full, reviews are refused as not kept, and readiness and metrics say so', async () => {
    await at.stop();
    await start({ bytes: 8_000 });
    let status = 200;
    let answered = 0;
    for (; status === 200; answered += 1) status = (await post(`n${answered}`)).status;
    const refused = await post('last');
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'SPOOL_FULL']);
    await at.restart({ ...evidence(['webhook/*']), listen: { port } });
    await until('spool_bytes', 0);
    expect((await post('again')).status).toBe(200);
    await until('spool_bytes', 0);
    const runs = (await at.records()).filter(
      ({ layer, record_type }) => layer === 'admission' && record_type === 'run',
    );
    expect(runs).toHaveLength(answered - 1 + 1);
  });

  it('takes no records in, and says where they go', async () => {
    await start(
      {},
      {
        auth: {
          tokens: [{ name: 'one', hash, roles: ['emitter', 'engineer', 'auditor'], emitters: ['ci/*'] }],
        },
      },
    );
    for (const [method, path] of [
      ['POST', '/v1/records'],
      ['GET', '/v1/emitters'],
      ['GET', '/v1/checkpoint'],
    ]) {
      const init = { method: method ?? '', headers: { authorization: `Bearer ${token}` } };
      const response = await fetch(`${webhook?.url}${path}`, init);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await response.text()).toContain('sends its records to another one');
    }
  });

  it('many blobs at once are there when the answer goes out, or none of a body with a wrong one', async () => {
    const part = (text: string, named = text) =>
      `sha256:${createHash('sha256').update(named).digest('hex')} ${Buffer.byteLength(text)}\n${text}`;
    const send = (body: string) => at.send('/v1/blobs', { method: 'POST', body });
    const good = await send(`${part('abc')}${part('')}${part('two\nlines')}`);
    expect(good.status).toBe(200);
    // SHA-256 of `abc` and of nothing, FIPS 180-2.
    expect(((await good.json()) as { digests: string[] }).digests.slice(0, 2)).toEqual([
      'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ]);
    for (const [body, status, code] of [
      [part('abc', 'abd'), 400, 'BLOB_DIGEST'],
      [part('abc').slice(0, -1), 400, 'REQUEST_INVALID'],
      ['', 400, 'REQUEST_INVALID'],
      ['nothing', 400, 'REQUEST_INVALID'],
      [`${part('abc')}rest`, 400, 'REQUEST_INVALID'],
    ] as const) {
      const response = await send(body);
      expect([body, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        body,
        status,
        code,
      ]);
    }
  });
});
