import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Machine } from '../testing/program.ts';
import type { ReconcileReport } from './reconcile-schema.ts';

let machine: Machine;
const event = (auditID: string, over: Record<string, unknown> = {}) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID,
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: { username: 'jane@example.com' },
  objectRef: { resource: 'pods', namespace: 'shop', name: auditID, apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 201 },
  requestReceivedTimestamp: '2026-11-26T10:00:00.000000Z',
  stageTimestamp: '2026-11-26T10:00:00.100000Z',
  ...over,
});
const removal = event('removed', {
  verb: 'delete',
  objectRef: {
    resource: 'validatingwebhookconfigurations',
    apiGroup: 'admissionregistration.k8s.io',
    name: 'exhibit',
  },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-26T09:00:00.000000Z',
});
const log = (name: string, ...events: unknown[]) =>
  writeFileSync(join(machine.folder, name), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
const reconcile = (...args: string[]) =>
  machine.run('admission', 'reconcile', ...args, '--evidence', 'evidence');
const report = async (...args: string[]) =>
  JSON.parse((await reconcile(...args, '-o', 'json')).stdout) as ReconcileReport;

beforeEach(async () => {
  machine = new Machine('2026-11-26T12:00:00Z');
  expect((await machine.run('ledger', 'init', 'evidence', '--origin', 'example.com/e')).code).toBe(0);
});

it('counts both sides before it says what is missing, and keeps no name of a person', async () => {
  log(
    'audit.log',
    removal,
    event('web'),
    event('sys', { objectRef: { resource: 'pods', namespace: 'kube-system' } }),
  );
  const { code, stdout } = await reconcile('audit.log', '--record');
  expect(code).toBe(1);
  for (const line of [
    /writes in the audit log +3/,
    /not asked about: namespace kube-system +1/,
    /asked about, or should have been +1/,
    /admitted without being asked about +1/,
    /runs of the webhook +0/,
    /gap: CREATE pods shop\/web at 2026-11-26T10:00:00.000Z was admitted, and the webhook was not asked: its configuration had been removed/,
    /configuration removed at 2026-11-26T09:00:00.000Z \(bypass\)/,
    /3 new records/,
  ])
    expect(stdout.replaceAll(/\n {2,}(?=\S)/g, ' ')).toMatch(line);
  expect(stdout).not.toContain('jane');
  expect((await report('audit.log', '--record')).added).toBe(0);
});

it('what was done to the configuration is counted with the bypasses of the gate', async () => {
  log('audit.log', removal);
  await reconcile('audit.log', '--record');
  const { stdout } = await machine.run('query', 'bypasses', '--evidence', 'evidence', '-o', 'json');
  const { columns, rows } = JSON.parse(stdout) as { columns: { name: string }[]; rows: unknown[][] };
  const cell = (name: string) => rows[0]?.[columns.findIndex((column) => column.name === name)];
  expect([rows.length, cell('kind'), cell('merged_at')]).toEqual([
    1,
    'webhook_removed',
    '2026-11-26T09:00:00.000Z',
  ]);
  expect(cell('actor')).toMatch(/^actor:/);
});

it('what is exempt is what the configuration says, of a file or of flags', async () => {
  log('audit.log', event('web'));
  expect((await report('audit.log', '--exempt', 'shop')).not_asked).toEqual([
    { reason: 'namespace shop', count: 1 },
  ]);
  const { stdout } = await machine.run(
    'admission',
    'webhook',
    '--service',
    'guard/exhibit',
    '--exempt',
    'shop',
  );
  writeFileSync(join(machine.folder, 'webhook.yaml'), stdout);
  const found = await report('audit.log', '--webhook', 'webhook.yaml');
  expect([found.population, found.bypassed, found.exit_code]).toEqual([0, [], 3]);
});

it('nothing to compare is no agreement', async () => {
  const { code, stdout } = await reconcile();
  expect([code, stdout]).toEqual([3, expect.stringContaining('no audit events of the period')]);
});

it('a log that is cut off says so', async () => {
  log('audit.log', event('web'));
  writeFileSync(join(machine.folder, 'audit.log'), '{"kind":"Event","apiVersion":"audit.k8s.io/v1","ver', {
    flag: 'a',
  });
  const found = await report('audit.log', '--exempt', 'shop');
  expect([found.exit_code, found.problems.length]).toEqual([3, 1]);
});

it.each([
  ['a period that ends first', ['--from', '2026-11-27'], 2, 'ends before it begins'],
  ['two configurations', ['--webhook', 'w.yaml', '--exempt', 'a'], 2, 'says what is exempt'],
  ['a configuration that is not there', ['--webhook', 'none.yaml'], 2, 'cannot be read'],
  ['a file of another kind', ['--webhook', 'pod.yaml'], 2, 'no ValidatingWebhookConfiguration'],
])('refuses %s', async (_, args, status, words) => {
  writeFileSync(join(machine.folder, 'pod.yaml'), 'kind: Pod\n');
  const { code, stderr } = await reconcile(...args);
  expect([code, stderr.replaceAll(/\s+/g, ' ')]).toEqual([status, expect.stringContaining(words)]);
});
