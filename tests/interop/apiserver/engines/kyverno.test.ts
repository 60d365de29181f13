import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { EvidenceRecord } from '../../../../src/record/index.ts';
import { AUDIT_EMITTER, type Guarded, startGuarded, until } from '../guarded.ts';
import { type Child, why as whyServer } from '../server.ts';
import { missingOf } from './installed.ts';
import { startKyverno } from './kyverno.ts';
import { Collector, recordsIn } from './place.ts';

const why = `${whyServer}${await missingOf(['kyverno-controller', 'kyverno-reports-controller'])}`;

const match = { any: [{ resources: { kinds: ['Pod'], namespaces: ['shop'] } }] };
const requires = (name: string, failureAction: string, label: string) =>
  stringify({
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name, annotations: { 'pod-policies.kyverno.io/autogen-controllers': 'none' } },
    spec: {
      background: true,
      rules: [
        {
          name: `has-${label}`,
          match,
          validate: {
            failureAction,
            message: `the label ${label} is required`,
            pattern: { metadata: { labels: { [label]: '?*' } } },
          },
        },
      ],
    },
  });
const MUTATES = stringify({
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
  metadata: { name: 'add-team', annotations: { 'pod-policies.kyverno.io/autogen-controllers': 'none' } },
  spec: {
    rules: [
      {
        name: 'team',
        match,
        mutate: { patchStrategicMerge: { metadata: { labels: { '+(team)': 'payments' } } } },
      },
    ],
  },
});
const pod = (name: string, labels: Record<string, string>) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
  });

/** What the reports are to say in the end. */
const REPORTED = [
  'add-team/team Pod/shop/good not_applicable enforced runtime',
  'add-team/team Pod/shop/untiered not_applicable enforced runtime',
  'require-owner/has-owner Pod/shop/good pass none runtime',
  'require-owner/has-owner Pod/shop/old pass none runtime',
  'require-owner/has-owner Pod/shop/untiered pass none runtime',
  'want-tier/has-tier Pod/shop/good pass none runtime',
  'want-tier/has-tier Pod/shop/old fail observed runtime',
  'want-tier/has-tier Pod/shop/untiered fail observed runtime',
];
const said = ({ rule_id, subject_id, verdict, disposition, layer }: EvidenceRecord) =>
  [rule_id?.replace('kyverno/', ''), subject_id, verdict, disposition, layer].join(' ');
/** Each once: each state of a report is collected. */
const distinct = (records: readonly EvidenceRecord[]) => [...new Set(records.map(said))].sort();

describe.skipIf(why !== '')(`a running Kyverno beside a real API server${why}`, { timeout: 300_000 }, () => {
  let on: Guarded;
  let kyverno: Child[] = [];
  let collector: Collector;
  const audited = async () =>
    (await recordsIn(join(on.at.folder, 'evidence'))).filter(
      ({ record_type, emitter }) => record_type === 'decision' && emitter === AUDIT_EMITTER,
    );

  beforeAll(async () => {
    on = await startGuarded('policies');
    await on.applyAll('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    expect((await on.create(pod('old', { owner: 'ann' }))).status).toBe(201);
    kyverno = await startKyverno(on.api);
    collector = await Collector.make(on.api);
    const applied = async (text: string) =>
      until('the policy is taken', async () =>
        on.applyAll(text).then(
          () => true,
          () => undefined,
        ),
      );
    await applied(requires('require-owner', 'Enforce', 'owner'));
    await applied(requires('want-tier', 'Audit', 'tier'));
    await applied(MUTATES);
    const tried = '&dryRun=All';
    await until(
      'Kyverno denies',
      async () => (await on.create(pod('first', {}), tried)).status === 400 || undefined,
    );
    await until('Kyverno changes', async () => {
      const { body } = await on.create(pod('first', { owner: 'ann' }), tried);
      return (body as { metadata: { labels: Record<string, string> } }).metadata.labels.team;
    });
  }, 300_000);
  afterAll(async () => {
    for (const one of kyverno) await one.end();
    await on?.stop();
  });

  it('what it refused is a decision of its policy and rule, from the audit events of the API server', async () => {
    const refused = await on.create(pod('bare', { tier: 'web' }));
    expect(refused.status).toBe(400);
    const found = await until('the refusal', async () =>
      (await audited()).find(({ subject_id }) => subject_id === 'Pod/shop/bare'),
    );
    expect(said(found)).toBe('require-owner/has-owner Pod/shop/bare fail enforced admission');
    expect(found.message).toContain('the label owner is required');
  });

  it('what it changed is a record, with the change', async () => {
    expect((await on.create(pod('good', { owner: 'ann', tier: 'web' }))).status).toBe(201);
    const found = await until('the mutation', async () => {
      const all = (await audited()).filter(({ subject_id }) => subject_id === 'Pod/shop/good');
      return all.length > 0 ? all : undefined;
    });
    // Kyverno 1.19 does not say in its patch which policy made it; its reports do.
    const mutation = found.find(
      ({ policy_id }) => policy_id === 'kubernetes/webhook/mutate.kyverno.svc-fail',
    );
    expect(mutation).toMatchObject({
      verdict: 'not_applicable',
      disposition: 'enforced',
      details: {
        configuration: 'kyverno-resource-mutating-webhook-cfg',
        changes: [{ op: 'add', path: '/metadata/labels/team', value: 'payments' }],
      },
    });
  });

  it('what it reports of admission and of its scan is collected', async () => {
    expect((await on.create(pod('untiered', { owner: 'ann' }))).status).toBe(201);
    const found = await until('the reports', async () => {
      const all = distinct(await collector.collected('policy-report'));
      return all.length >= REPORTED.length ? all : undefined;
    });
    expect(found).toEqual(REPORTED);
    // What it found at admission stands there for moments: of the pod that was refused it says that it was changed, which is no pass.
    const bare = (await collector.decisions('kyverno-ephemeral')).filter(
      ({ subject_id }) => subject_id === 'Pod/shop/bare',
    );
    expect(new Set(bare.map(said))).toEqual(
      new Set(['add-team/team Pod/shop/bare not_applicable enforced admission']),
    );
  });
});
