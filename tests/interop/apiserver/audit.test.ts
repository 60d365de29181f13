import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ReconcileReport } from '../../../src/cli/admission/reconcile-schema.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { openReader } from '../../../src/ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../../src/record/index.ts';
import { request } from './client.ts';
import { AUDIT_EMITTER, type Guarded, startGuarded, until } from './guarded.ts';
import { pod } from './pod.ts';
import { why } from './server.ts';

const VAP = 'admissionregistration.k8s.io/v1';
/** A policy of the API server that finds whatever has its name as a label, and its binding. */
const policy = (name: string, actions: string[]) =>
  stringify({
    apiVersion: VAP,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
        ],
      },
      validations: [{ expression: `!('${name}' in object.data)`, message: `found by ${name}` }],
    },
  }) +
  '---\n' +
  stringify({
    apiVersion: VAP,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${name}-b` },
    spec: { policyName: name, validationActions: actions },
  });
const config = (name: string, ...keys: string[]) =>
  stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'shop' },
    data: Object.fromEntries(keys.map((key) => [key, 'x'])),
  });
/** How many objects are made at once, and in all. */
const [AT_ONCE, MANY] = [8, Number(process.env.EXHIBIT_APPLIES ?? 300)];

describe.skipIf(why !== '')(
  `the audit events of a real API server${why}`,
  { timeout: 300_000 + MANY * 100 },
  () => {
    let on: Guarded;
    const machine = new Machine(new Date().toISOString());
    const evidence = () => join(on.at.folder, 'evidence');

    const records = async (): Promise<EvidenceRecord[]> => {
      const reader = await openReader(evidence());
      const { size } = await reader.checkpoint();
      const found: EvidenceRecord[] = [];
      for await (const { bytes } of reader.entries(0, size)) found.push(parseRecord(bytes));
      await reader.close();
      return found;
    };
    const decisions = async (id: string) =>
      (await records()).filter(
        ({ record_type, policy_id, emitter }) =>
          record_type === 'decision' && policy_id === id && emitter === AUDIT_EMITTER,
      );
    const compare = async (...args: string[]): Promise<ReconcileReport> => {
      machine.now = Date.now();
      const { stdout, stderr } = await machine.run(
        ...['admission', 'reconcile', ...args, '--evidence', evidence()],
        ...['--webhook', on.webhookFile, '-o', 'json'],
      );
      expect(stderr).not.toContain('error');
      return JSON.parse(stdout) as ReconcileReport;
    };
    /** A comparison once the API server has sent all that it has: it sends in batches. */
    const settled = (args: string[], told: (report: ReconcileReport) => boolean) =>
      until('both logs settle', async () => {
        const report = await compare(...args);
        return told(report) && report.unnamed.length === 0 ? report : undefined;
      });

    beforeAll(async () => {
      on = await startGuarded('policies');
      await on.applyAll('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
      await on.applyAll(`${policy('refuses', ['Deny'])}---\n${policy('warns', ['Warn', 'Audit'])}`);
      await on.applyAll(policy('watches', ['Audit']));
      await on.configure('Fail');
      // An API server takes policies and configurations up some time after it has stored them.
      const tried = '&dryRun=All';
      await until('the webhook is in force', async () =>
        (await on.create(pod('first', true), tried)).status === 403 ? true : undefined,
      );
      await until('a policy refuses', async () =>
        (await on.create(config('first', 'refuses'), tried)).status === 422 ? true : undefined,
      );
      await until('a policy warns', async () =>
        (await on.create(config('first', 'warns'), tried)).warnings.length > 0 ? true : undefined,
      );
    }, 300_000);
    afterAll(async () => on?.stop());

    it('decisions of ValidatingAdmissionPolicies are records: denied, warned of, only audited', async () => {
      const refused = await on.create(config('a', 'refuses'));
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([
        422,
        expect.stringContaining('refuses'),
      ]);
      expect((await on.create(config('b', 'warns'))).status).toBe(201);
      expect((await on.create(config('c', 'watches'))).status).toBe(201);
      const of = async (name: string, subject: string) =>
        until('a decision of a policy', async () =>
          (await decisions(`validating-admission-policy/${name}`)).find(
            ({ subject_id }) => subject_id === subject,
          ),
        );
      expect(await of('refuses', 'ConfigMap/shop/a')).toMatchObject({
        layer: 'admission',
        verdict: 'fail',
        disposition: 'enforced',
        message: 'found by refuses',
        actor_verified_by: 'none',
        details: { binding: 'refuses-b', verb: 'create', code: 422 },
      });
      expect(await of('warns', 'ConfigMap/shop/b')).toMatchObject({ verdict: 'fail', disposition: 'warned' });
      expect(await of('watches', 'ConfigMap/shop/c')).toMatchObject({
        verdict: 'fail',
        disposition: 'observed',
      });
    });

    it('what a mutating webhook changed is a record, with the change', async () => {
      const patch = [{ op: 'add', path: '/metadata/labels/team', value: 'shop' }];
      const key = (name: string) => readFileSync(join(on.folder, name));
      const server = createServer(
        { cert: key('server.pem'), key: key('server.key') },
        async (asked, answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of asked) chunks.push(chunk as Buffer);
          const { request: review } = JSON.parse(Buffer.concat(chunks).toString()) as {
            request: { uid: string };
          };
          const patched = {
            patchType: 'JSONPatch',
            patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
          };
          const response = { uid: review.uid, allowed: true, ...patched };
          answer.end(
            JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }),
          );
        },
      );
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const base = `/apis/${VAP}/mutatingwebhookconfigurations`;
      await on.applyAll(
        stringify({
          apiVersion: VAP,
          kind: 'MutatingWebhookConfiguration',
          metadata: { name: 'labels' },
          webhooks: [
            {
              name: 'team.labels.example.com',
              admissionReviewVersions: ['v1'],
              sideEffects: 'None',
              clientConfig: {
                url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
                caBundle: key('server.pem').toString('base64'),
              },
              rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            },
          ],
        }),
      );
      let made = 0;
      await until('a mutation', async () => {
        made += 1;
        const { body } = await on.create(pod(`labelled-${made}`));
        return (body as { metadata: { labels: Record<string, string> } }).metadata.labels.team;
      });
      const mutation = await until(
        'the record of a mutation',
        async () => (await decisions('kubernetes/webhook/team.labels.example.com'))[0],
      );
      expect(mutation).toMatchObject({
        verdict: 'not_applicable',
        disposition: 'enforced',
        subject_id: `Pod/shop/labelled-${made}`,
        details: { webhook: 'team.labels.example.com', configuration: 'labels', changes: patch },
      });
      expect((await request(on.api, 'DELETE', `${base}/labels`)).status).toBe(200);
      await new Promise((closed) => server.close(closed));
    });

    it(`each of ${MANY} applies has its run in the log, and both logs agree`, async () => {
      const began = new Date().toISOString();
      const outcomes = { admitted: 0, denied: 0 };
      let next = 0;
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let i = next++; i < MANY; i = next++) {
            const { status } = await on.create(
              i % 3 === 0 ? pod(`p-${i}`, i % 2 === 0) : config(`c-${i}`, 'x'),
            );
            if (status === 201) outcomes.admitted += 1;
            else if (status === 403) outcomes.denied += 1;
          }
        }),
      );
      const denied = Math.ceil(MANY / 6);
      expect(outcomes).toEqual({ admitted: MANY - denied, denied });
      const period = ['--from', began, '--to', new Date().toISOString()];
      const report = await settled(period, ({ recorded }) => recorded >= MANY);
      expect(report).toMatchObject({
        population: MANY,
        recorded: MANY,
        runs: MANY,
        named: MANY,
        exit_code: 0,
      });
      expect([report.lost, report.bypassed, report.unnamed, report.problems]).toEqual([[], [], [], []]);
      // The file that the API server wrote itself says the same.
      const { source, ...files } = await compare(on.log, ...period);
      const { source: _, not_asked, writes, ...batches } = report;
      expect(source).toBe('files');
      expect(files).toMatchObject(batches);
      // Reads, of which there are more than writes, made no record each.
      const all = (await records()).filter(({ emitter }) => emitter === AUDIT_EMITTER);
      const scanned = all.reduce(
        (sum, { details }) => sum + Number((details as { scanned?: number })?.scanned ?? 0),
        0,
      );
      expect(scanned).toBeGreaterThan(MANY);
      expect(all.filter(({ record_type }) => record_type === 'run').length).toBeLessThan(scanned / 2);
    });

    it('what came past the webhook is found, with the reason, and so is what was done to its configuration', async () => {
      const began = new Date().toISOString();
      await on.configure('Ignore');
      const passed = await until('a pod came past the webhook that is away', async () => {
        await on.at.stop();
        const name = `open-${Date.now()}`;
        const { status } = await on.create(pod(name, true));
        if (status === 201) return name;
        // The change was not taken up yet.
        await on.at.restart();
        return undefined;
      });
      await on.at.restart();
      expect(
        (await request(on.api, 'DELETE', `/apis/${VAP}/validatingwebhookconfigurations/exhibit`)).status,
      ).toBe(200);
      const unguarded = await until('a pod came past the webhook that is gone', async () => {
        const name = `gone-${Date.now()}`;
        return (await on.create(pod(name, true))).status === 201 ? name : undefined;
      });
      const period = ['--from', began, '--to', new Date().toISOString()];
      // A batch that the server did not take while it was away comes again.
      const found = await settled(period, ({ bypassed }) =>
        [passed, unguarded].every((name) => bypassed.some((one) => one.name === name)),
      );
      expect(found.exit_code).toBe(1);
      expect(Object.fromEntries(found.bypassed.map(({ name, reason }) => [name, reason]))).toEqual({
        [passed]: 'failed_open',
        [unguarded]: 'webhook_removed',
      });
      expect(found.configuration.map(({ kind, bypass, differs }) => [kind, bypass, differs])).toEqual([
        ['changed', true, ['failurePolicy is not the one that is meant']],
        ['removed', true, []],
      ]);
      const named = (all: ReconcileReport['bypassed']) => all.map(({ actor: _, ...rest }) => rest);
      expect(named((await compare(on.log, ...period)).bypassed)).toEqual(named(found.bypassed));

      const { added } = await compare(...period, '--record');
      // Two gaps, two bypasses, and the run with the counts; the same again adds nothing.
      expect(added).toBe(5);
      expect((await compare(...period, '--record')).added).toBe(0);
      await on.configure('Fail');
    });

    it('a run that the log does not have is lost', async () => {
      await on.configure('Fail');
      const began = new Date().toISOString();
      await until('the webhook is in force again', async () =>
        (await on.create(pod(`bad-${Date.now()}`, true))).status === 403 ? true : undefined,
      );
      await settled(['--from', began], ({ recorded }) => recorded > 0);
      // Another evidence folder knows none of the runs that this API server names.
      expect((await machine.run('ledger', 'init', 'other', '--origin', 'example.com/other')).code).toBe(0);
      machine.now = Date.now() + 120_000;
      const taken = await machine.run(
        'ingest',
        'kubernetes-audit',
        on.log,
        ...['--evidence', 'other', '--no-bundle'],
      );
      expect(`${taken.code} ${taken.stderr}`).toMatch(/^[013] recorded/);
      machine.now = Date.now();
      const args = ['--evidence', 'other', '--webhook', on.webhookFile, '-o', 'json', '--from', began];
      const { code, stdout } = await machine.run('admission', 'reconcile', on.log, ...args);
      const report = JSON.parse(stdout) as ReconcileReport;
      expect([code, report.recorded, report.lost.length > 0]).toEqual([1, 0, true]);
    });
  },
);
