import { afterEach, expect, it } from 'vitest';
import { openReader } from '../ledger/index.ts';
import type { EvidenceRecord } from '../record/index.ts';
import { type Harness, harness } from './testing/harness.ts';

const KEY = 'validation.policy.admission.k8s.io/validation_failure';
const NOON = Date.parse('2026-11-26T12:00:00Z');
let at: Harness;
afterEach(() => at.remove());

const event = (auditID: string, over: Record<string, unknown> = {}) => ({
  level: 'Metadata',
  auditID,
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods?fieldManager=kubectl',
  verb: 'create',
  user: { username: 'jane@example.com', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 201 },
  requestReceivedTimestamp: '2026-11-26T11:59:58.123456Z',
  stageTimestamp: '2026-11-26T11:59:58.200000Z',
  ...over,
});
const list = (...items: unknown[]) => ({
  kind: 'EventList',
  apiVersion: 'audit.k8s.io/v1',
  metadata: {},
  items,
});
const failure = (policy: string) => ({
  [KEY]: JSON.stringify([
    { message: 'too many', policy, binding: `${policy}-b`, expressionIndex: 0, validationActions: ['Audit'] },
  ]),
});
const post = (body: unknown, path = '/v1/kubernetes/audit', token?: string | null) =>
  at.send(path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(token === undefined ? {} : { token }),
  });
const answered = async (body: unknown) => {
  const response = await post(body);
  expect(response.status).toBe(200);
  return response.json();
};
const own = (records: EvidenceRecord[]) => records.filter(({ format }) => format === 'kubernetes-audit');

it('a batch is one run; what admission said is a decision, and what only reads is a number', async () => {
  at = await harness({ kubernetes_audit: { environment: 'production' } }, () => NOON);
  const read = (id: string) =>
    event(id, { verb: 'list', responseStatus: { code: 200 }, objectRef: { resource: 'pods' } });
  const taken = await answered(
    list(
      ...Array.from({ length: 100 }, (_, i) => read(`read-${i}`)),
      event('early', { stage: 'RequestReceived' }),
      event('w1', {
        annotations: { ...failure('replicas'), 'validate.admission.exhibit/run': 'run-1' },
      }),
      event('w2', {
        verb: 'update',
        objectRef: {
          resource: 'leases',
          apiGroup: 'coordination.k8s.io',
          namespace: 'kube-system',
          name: 'x',
        },
      }),
    ),
  );
  expect(taken).toEqual({ schemaVersion: 1, events: 103, again: 0 });
  const records = own(await at.records());
  expect(records.map(({ record_type }) => record_type)).toEqual(['decision', 'run', 'run']);
  const [decision, of, run] = records;
  expect(of).toMatchObject({ run_id: decision?.run_id, run_total: 1 });
  expect(decision).toMatchObject({
    emitter: 'ci/shop',
    layer: 'admission',
    policy_id: 'validating-admission-policy/replicas',
    verdict: 'fail',
    disposition: 'observed',
    subject_id: 'Pod/shop/web',
    environment: 'production',
    actor: expect.stringMatching(/^actor:/),
  });
  expect(JSON.stringify(records)).not.toContain('jane@example.com');
  expect(run).toMatchObject({
    run_total: 0,
    actor_verified_by: 'token',
    details: {
      scanned: 102,
      writes: {
        listed: 1,
        counted: { leases: 1 },
        first: '2026-11-26T11:59:58.123Z',
        last: '2026-11-26T11:59:58.123Z',
      },
    },
    input_ref: expect.stringMatching(/^sha256:/),
  });
});

it('the list of writes is kept beside the run, without objects and names of people', async () => {
  at = await harness({}, () => NOON);
  await answered(
    list(
      event('w1', {
        annotations: { 'validate.admission.exhibit/run': 'run-1' },
        requestObject: { kind: 'Pod', spec: { containers: [{ env: [{ name: 'A', value: 'hunter2' }] }] } },
      }),
      event('w2', {
        verb: 'get',
        objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web' },
        responseStatus: { code: 101 },
        annotations: {
          'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'validate.admission.exhibit',
        },
      }),
    ),
  );
  const run = own(await at.records()).find(({ input_ref }) => input_ref !== undefined);
  await at.restart();
  const reader = await openReader(`${at.folder}/evidence`);
  const text = new TextDecoder().decode(await reader.blob(run?.input_ref as `sha256:${string}`));
  await reader.close();
  expect(text).not.toMatch(/hunter2|jane/);
  expect(JSON.parse(text)).toMatchObject({
    schemaVersion: 1,
    writes: [
      { audit_id: 'w1', operation: 'CREATE', resource: 'pods', name: 'web', code: 201, run: 'run-1' },
      {
        audit_id: 'w2',
        operation: 'CONNECT',
        subresource: 'exec',
        failed_open: ['validate.admission.exhibit'],
      },
    ],
  });
});

it('a batch that comes again, whole or in part, adds nothing; also after a restart', async () => {
  at = await harness({}, () => NOON);
  const first = list(event('a', { annotations: failure('p') }), event('b'));
  await answered(first);
  expect(await answered(first)).toMatchObject({ events: 0, again: 2 });
  // A second one that overlaps: only what is new is of its run.
  const second = list(event('b'), event('c', { annotations: failure('p') }));
  expect(await answered(second)).toMatchObject({ events: 1, again: 1 });
  await at.restart();
  // An API server whose first try was answered too late repeats the same bytes.
  expect(await answered(first)).toMatchObject({ events: 2, again: 0 });
  // And what it sends then may overlap with what it sent to the server before.
  await at.restart();
  const third = list(event('c', { annotations: failure('p') }), event('d', { annotations: failure('p') }));
  expect(await answered(third)).toMatchObject({ events: 2, again: 0 });
  const records = own(await at.records());
  const decisions = records.filter(({ record_type }) => record_type === 'decision');
  expect(decisions.map(({ details }) => (details as { source_id?: string }).source_id)).toEqual([
    'a/policy/p/p-b/0',
    'c/policy/p/p-b/0',
    'd/policy/p/p-b/0',
  ]);
  // No run misses a decision that another one has.
  for (const run of records.filter(({ record_type }) => record_type === 'run'))
    expect(decisions.filter(({ run_id }) => run_id === run.run_id)).toHaveLength(run.run_total ?? -1);
});

it('batches that come at the same time do not record an event twice', async () => {
  at = await harness({}, () => NOON);
  const events = [event('a', { annotations: failure('p') }), event('b', { annotations: failure('p') })];
  const all = await Promise.all([
    answered(list(...events)),
    answered(list(...events.toReversed())),
    answered(list(events[0])),
  ]);
  expect(all.reduce((sum: number, one) => sum + (one as { events: number }).events, 0)).toBe(2);
  expect(own(await at.records()).filter(({ record_type }) => record_type === 'decision')).toHaveLength(2);
});

it('events that end no request are counted elsewhere and make no record', async () => {
  at = await harness({}, () => NOON);
  await answered(list(event('a', { stage: 'RequestReceived' })));
  await answered(list());
  expect(own(await at.records())).toEqual([]);
});

it('an event that cannot be understood is an error on the record, and the others are taken', async () => {
  at = await harness({}, () => NOON);
  await answered(list({ auditID: 'x', stage: 'ResponseComplete', verb: 7 }, 'text', event('a')));
  const records = own(await at.records());
  expect(records.map(({ record_type, verdict }) => [record_type, verdict])).toEqual([
    ['decision', 'error'],
    ['decision', 'error'],
    ['run', undefined],
  ]);
});

it('changes of configurations of webhooks are told in the log at once', async () => {
  at = await harness({}, () => NOON);
  await answered(
    list(
      event('d', {
        verb: 'delete',
        objectRef: {
          resource: 'validatingwebhookconfigurations',
          apiGroup: 'admissionregistration.k8s.io',
          name: 'exhibit',
        },
        responseStatus: { code: 200 },
      }),
    ),
  );
  expect(at.log.find(({ event }) => event === 'webhook configuration changed')).toMatchObject({
    level: 'warn',
    name: 'exhibit',
    verb: 'delete',
    audit_id: 'd',
  });
});

it.each([
  ['no JSON', '{', 400],
  ['no list', { kind: 'Event', apiVersion: 'audit.k8s.io/v1' }, 400],
  ['another version', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1beta1', items: [] }, 400],
  ['a review', { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, 400],
  ['no items', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1' }, 400],
  ['a batch that is too long', list(event('a', { requestURI: 'x'.repeat(3_000) })), 413],
])('refuses %s', async (_, body, status) => {
  at = await harness({ kubernetes_audit: { batch_bytes: 2_000 } }, () => NOON);
  expect((await post(body)).status).toBe(status);
  expect(own(await at.records())).toEqual([]);
});

it('takes batches of whoever may send as that emitter, and of nobody else', async () => {
  at = await harness({}, () => NOON);
  expect((await post(list(), '/v1/kubernetes/audit', null)).status).toBe(401);
  expect((await post(list(), '/v1/kubernetes/audit', at.tokens.auditor)).status).toBe(403);
  expect((await post(list(), '/v1/kubernetes/audit/kubernetes/prod')).status).toBe(403);
  expect((await post(list(), '/v1/kubernetes/audit/ci/shop')).status).toBe(200);
});
