import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { policyRepository } from '../../../cli/testing/attest-policies.ts';
import { Machine } from '../../../cli/testing/program.ts';
import { createEngine } from '../../../engine/index.ts';
import { metadata } from '../../../engine/testing/bundles.ts';
import { describeWithOpa } from '../../../engine/testing/need-opa.ts';
import { parseInput } from '../../../inputs/index.ts';
import { openReader } from '../../../ledger/index.ts';
import { generateBundleKey, loadBundle } from '../../../policy/index.ts';
import { isDigest, SCHEMA, uuidv7 } from '../../../record/index.ts';
import { newToken } from '../../index.ts';
import { type Given, type Harness, harness, lines } from '../../testing/harness.ts';
import { signedBundle } from '../../testing/signed.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const ID = 'web-attested';
/** What the server says of the object becomes the message, so that a test sees it. */
const POLICY = `${metadata(ID, ['inputs: [kubernetes]'], '{admission: enforce}')}package exhibit.policies.web_attested

population contains {"id": input.request.object.metadata.name, "type": "object", "name": "it"} if input.kind == "AdmissionReview"

violations contains {"subject": input.request.object.metadata.name, "message": json.marshal(object.get(input, ["exhibit", "attestation", "object"], "nothing"))} if {
	input.kind == "AdmissionReview"
	not object.get(input, ["exhibit", "attestation", "object", "state"], "") in {"attested", "unchanged", "owner", "controller"}
}
`;
const TEST = `package exhibit.policies.web_attested_test

import data.exhibit.policies.web_attested

test_none if count(web_attested.population) == 0 with input as {}
`;
const FILES = {
  'policies/web-attested/policy.rego': POLICY,
  'policies/web-attested/policy_test.rego': TEST,
};
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {owner: team}}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - {name: web, image: "registry.example.com/web@sha256:${'d'.repeat(64)}"}
`;
const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';

interface Answer {
  response: { allowed: boolean; status?: { message: string } };
}

describeWithOpa('attestations at admission', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-attested-'));
  const gate = new Machine('2026-11-21T11:00:00Z');
  const pair = generateBundleKey();
  let now = NOON;
  let at: Harness;
  let gateBundle = '';
  let gateKey = '';
  const settings = (more: Record<string, unknown> = {}): Given => ({
    bundles: [{ name: 'main', file: join(folder, 'main.tar.gz'), keys: [join(folder, 'bundle.pub.pem')] }],
    admission: { attestations: { keys: [join(gate.folder, 'attest.pub.pem')], lineage: 'fixture', ...more } },
  });
  const object = (more: Record<string, unknown> = {}) => ({
    ...(parseInput('web.yaml', Buffer.from(MANIFEST)).documents[0]?.value as Record<string, unknown>),
    ...more,
  });
  const review = (request: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'uid-1',
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      operation: 'CREATE',
      namespace: 'shop',
      name: 'web',
      userInfo: { username: 'jane@example.com' },
      object: object(),
      oldObject: null,
      ...request,
    },
    ...more,
  });
  const post = (body: unknown) => at.send('/v1/admission', { method: 'POST', body: JSON.stringify(body) });
  const denied = async (body: unknown): Promise<string> => {
    const { response } = (await (await post(body)).json()) as Answer;
    return response.allowed ? '' : (response.status?.message ?? 'denied');
  };
  const pass = async (...more: string[]): Promise<string> => {
    const args = ['check', 'web.yaml', '--bundle', gateBundle, '--bundle-key', gateKey];
    const { code, stderr } = await gate.run(
      ...args,
      ...['--attest', 'pass.intoto.jsonl', '--attest-key', 'attest.pem', ...more],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return readFileSync(join(gate.folder, 'pass.intoto.jsonl'), 'utf8');
  };
  const carrying = (envelope: string) =>
    object({
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { owner: 'team' },
        annotations: { 'admission.exhibit/attestation': envelope },
      },
    });

  beforeAll(async () => {
    const repository = await policyRepository();
    gateKey = repository.key;
    gateBundle = await repository.publish('gate');
    writeFileSync(join(gate.folder, 'web.yaml'), MANIFEST);
    expect((await gate.run('attest', 'keygen')).code).toBe(0);
    writeFileSync(join(folder, 'bundle.pub.pem'), pair.publicKeyPem);
    writeFileSync(
      join(folder, 'main.tar.gz'),
      await signedBundle(pair.privateKeyPem, NOON / 1_000 - 3_600, FILES),
    );
  }, 120_000);
  afterEach(async () => {
    now = NOON;
    await at.remove();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('a gate that sends its run to this server needs no annotation', async () => {
    at = await harness(settings(), () => now);
    expect(await denied(review())).toContain('looked in the annotation, the evidence');
    gate.env.EXHIBIT_TOKEN = at.tokens.emitter;
    await pass('--evidence', at.url, '--emitter', 'ci/shop');
    await expect.poll(() => denied(review()), { timeout: 20_000 }).toBe('');
    // After a restart it is read again.
    await at.restart();
    await expect.poll(() => denied(review()), { timeout: 20_000 }).toBe('');
    expect(await denied(review({ object: object({ spec: {} }) }))).toContain(
      'it is not what passed: /spec/replicas',
    );
  });

  it('what it admits by a pass names the run that passed, so that one walks from admission to CI', async () => {
    at = await harness(settings(), () => now);
    gate.env.EXHIBIT_TOKEN = at.tokens.emitter;
    const change = 'https://github.com/example/shop/actions/runs/7';
    const pipeline = {
      ...{
        GITHUB_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'example/shop',
      },
      ...{ GITHUB_SHA: 'c'.repeat(40), GITHUB_RUN_ID: '7' },
    };
    Object.assign(gate.env, pipeline);
    try {
      await pass('--evidence', at.url, '--emitter', 'ci/shop');
    } finally {
      for (const name of Object.keys(pipeline)) delete gate.env[name];
    }
    expect(await denied(review({ object: object({ spec: {} }) }))).not.toBe('');
    await expect.poll(() => denied(review()), { timeout: 20_000 }).toBe('');
    const records = await at.records();
    const [ci] = records.filter(({ record_type, layer }) => record_type === 'run' && layer === 'ci');
    const [signed] = records.filter(({ record_type }) => record_type === 'attestation');
    const admitted = records.filter(({ policy_id, verdict }) => policy_id === ID && verdict === 'pass');
    expect(admitted).toHaveLength(1);
    const image = `registry.example.com/web@sha256:${'d'.repeat(64)}`;
    const run = { run_id: ci?.run_id, from: `evidence ${signed?.details?.blob}`, change };
    expect(admitted[0]).toMatchObject({
      change,
      details: {
        passed: {
          object: { ...run, commit: 'c'.repeat(40), repository: 'https://github.com/example/shop' },
          images: [{ reference: image, ...run }],
        },
      },
    });
    // The run of the review says it, too; one that was denied rests on nothing of the object's.
    const reviews = records.filter(
      ({ record_type, layer }) => record_type === 'run' && layer === 'admission',
    );
    expect(reviews.at(-1)?.details?.passed).toEqual(admitted[0]?.details?.passed);
    const [refused] = records.filter(({ policy_id, verdict }) => policy_id === ID && verdict === 'fail');
    expect(refused?.change).toBeUndefined();
    expect(refused?.details?.passed).toBeUndefined();
  });

  it('a record that no trusted key signed, or whose envelope is not there, is nothing', async () => {
    at = await harness(settings({ keys: [join(folder, 'bundle.pub.pem')] }), () => now);
    gate.env.EXHIBIT_TOKEN = at.tokens.emitter;
    await pass('--evidence', at.url, '--emitter', 'ci/shop');
    await at.restart();
    expect(await denied(review())).toContain('no attestation that a trusted key signed was found');
  });

  it('nobody but the server writes what policies see of it', async () => {
    at = await harness(settings(), () => now);
    const forged = { attestation: { object: { state: 'attested' }, images: [] } };
    const refused = await post(review({}, { exhibit: forged }));
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining('only this server writes'),
    ]);
    expect(await denied(review({ exhibit: forged }))).toContain('unattested');
    expect(await denied(review({ object: object({ exhibit: forged }) }))).toContain('unattested');
    await at.restart({ ...settings(), admission: {} });
    expect((await post(review({}, { exhibit: forged }))).status).toBe(400);
    expect(await denied(review())).toContain('nothing');
  });

  it('what the server saw is stored with the input, so that it is judged again alike', async () => {
    at = await harness(settings(), () => now);
    expect(await denied(review({ object: carrying(await pass()) }))).toBe('');
    expect(await denied(review())).toContain('unattested');
    const records = (await at.records()).filter(
      ({ policy_id, record_type }) => policy_id === ID && record_type === 'decision',
    );
    expect(records.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
    const reader = await openReader(join(at.folder, 'evidence'));
    const bundle = await loadBundle(join(folder, 'main.tar.gz'), { keys: [], allowUnsigned: true });
    const engine = await createEngine(bundle, { clock: () => now });
    for (const { verdict, input_ref } of records) {
      if (input_ref === undefined || !isDigest(input_ref)) throw new Error('no input was stored');
      const [document] = parseInput('input.json', await reader.blob(input_ref)).documents;
      if (document === undefined) throw new Error('no document');
      const judged = await engine.judge(document, 'admission');
      expect(judged.find(({ policy_id }) => policy_id === ID)?.verdict).toBe(verdict);
    }
    await engine.close();
    await reader.close();
  });

  it('owner references count only with the account of a controller, and of a change those before it', async () => {
    at = await harness(settings(), () => now);
    const owned = (kind: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web-1',
        ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'web', uid: 'u', controller: true }],
      },
      spec: { containers: [] },
    });
    const by = (username: string, object_: unknown, more = {}) =>
      denied(review({ userInfo: { username }, object: object_, ...more }));
    expect(await by(CONTROLLER, owned('ReplicaSet'))).toBe('');
    expect(await by('jane@example.com', owned('ReplicaSet'))).not.toBe('');
    expect(await by(CONTROLLER, owned('Deployment'))).not.toBe('');
    expect(await by('system:serviceaccount:shop:replicaset-controller', owned('ReplicaSet'))).not.toBe('');
    const { metadata: _, ...bare } = owned('ReplicaSet');
    const changed = { ...owned('ReplicaSet'), spec: { containers: [{ name: 'x' }] } };
    const update = { operation: 'UPDATE', oldObject: { ...bare, metadata: { name: 'web-1' } } };
    expect(await by(CONTROLLER, changed, update)).not.toBe('');
    expect(await by(CONTROLLER, changed, { ...update, oldObject: owned('ReplicaSet') })).toBe('');
  });

  it('a request that changes nothing that counts is not judged again', async () => {
    at = await harness(settings(), () => now);
    const update = (before: unknown, after: unknown) =>
      denied(review({ operation: 'UPDATE', oldObject: before, object: after }));
    const metadata_ = { name: 'web', namespace: 'shop', labels: { owner: 'team' } };
    const touched = object({ metadata: { ...metadata_, resourceVersion: '7' }, status: { replicas: 2 } });
    expect(await update(object(), touched)).toBe('');
    expect(await update(object(), carrying('nothing at all'))).toBe('');
    expect(await update(object(), object({ spec: { replicas: 3 } }))).not.toBe('');
    const leaving = { ...metadata_, finalizers: ['example.com/x'] };
    expect(await update(object({ metadata: leaving }), object())).not.toBe('');
    const gone = { ...leaving, deletionTimestamp: '2026-11-21T12:00:00Z' };
    const { finalizers: _, ...after } = gone;
    expect(await update(object({ metadata: gone }), object({ metadata: after }))).toBe('');
  });

  it('a number that no double holds is compared by its digits, and never attested', async () => {
    at = await harness(settings(), () => now);
    const envelope = await pass();
    const texted = (from: unknown, to: unknown, update: boolean) => {
      const of = (grace: unknown) => ({ ...carrying(envelope), spec: { grace } });
      const body = review({
        operation: update ? 'UPDATE' : 'CREATE',
        object: of(to),
        oldObject: update ? of(from) : null,
      });
      return JSON.stringify(body).replaceAll(/"(\d{16})n"/g, '$1');
    };
    const said = async (from: unknown, to: unknown, update = true) => {
      const response = await at.send('/v1/admission', { method: 'POST', body: texted(from, to, update) });
      const text = await response.text();
      expect(response.status, text).toBe(200);
      return (JSON.parse(text) as Answer).response.allowed;
    };
    const [big, bigger] = ['9007199254740993n', '9007199254740995n'];
    expect(await said(big, big)).toBe(true);
    expect(await said(big, bigger)).toBe(false);
    expect(await said(big, '9007199254740993')).toBe(false);
    expect(await said(big, { rawJSON: '9007199254740993' })).toBe(false);
    expect(await said(undefined, big, false)).toBe(false);
  });

  it('a server without the evidence asks the one that has it, and trusts its own keys alone', async () => {
    const evidence = await harness({}, () => now);
    try {
      gate.env.EXHIBIT_TOKEN = evidence.tokens.emitter;
      await pass('--evidence', evidence.url, '--emitter', 'ci/shop');
      const token = join(folder, 'token');
      writeFileSync(token, evidence.tokens.emitter);
      const server = { url: evidence.url, token_file: token };
      at = await harness(settings({ ledger_days: 0, server }), () => now);
      await expect.poll(() => denied(review()), { timeout: 20_000 }).toBe('');
      const other = object({ metadata: { name: 'other', namespace: 'shop' } });
      expect(await denied(review({ object: other }))).toContain(
        'looked in the annotation, the evidence server)',
      );
      await at.restart(settings({ ledger_days: 0, server, keys: [join(folder, 'bundle.pub.pem')] }));
      expect(await denied(review())).toContain('no trusted key signed it');
      writeFileSync(token, 'nobody');
      await at.restart(settings({ ledger_days: 0, server }));
      expect(await denied(review())).toContain('it answers 401');
      await evidence.stop();
      expect(await denied(review())).toContain('the evidence server; ');
    } finally {
      await evidence.remove();
    }
  });

  it('whoever may send attestations does not push out those of others', async () => {
    const junk = newToken((length) => new Uint8Array(randomBytes(length)));
    const evidence = await harness(
      { auth: { tokens: [{ name: 'junk', hash: junk.hash, roles: ['emitter'], emitters: ['scan/junk'] }] } },
      () => now,
    );
    try {
      gate.env.EXHIBIT_TOKEN = evidence.tokens.emitter;
      const envelope = JSON.parse(await pass('--evidence', evidence.url, '--emitter', 'ci/shop')) as object;
      const token = join(folder, 'token');
      writeFileSync(token, evidence.tokens.emitter);
      at = await harness(
        settings({ ledger_days: 0, server: { url: evidence.url, token_file: token } }),
        () => now,
      );
      await expect.poll(() => denied(review()), { timeout: 20_000 }).toBe('');
      // The same statement, in envelopes of somebody else: each is another one, and no trusted key signed it.
      const records = [];
      for (let sequence = 0; sequence < 60; sequence += 1) {
        const forged = JSON.stringify({
          ...envelope,
          signatures: [{ keyid: 'x', sig: Buffer.from(`${sequence}`).toString('base64') }],
        });
        const blob = `sha256:${createHash('sha256').update(forged).digest('hex')}`;
        const put = await evidence.send(`/v1/blobs/${blob}`, {
          method: 'PUT',
          body: forged,
          token: junk.token,
        });
        expect(put.status).toBeLessThan(300);
        records.push({
          ...{ schema: SCHEMA, record_id: uuidv7(now, (length) => new Uint8Array(randomBytes(length))) },
          ...{
            record_type: 'attestation',
            observed_at: '2026-11-21T11:30:00.000Z',
            emitter: 'scan/junk',
            sequence,
          },
          ...{ layer: 'ci', tool: 'exhibit', details: { blob } },
        });
      }
      const sent = await evidence.send('/v1/records', {
        method: 'POST',
        body: lines(records),
        token: junk.token,
      });
      expect([sent.status, await sent.text()]).toEqual([200, expect.anything()]);
      const known = async () => {
        const body = JSON.stringify({ schemaVersion: 1, keys: ['object apps/v1 Deployment web'] });
        const answer = await evidence.send('/v1/attestations', { method: 'POST', body });
        return ((await answer.json()) as { attestations: unknown[] }).attestations.length;
      };
      await expect.poll(known, { timeout: 20_000 }).toBeGreaterThanOrEqual(50);
      expect(await denied(review())).toBe('');
    } finally {
      await evidence.remove();
    }
  });

  it('replicas that an autoscaler set are its own, and stay where somebody else changes the object later', async () => {
    const account = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
    const rule = { kinds: ['Deployment'], path: '/spec/replicas', change: true, accounts: [account] };
    at = await harness(settings({ mutations: [rule] }), () => now);
    const envelope = await pass();
    const carried = carrying(envelope);
    const scale = (username: string, from: number, to: number) => {
      const of = (replicas: number) => ({
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { replicas },
      });
      const request = { subResource: 'scale', operation: 'UPDATE', object: of(to), oldObject: of(from) };
      return denied(review({ ...request, userInfo: { username } }));
    };
    // A Scale carries no annotation, so the attestation is one of the evidence.
    gate.env.EXHIBIT_TOKEN = at.tokens.emitter;
    await pass('--evidence', at.url, '--emitter', 'ci/shop');
    await expect.poll(() => scale(account, 2, 5), { timeout: 20_000 }).toBe('');
    expect(await scale('jane@example.com', 2, 5)).toContain('it is not what passed: /spec/replicas');
    expect(await scale('jane@example.com', 5, 2)).toBe('');
    const scaled = (replicas: number, labels = {}) => ({
      ...carried,
      metadata: { ...(carried as { metadata: object }).metadata, ...labels },
      spec: { ...(carried as unknown as { spec: object }).spec, replicas },
    });
    const update = (before: unknown, after: unknown) =>
      denied(review({ operation: 'UPDATE', oldObject: before, object: after }));
    expect(await update(scaled(5, { labels: { owner: 'x' } }), scaled(5))).toBe('');
    expect(await update(scaled(5, { labels: { owner: 'x' } }), scaled(6))).toContain('/spec/replicas');
  });
});
