import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { EvidenceRecord } from '../../../../src/record/index.ts';
import { request } from '../client.ts';
import { AUDIT_EMITTER, type Guarded, startGuarded, until } from '../guarded.ts';
import { type Child, why as whyServer } from '../server.ts';
import { startGatekeeper } from './gatekeeper.ts';
import { missingOf } from './installed.ts';
import { Collector, recordsIn } from './place.ts';

const why = `${whyServer}${await missingOf(['gatekeeper'])}`;

const TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: k8srequiredlabels}
spec:
  crd:
    spec:
      names: {kind: K8sRequiredLabels}
      validation:
        openAPIV3Schema:
          type: object
          properties: {labels: {type: array, items: {type: string}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package k8srequiredlabels
        violation[{"msg": msg}] {
          provided := {label | input.review.object.metadata.labels[label]}
          required := {label | label := input.parameters.labels[_]}
          missing := required - provided
          count(missing) > 0
          msg := sprintf("you must provide labels: %v", [missing])
        }
`;
const constraint = (name: string, enforcementAction: string, label: string) =>
  stringify({
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'K8sRequiredLabels',
    metadata: { name },
    spec: {
      enforcementAction,
      match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }], namespaces: ['shop'] },
      parameters: { labels: [label] },
    },
  });
const MUTATOR = `apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: {name: team}
spec:
  match: {scope: Namespaced, kinds: [{apiGroups: [""], kinds: [Pod]}], namespaces: [shop]}
  location: metadata.labels.team
  parameters: {assign: {value: payments}}
`;
const pod = (name: string, labels: Record<string, string>) =>
  stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
  });

/** What Gatekeeper's audit is to find, and what its webhook; pods that were only tried are left out. */
const AUDITED = [
  'may-have-cost Pod/shop/old observed runtime',
  'should-have-tier Pod/shop/old observed runtime',
  'should-have-tier Pod/shop/untiered observed runtime',
];
const ALL = [
  ...AUDITED,
  'must-have-owner Pod/shop/bare enforced admission',
  'should-have-tier Pod/shop/untiered warned admission',
].sort();

/** Each fail once: an audit repeats itself. */
const fails = (records: readonly EvidenceRecord[]) =>
  [
    ...new Set(
      records
        .filter(({ verdict, subject_name }) => verdict === 'fail' && subject_name !== 'first')
        .map(({ rule_id, subject_id, disposition, layer }) =>
          [rule_id?.replace('gatekeeper/K8sRequiredLabels/', ''), subject_id, disposition, layer].join(' '),
        ),
    ),
  ].sort();

describe.skipIf(why !== '')(
  `a running Gatekeeper beside a real API server${why}`,
  { timeout: 300_000 },
  () => {
    let on: Guarded;
    let gatekeeper: Child;
    let collector: Collector;
    const said = ({ policy_id, rule_id, subject_id, verdict, disposition, layer }: EvidenceRecord) =>
      [policy_id, rule_id, subject_id, verdict, disposition, layer].join(' ');
    const audited = async () =>
      (await recordsIn(join(on.at.folder, 'evidence'))).filter(
        ({ record_type, emitter }) => record_type === 'decision' && emitter === AUDIT_EMITTER,
      );

    beforeAll(async () => {
      on = await startGuarded('policies');
      await on.applyAll('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
      // What was there before the policies.
      expect((await on.create(pod('old', { owner: 'ann' }))).status).toBe(201);
      gatekeeper = await startGatekeeper(on.api);
      collector = await Collector.make(on.api);
      await on.applyAll(TEMPLATE);
      await until(
        'the kind of the template',
        async () =>
          (await request(on.api, 'GET', '/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels'))
            .status === 200 || undefined,
      );
      await on.applyAll(constraint('must-have-owner', 'deny', 'owner'));
      await on.applyAll(constraint('should-have-tier', 'warn', 'tier'));
      await on.applyAll(constraint('may-have-cost', 'dryrun', 'cost'));
      await on.applyAll(MUTATOR);
      const tried = '&dryRun=All';
      await until(
        'Gatekeeper denies',
        async () => (await on.create(pod('first', {}), tried)).status === 403 || undefined,
      );
      await until(
        'Gatekeeper warns',
        async () => (await on.create(pod('first', { owner: 'ann' }), tried)).warnings.length > 0 || undefined,
      );
      await until('Gatekeeper changes', async () => {
        const { body } = await on.create(pod('first', { owner: 'ann' }), tried);
        return (body as { metadata: { labels: Record<string, string> } }).metadata.labels.team;
      });
    }, 300_000);
    afterAll(async () => {
      await gatekeeper?.end();
      await on?.stop();
    });

    it('what it refused is a decision of its constraint, from the audit events of the API server', async () => {
      const refused = await on.create(pod('bare', { tier: 'web', cost: '1' }));
      expect(refused.status).toBe(403);
      const found = await until('the refusal', async () =>
        (await audited()).find(({ subject_id }) => subject_id === 'Pod/shop/bare'),
      );
      expect(said(found)).toBe(
        'gatekeeper/must-have-owner gatekeeper/must-have-owner Pod/shop/bare fail enforced admission',
      );
      expect(found.message).toBe('you must provide labels: {"owner"}');
    });

    it('what it changed is a record, with the mutator and the change', async () => {
      expect((await on.create(pod('good', { owner: 'ann', tier: 'web', cost: '1' }))).status).toBe(201);
      const found = await until('the mutation', async () => {
        const all = (await audited()).filter(({ subject_id }) => subject_id === 'Pod/shop/good');
        return all.length > 0 ? all : undefined;
      });
      const mutation = found.find(({ policy_id }) => policy_id === 'gatekeeper/AssignMetadata');
      expect(mutation && said(mutation)).toBe(
        'gatekeeper/AssignMetadata gatekeeper/AssignMetadata/team Pod/shop/good not_applicable enforced admission',
      );
      expect(mutation?.details).toMatchObject({
        webhook: 'mutation.gatekeeper.sh',
        configuration: 'gatekeeper-mutating-webhook-configuration',
        changes: expect.arrayContaining([{ op: 'add', path: '/metadata/labels/team', value: 'payments' }]),
      });
    });

    it('what its audit found is collected from the status of constraints', async () => {
      expect((await on.create(pod('untiered', { owner: 'ann', cost: '1' }))).status).toBe(201);
      const found = await until('the audit', async () => {
        const all = fails(await collector.collected('gatekeeper-constraint'));
        return all.length >= AUDITED.length ? all : undefined;
      });
      expect(found).toEqual(AUDITED);
    });

    it('its events say the same', async () => {
      const events = await until('the events', async () => {
        const { body } = await request(on.api, 'GET', '/api/v1/namespaces/gatekeeper-system/events');
        return (body as { items: unknown[] }).items.length > 3 ? body : undefined;
      });
      writeFileSync(join(collector.folder, 'events.json'), JSON.stringify(events));
      expect(fails(await collector.ingested('gatekeeper-events', 'events.json'))).toEqual(ALL);
    });

    it('its log says the same', async () => {
      const log = join(on.api.folder, 'gatekeeper.log');
      expect(fails(await collector.ingested('gatekeeper-log', log))).toEqual(ALL);
    });

    it('what it exports is taken in', async () => {
      const out = join(collector.folder, 'exports');
      mkdirSync(out);
      await on.applyAll(
        stringify({
          apiVersion: 'connection.gatekeeper.sh/v1alpha1',
          kind: 'Connection',
          metadata: { name: 'audit-connection', namespace: 'gatekeeper-system' },
          spec: { driver: 'disk', config: { path: out, maxAuditResults: 3 } },
        }),
      );
      const file = await until('an export', async () =>
        readdirSync(out, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.log')),
      );
      expect(fails(await collector.ingested('gatekeeper-export', join(out, file)))).toEqual(AUDITED);
    });
  },
);
