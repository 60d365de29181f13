import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { metadata } from '../engine/testing/bundles.ts';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { generateBundleKey } from '../policy/index.ts';
import type { EvidenceRecord } from '../record/index.ts';
import { type Harness, harness } from './testing/harness.ts';
import { signedBundle } from './testing/signed.ts';

const POLICY = `${metadata('pod-owned', ['inputs: [kubernetes]'], '{ci: enforce, admission: enforce}')}package exhibit.policies.pod_owned

object_ := input.request.object

id_ := sprintf("%v/%v/%v", [object_.kind, object_.metadata.namespace, object_.metadata.name])

population contains {"id": id_, "type": object_.kind, "name": object_.metadata.name}

violations contains {"subject": id_, "message": "has no owner"} if not object_.metadata.labels.owner
`;
const TEST = `package exhibit.policies.pod_owned_test

import data.exhibit.policies.pod_owned

test_none if count(pod_owned.population) == 0 with input as {}
`;
const NOON = Date.parse('2026-01-01T12:00:00Z');

interface Asked {
  kind?: string;
  name: string;
  owned?: boolean;
  /** A name that the API server makes is not in the request. */
  generated?: boolean;
  more?: Record<string, unknown>;
}
const review = ({ kind = 'Pod', name, owned = true, generated = false, more = {} }: Asked) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: `uid-${kind}-${name}`,
    kind: { group: kind === 'Pod' ? '' : 'apps', version: 'v1', kind },
    resource: { group: '', version: 'v1', resource: `${kind.toLowerCase()}s` },
    operation: 'CREATE',
    namespace: 'shop',
    ...(generated ? {} : { name }),
    userInfo: { username: 'jane@example.com' },
    object: {
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: 'shop', labels: owned ? { owner: 'team' } : {} },
    },
    ...more,
  },
});

const shell = (pod: string, more: Record<string, unknown> = {}) => ({
  hostname: 'node-1',
  output: 'A shell was spawned in a container',
  priority: 'Notice',
  rule: 'Terminal shell in container',
  time: '2026-01-01T12:10:00.123456789Z',
  output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': pod, ...more },
});

describeWithOpa('events and admission', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-linked-'));
  const file = join(folder, 'bundle.tar.gz');
  const key = join(folder, 'bundle.pub.pem');
  let now = NOON;
  let at: Harness;

  beforeAll(async () => {
    const pair = generateBundleKey();
    writeFileSync(key, pair.publicKeyPem);
    const files = { 'policies/pod-owned/policy.rego': POLICY, 'policies/pod-owned/policy_test.rego': TEST };
    writeFileSync(file, await signedBundle(pair.privateKeyPem, NOON / 1_000 - 3_600, files));
  });
  afterEach(() => at.remove());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = async () => {
    now = NOON;
    at = await harness(
      { bundles: [{ name: 'main', file, keys: [key] }], admission: {}, seal_milliseconds: 20 },
      () => now,
    );
  };
  const admit = async (asked: Asked) => {
    const response = await at.send('/v1/admission', { method: 'POST', body: JSON.stringify(review(asked)) });
    const { response: answer } = (await response.json()) as { response: { allowed: boolean } };
    return answer.allowed;
  };
  const sealed = async () => {
    const metrics = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();
    await expect.poll(metrics, { timeout: 20_000 }).toMatch(/^exhibit_unsealed_records 0$/m);
  };
  const events = async (...all: object[]) => {
    await sealed();
    now = NOON + 11 * 60_000;
    for (const each of all) {
      const response = await at.send('/v1/events/falco', { method: 'POST', body: JSON.stringify(each) });
      expect(response.status).toBe(200);
    }
    const records = await at.records();
    const found = records.filter(({ record_type, tool }) => record_type === 'decision' && tool === 'falco');
    return { records, found };
  };
  const runOf = (records: readonly EvidenceRecord[], uid: string) =>
    records.find(
      ({ record_type, layer, ext }) =>
        record_type === 'run' && layer === 'admission' && ext?.includes(`"${uid}"`),
    )?.record_id;

  it('links a shell in a pod to what admission said of that pod, also where the API server made its name', async () => {
    await start();
    expect(await admit({ name: 'web' })).toBe(true);
    expect(await admit({ name: 'api-7d4b9c6f5d-x2x5z', generated: true })).toBe(true);
    const { records, found } = await events(shell('web'), shell('api-7d4b9c6f5d-x2x5z'));
    const links = new Map(found.map(({ subject_id, details }) => [subject_id, details?.admission]));
    expect(links.get('Pod/shop/web')).toEqual({
      how: 'pod of this name',
      object: 'Pod/shop/web',
      record_id: runOf(records, 'uid-Pod-web'),
      at: '2026-01-01T12:00:00.000Z',
      operation: 'CREATE',
      verdicts: { pass: 1 },
    });
    expect(links.get('Pod/shop/api-7d4b9c6f5d-x2x5z')).toMatchObject({
      how: 'pod of this name',
      record_id: runOf(records, 'uid-Pod-api-7d4b9c6f5d-x2x5z'),
    });
  });

  it('says how sure it is: an owner that the event names, one by the form of the name, none', async () => {
    await start();
    expect(await admit({ kind: 'Deployment', name: 'shop' })).toBe(true);
    expect(await admit({ kind: 'StatefulSet', name: 'db' })).toBe(true);
    expect(await admit({ name: 'denied', owned: false })).toBe(false);
    const { found } = await events(
      shell('shop-7d4b9c6f5d-x2x5z'),
      shell('odd', { 'k8smeta.deployment.name': 'shop' }),
      shell('db-0'),
      shell('denied'),
      shell('nobody'),
      { ...shell('x'), output_fields: { 'k8s.pod.name': 'without-namespace' } },
      { ...shell('x'), output_fields: null },
    );
    const how = Object.fromEntries(
      found.map(({ subject_id, details }) => {
        const link = details?.admission as { how: string; object?: string } | undefined;
        return [subject_id, [link?.how, link?.object]];
      }),
    );
    expect(how).toEqual({
      'Pod/shop/shop-7d4b9c6f5d-x2x5z': ['owner by the form of the name', 'Deployment/shop/shop'],
      'Pod/shop/odd': ['owner that the event names', 'Deployment/shop/shop'],
      'Pod/shop/db-0': ['owner by the form of the name', 'StatefulSet/shop/db'],
      'Pod/shop/denied': ['no admission found', undefined],
      'Pod/shop/nobody': ['no admission found', undefined],
      'Pod/without-namespace': [undefined, undefined],
      'node-1': [undefined, undefined],
    });
  });

  it('links the exec that was asked for, and nothing that came after the event', async () => {
    await start();
    await admit({ name: 'web' });
    now = NOON + 9 * 60_000;
    await admit({
      name: 'web',
      more: {
        uid: 'uid-exec',
        operation: 'CONNECT',
        subResource: 'exec',
        kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
        object: { kind: 'PodExecOptions', apiVersion: 'v1', command: ['sh'], container: 'web' },
      },
    });
    now = NOON + 60 * 60_000;
    await admit({ name: 'web', more: { uid: 'uid-later', operation: 'UPDATE' } });
    const { records, found } = await events(shell('web'));
    expect(found[0]?.details?.admission).toMatchObject({ record_id: runOf(records, 'uid-Pod-web') });
    expect(found[0]?.details?.request).toMatchObject({
      record_id: runOf(records, 'uid-exec'),
      subresource: 'exec',
      operation: 'CONNECT',
    });
  });
});
