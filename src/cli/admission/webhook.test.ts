import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Machine } from '../testing/program.ts';

const webhook = (...args: string[]) =>
  new Machine('2026-11-26T12:00:00Z').run('admission', 'webhook', ...args);

interface Configuration {
  webhooks: {
    clientConfig: Record<string, unknown>;
    failurePolicy: string;
    timeoutSeconds: number;
    namespaceSelector: { matchExpressions: { operator: string; values: string[] }[] };
    rules: { operations: string[]; resources: string[] }[];
  }[];
}

describe('exhibit admission webhook', () => {
  it('asks a service, closed while it is away, and leaves out what the cluster and the server need to come back', async () => {
    const { code, stdout } = await webhook(
      '--service',
      'guard/exhibit:8420',
      '--exempt',
      'monitoring',
      'storage',
    );
    expect(code).toBe(0);
    const [one] = (parse(stdout) as Configuration).webhooks;
    expect(one?.clientConfig).toEqual({
      service: { namespace: 'guard', name: 'exhibit', port: 8420, path: '/v1/admission' },
    });
    expect([one?.failurePolicy, one?.timeoutSeconds]).toEqual(['Fail', 5]);
    expect(one?.namespaceSelector.matchExpressions[0]).toMatchObject({
      operator: 'NotIn',
      values: ['guard', 'kube-node-lease', 'kube-public', 'kube-system', 'monitoring', 'storage'],
    });
    expect(one?.rules.map(({ operations }) => operations)).toEqual([['CREATE', 'UPDATE'], ['CONNECT']]);
    expect(one?.rules.flatMap(({ resources }) => resources)).toEqual(
      expect.arrayContaining([
        ...['*/scale', 'pods/ephemeralcontainers', 'pods/resize', 'namespaces/status', 'namespaces/finalize'],
        ...['pods/exec', 'nodes/proxy'],
      ]),
    );
  });

  it('says what --ignore-failures means, and judges deletions where that is wanted', async () => {
    const { stdout, stderr } = await webhook(
      '--url',
      'https://exhibit.example.com',
      '--ignore-failures',
      '--deletes',
    );
    const [one] = (parse(stdout) as Configuration).webhooks;
    expect(one?.clientConfig).toEqual({ url: 'https://exhibit.example.com/v1/admission' });
    expect(one?.failurePolicy).toBe('Ignore');
    expect(one?.rules[0]?.operations).toContain('DELETE');
    expect(stderr).toContain('everything is admitted and nothing is recorded');
  });

  it('marks the configuration whose caBundle the server keeps, and prints what that needs', async () => {
    const { stdout } = await webhook('--service', 'guard/exhibit', '--keep-ca');
    expect(parse(stdout)).toMatchObject({
      metadata: {
        name: 'exhibit',
        labels: { 'app.kubernetes.io/name': 'exhibit' },
        annotations: { 'admission.exhibit/ca-bundle': 'server' },
      },
    });
    const role = await webhook('--print-role', 'guard/exhibit');
    const [first = '', second = ''] = role.stdout.split('---\n');
    expect((parse(first) as { rules: unknown }).rules).toEqual([
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
        resourceNames: ['exhibit'],
        verbs: ['get', 'patch'],
      },
    ]);
    expect(parse(second)).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', namespace: 'guard', name: 'exhibit' }],
    });
    expect((await webhook('--print-role', 'exhibit')).code).toBe(2);
  });

  it.each([
    ['no place', [], '--service or --url'],
    ['two places', ['--service', 'a/b', '--url', 'https://a'], '--service or --url'],
    ['a place that is no service', ['--service', 'b'], 'NAMESPACE/NAME'],
    ['a port that is none', ['--service', 'a/b:70000'], 'NAMESPACE/NAME'],
    ['an address without TLS', ['--url', 'http://exhibit.example.com'], 'https'],
    ['an address that is none', ['--url', 'exhibit'], 'https'],
    ['a name that is no namespace', ['--service', 'a/b', '--exempt', 'A_b'], 'no namespace'],
    ['a time that no API server waits', ['--service', 'a/b', '--timeout', '31'], '1 to 30'],
    ['an authority that is not there', ['--service', 'a/b', '--ca', 'none.pem'], 'cannot be read'],
  ])('refuses %s', async (_, args, part) => {
    const { code, stdout, stderr } = await webhook(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(part);
  });

  it('refuses a file without a certificate, so that no key gets into a cluster by mistake', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'exhibit-ca-')), 'ca.pem');
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n');
    const { code, stderr } = await webhook('--service', 'a/b', '--ca', file);
    expect([code, stderr]).toEqual([2, expect.stringContaining('no certificate')]);
  });
});
