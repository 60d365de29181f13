import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Machine } from '../testing/program.ts';
import type { IngestReport } from './report.ts';

const machine = new Machine('2026-11-18T12:00:00Z');
const report = (apiVersion: string, kind: string, rest = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: r, namespace: shop}\n${rest}`;

/** Reports in YAML, of formats that tell of passes, in which nothing was judged. */
it.each<[string, string]>([
  ['policy-report', report('wgpolicyk8s.io/v1alpha2', 'PolicyReport', 'results: []\n')],
  ['policy-report', report('wgpolicyk8s.io/v1alpha2', 'ClusterPolicyReport')],
  ['policy-report', report('wgpolicyk8s.io/v1alpha2', 'PolicyReport', 'results: null\nsummary: {pass: 0}\n')],
  ['open-reports', report('openreports.io/v1alpha1', 'Report', 'results: []\n')],
  ['open-reports', report('openreports.io/v1alpha1', 'ClusterReport')],
  [
    'kyverno-ephemeral',
    report('reports.kyverno.io/v1', 'EphemeralReport', 'spec: {results: [], summary: {}}\n'),
  ],
  ['policy-report', 'apiVersion: v1\nkind: List\nitems: []\n'],
])('%s without a result is no pass', async (format, text) => {
  writeFileSync(join(machine.folder, 'report.yaml'), text);
  const { code, stdout } = await machine.run('ingest', format, 'report.yaml', '--no-bundle', '-o', 'json');
  const { reports, exit_code } = JSON.parse(stdout) as IngestReport;
  expect([code, exit_code]).toEqual([3, 3]);
  expect(reports[0]?.verdicts.pass ?? 0).toBe(0);
  expect(reports[0]?.complete ?? false).toBe(false);
});
