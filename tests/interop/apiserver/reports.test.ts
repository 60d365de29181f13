import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Context } from '../../../src/cli/context.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { runWatch } from '../../../src/cli/watch/run.ts';
import { openReader } from '../../../src/ledger/index.ts';
import { type EvidenceRecord, parseRecord } from '../../../src/record/index.ts';
import { apply, manifestsIn, paths, request } from './client.ts';
import { until } from './guarded.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const FIXTURES = 'src/sources/testdata';
/** Kinds of reports, as their projects name them; their schemas matter to nobody here. */
const KINDS = [
  ['policyreports', 'PolicyReport', 'wgpolicyk8s.io', 'v1alpha2', true],
  ['reports', 'Report', 'openreports.io', 'v1alpha1', true],
  ['ephemeralreports', 'EphemeralReport', 'reports.kyverno.io', 'v1', true],
  ['k8srequiredlabels', 'K8sRequiredLabels', 'constraints.gatekeeper.sh', 'v1beta1', false],
] as const;

const definition = ([plural, kind, group, version, namespaced]: (typeof KINDS)[number]) =>
  stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, kind },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      ],
    },
  });

interface Report {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  results?: Record<string, unknown>[];
}
const first = (name: string): Report => {
  const value = parse(readFileSync(join(FIXTURES, name), 'utf8')) as Report & { items?: Report[] };
  return value.items?.[0] ?? value;
};

describe.skipIf(why !== '')(
  `reports of other engines, from a real API server${why}`,
  { timeout: 240_000 },
  () => {
    let api: ApiServer;
    let machine: Machine;
    let at: ReturnType<typeof paths>;

    const put = async (
      report: Report,
      over: Record<string, unknown> = {},
      kind = report.kind,
    ): Promise<void> => {
      const {
        uid: _,
        resourceVersion: _v,
        ownerReferences: _o,
        creationTimestamp: _c,
        ...metadata
      } = report.metadata;
      const text = stringify({
        ...report,
        kind,
        ...over,
        metadata: {
          name: 'one',
          ...metadata,
          ...(kind === 'K8sRequiredLabels' ? {} : { namespace: 'default' }),
        },
      });
      for (const one of manifestsIn(text)) await apply(api, await at(one), { ...one, text });
    };
    const records = async (): Promise<EvidenceRecord[]> => {
      const reader = await openReader(join(machine.folder, 'evidence'));
      const { size } = await reader.checkpoint();
      const found: EvidenceRecord[] = [];
      for await (const { bytes } of reader.entries(0, size)) found.push(parseRecord(bytes));
      await reader.close();
      return found;
    };
    const decisions = async (format: string) =>
      (await records()).filter(
        ({ record_type, format: own }) => record_type === 'decision' && own === format,
      );
    const args = () => [
      ...['watch', '--reports', '--evidence', 'evidence', '--cluster', 'shop-eu'],
      ...['--kubeconfig', 'kubeconfig', '--environment', 'production'],
    ];

    beforeAll(async () => {
      api = await startApiServer();
      machine = new Machine(new Date().toISOString());
      at = paths(api);
      writeFileSync(join(machine.folder, 'ca.pem'), api.ca);
      writeFileSync(
        join(machine.folder, 'kubeconfig'),
        stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'c', cluster: { server: api.address, 'certificate-authority': 'ca.pem' } }],
          users: [{ name: 'u', user: { token: api.token } }],
          contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
          'current-context': 'x',
        }),
      );
      expect((await machine.run('ledger', 'init', 'evidence', '--origin', 'example.com/reports')).code).toBe(
        0,
      );
    }, 180_000);
    afterAll(async () => api?.stop());

    it('a cluster without any kind of report told nothing, which is no pass', async () => {
      const { code } = await machine.run(...args(), '--once');
      expect(code).toBe(3);
      expect(await records()).toEqual([]);
    });

    it('all that stand there are records by the same readers as files, and the same again adds nothing', async () => {
      for (const kind of KINDS) {
        for (const one of manifestsIn(definition(kind))) await apply(api, await at(one), one);
        const [plural, , group, version] = kind;
        await until(`the kind ${plural}`, async () =>
          (await request(api, 'GET', `/apis/${group}/${version}/${plural}`)).status === 200
            ? true
            : undefined,
        );
      }
      at = paths(api);
      await put(first('kyverno/report.yaml'), { apiVersion: 'wgpolicyk8s.io/v1alpha2' }, 'PolicyReport');
      await put(first('openreports/openreports_single_report.json'), {}, 'Report');
      await put(first('kyverno/ephemeral-report.yaml'));
      await put(first('gatekeeper/owner_must_be_provided.yaml'));
      const { code, stderr } = await machine.run(...args(), '--once');
      expect(`${code} ${stderr}`).toMatch(/^0 /);
      const count = async () =>
        Promise.all(
          ['policy-report', 'open-reports', 'kyverno-ephemeral', 'gatekeeper-constraint'].map(
            async (format) => (await decisions(format)).length,
          ),
        );
      const results = ['kyverno/report.yaml', 'openreports/openreports_single_report.json'].map(
        (name) => first(name).results?.length,
      );
      // A constraint that no audit looked at yet is no result.
      expect(await count()).toEqual([...results, 1, 0]);
      expect((await decisions('kyverno-ephemeral'))[0]).toMatchObject({
        policy_id: 'kyverno/validate-long-resource-labels',
        verdict: 'fail',
        environment: 'production',
        details: { cluster: 'shop-eu' },
      });
      const { length } = await records();
      expect((await machine.run(...args(), '--once')).code).toBe(0);
      expect(await records()).toHaveLength(length);
    });

    it('a change is a record within moments; one of times alone is none', async () => {
      const end = new AbortController();
      const sink = { write: () => {}, isTTY: false, columns: 200 };
      const context: Context = {
        env: machine.env,
        cwd: machine.folder,
        clock: Date.now,
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
        stdout: sink,
        stderr: sink,
      };
      const running = runWatch(
        {
          ...{ resource: [], namespace: [], bundleKey: [] },
          ...{ reports: true, evidence: 'evidence', cluster: 'shop-eu', kubeconfig: 'kubeconfig' },
          ...{ cadence: 'P1D', heartbeat: 'PT5M' },
        },
        context,
        end.signal,
      );
      try {
        const path = '/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels/all-must-have-owner/status';
        const audited = async (auditTimestamp: string, name: string) =>
          request(api, 'PATCH', path, {
            type: 'application/merge-patch+json',
            // As Gatekeeper's audit writes it.
            text: JSON.stringify({
              status: {
                auditTimestamp,
                totalViolations: 1,
                violations: [
                  {
                    ...{ enforcementAction: 'deny', group: '', version: 'v1', kind: 'Namespace', name },
                    message: 'All namespaces must have an `owner` label that points to your company username',
                  },
                ],
              },
            }),
          });
        expect((await audited('2026-11-26T12:00:00Z', 'default')).status).toBe(200);
        await until('the violation', async () => (await decisions('gatekeeper-constraint'))[0]);
        // The next audit finds the same; the one after it something else.
        await audited('2026-11-26T12:01:00Z', 'default');
        await audited('2026-11-26T12:02:00Z', 'kube-public');
        await until('the second violation', async () => {
          const all = await decisions('gatekeeper-constraint');
          return all.some(({ subject_id }) => subject_id === 'Namespace/kube-public') ? all : undefined;
        });
        const subjects = (await decisions('gatekeeper-constraint')).map(({ subject_id }) => subject_id);
        expect(subjects).toEqual(['Namespace/default', 'Namespace/kube-public']);
      } finally {
        end.abort();
      }
      expect(await running).toBe(0);
    });

    it('the role that is printed allows to list and watch reports, and nothing else', async () => {
      const { stdout } = await machine.run('watch', '--reports', '--print-role', 'exhibit/reports');
      const [role] = stdout
        .split('---\n')
        .map((text) => parse(text) as { rules: { verbs: string[]; apiGroups: string[] }[] });
      expect(role?.rules.flatMap(({ apiGroups }) => apiGroups).sort()).toEqual([
        'constraints.gatekeeper.sh',
        'openreports.io',
        'reports.kyverno.io',
        'wgpolicyk8s.io',
      ]);
      for (const { verbs } of role?.rules ?? []) expect(verbs).toEqual(['list', 'watch']);
    });
  },
);
