import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { initLedger } from '../../../src/ledger/index.ts';
import { buildBundle, generateBundleKey, signBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { formatInstant, uuidv7 } from '../../../src/record/index.ts';
import { readSettings, webhookConfiguration } from '../../../src/server/index.ts';
import { toolIsThere } from '../policy/export-corpus.ts';
import { freePort } from '../policy/registry.ts';
import { certificatesIn } from '../server/openssl.ts';
import { request } from './client.ts';
import { type ApiServer, startApiServer, why as whyServer } from './server.ts';

const CHART = 'deploy/helm/exhibit';
const ROOT = join(import.meta.dirname, '../../..');
const BIN = join(ROOT, 'src/cli/bin.ts');
const why = (await toolIsThere('helm', ['version'])) ? whyServer : ' (skipped: no helm found)';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  webhooks?: unknown[];
}

describe.skipIf(why !== '')(`the chart, by the real helm${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-chart-'));
  const file = (name: string) => join(folder, name);
  const pair = generateBundleKey();
  let api: ApiServer;
  let authority = '';

  const values = (more: Record<string, unknown> = {}) => ({
    image: { digest: `sha256:${'9'.repeat(64)}` },
    cluster: 'shop-eu',
    bundle: {
      keys: pair.publicKeyPem,
      origin: { oci: { reference: 'registry.example.com/acme/policies:latest' } },
    },
    // An API server alone has no cert-manager.
    certificates: { certManager: false, ca: authority },
    webhook: { exempt: ['monitoring'] },
    networkPolicy: { apiServer: [{ ipBlock: { cidr: '10.0.0.0/28' } }] },
    ...more,
  });
  const helm = (given: Record<string, unknown>, ...args: string[]) => {
    writeFileSync(file('values.json'), JSON.stringify(given));
    const { status, stdout, stderr } = spawnSync(
      'helm',
      [...args, 'guard', CHART, '--namespace', 'exhibit', '--values', file('values.json')],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, KUBECONFIG: file('kubeconfig') } },
    );
    return { status, stdout, stderr };
  };
  const rendered = (given: Record<string, unknown> = values()): Rendered[] => {
    const { status, stdout, stderr } = helm(given, 'template', '--kube-version', '1.34.3');
    expect([status, stderr]).toEqual([0, '']);
    return parseAllDocuments(stdout).flatMap((one) =>
      one.contents === null ? [] : [one.toJS() as Rendered],
    );
  };
  const one = (all: readonly Rendered[], kind: string, name: string): Rendered => {
    const found = all.find((each) => each.kind === kind && each.metadata.name === name);
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  };

  beforeAll(async () => {
    certificatesIn(folder).authority('server', '-addext', 'subjectAltName=IP:127.0.0.1');
    authority = readFileSync(file('server.pem'), 'utf8');
    const built = await buildBundle('policies', { opa: await keptCompiler(), revision: 'chart' });
    const { tar } = await signBundle(built.files, pair.privateKeyPem, 'bundle');
    writeFileSync(file('bundle.tar.gz'), tar);
    writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
    api = await startApiServer();
    writeFileSync(
      file('kubeconfig'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'one',
        contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
        clusters: [
          {
            name: 'one',
            cluster: {
              server: api.address,
              'certificate-authority-data': Buffer.from(api.ca).toString('base64'),
            },
          },
        ],
        users: [{ name: 'one', user: { token: api.token } }],
      }),
    );
  });
  afterAll(async () => {
    await api?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('passes the policies of the library: nothing blocks, and two warnings are of what can run only once', () => {
    const shown = file('rendered');
    mkdirSync(shown);
    for (const [name, given] of [
      ['manager', values({ certificates: { certManager: true } })],
      ['secrets', values()],
      ['issued', values({ certificates: { certManager: false, issued: true } })],
      [
        'elsewhere',
        values({ server: { enabled: false }, evidence: { url: 'https://evidence.example.com' } }),
      ],
    ] as const) {
      const { stdout } = helm(given, 'template', '--kube-version', '1.34.3');
      writeFileSync(join(shown, `${name}.yaml`), stdout);
      const out = spawnSync(
        process.execPath,
        [
          ...[BIN, 'check', join(shown, `${name}.yaml`), '-o', 'json'],
          ...['--bundle', file('bundle.tar.gz'), '--bundle-key', file('bundle.pub.pem')],
        ],
        { encoding: 'utf8', env: { ...process.env, EXHIBIT_STATE: file('state') } },
      );
      const { results, summary } = JSON.parse(out.stdout) as {
        results: { verdict: string; policy_id: string; subject: { id: string }; disposition: string }[];
        summary: { error: number; not_evaluated: number; pass: number };
      };
      const fails = results
        .filter(({ verdict }) => verdict === 'fail')
        .map(({ policy_id, subject, disposition }) => `${policy_id} ${subject.id} ${disposition}`);
      expect([out.status, summary.error, summary.not_evaluated]).toEqual([0, 0, 0]);
      expect(summary.pass).toBeGreaterThan(40);
      expect(fails.every((each) => /^workload-replicated .*(server|watcher).* warned$/.test(each))).toBe(
        true,
      );
    }
  });

  it('asks about the same as exhibit admission webhook prints', () => {
    const configuration = one(rendered(), 'ValidatingWebhookConfiguration', 'guard');
    const expected = webhookConfiguration({
      place: { service: { namespace: 'exhibit', name: 'guard-webhook', port: 8420 } },
      ca: Buffer.from(authority),
      failure: 'Fail',
      exempt: ['monitoring'],
      timeout: 5,
      deletes: false,
    });
    expect(configuration.webhooks).toEqual(expected.webhooks);
  });

  it('lets the webhook that makes its certificate keep caBundle of its configuration, and nothing else', () => {
    const all = rendered(values({ certificates: { certManager: false, issued: true } }));
    const { webhooks, metadata } = one(all, 'ValidatingWebhookConfiguration', 'guard') as Rendered & {
      metadata: { annotations: unknown; labels: Record<string, string> };
      webhooks: { clientConfig: object }[];
    };
    expect(metadata.annotations).toEqual({ 'admission.exhibit/ca-bundle': 'server' });
    expect(metadata.labels['app.kubernetes.io/name']).toBe('exhibit');
    expect(webhooks[0]?.clientConfig).not.toHaveProperty('caBundle');
    const { rules } = one(all, 'ClusterRole', 'exhibit-guard-webhook') as Rendered & { rules: Rule[] };
    expect(rules).toEqual([
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
        resourceNames: ['guard'],
        verbs: ['get', 'patch'],
      },
    ]);
    writeFileSync(file('issued.yaml'), one(all, 'ConfigMap', 'guard-webhook').data?.['server.yaml'] ?? '');
    expect(readSettings(file('issued.yaml'), {}).settings.tls?.issued).toMatchObject({
      folder: '/var/lib/exhibit/authority',
      names: ['guard-webhook', 'guard-webhook.exhibit', 'guard-webhook.exhibit.svc'],
      webhook: { configuration: 'guard' },
    });
    const named = (given: Record<string, unknown>) =>
      rendered(given).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(named(values())).not.toContain('ClusterRole exhibit-guard-webhook');
    const both = named(values({ certificates: { certManager: true, issued: true, ca: '' } }));
    expect(both).toContain('Certificate guard-server');
    expect(both).not.toContain('Certificate guard-webhook');
  });

  it('lets the watcher list and watch what exhibit watch looks at by itself, and nothing else', () => {
    const printed = spawnSync(process.execPath, [BIN, 'watch', '--print-role', 'exhibit/guard-watcher'], {
      encoding: 'utf8',
    });
    const [role] = parseAllDocuments(printed.stdout).map((each) => each.toJS() as { rules: Rule[] });
    const own = one(rendered(), 'ClusterRole', 'exhibit-guard-watcher') as Rendered & { rules: Rule[] };
    const flat = (rules: readonly Rule[]) =>
      rules
        .flatMap(({ apiGroups, resources, verbs }) =>
          resources.map((resource) => `${resource}.${apiGroups.join()} ${verbs.join()}`),
        )
        .sort();
    expect(flat(own.rules)).toEqual(flat(role?.rules ?? []));
  });

  it('writes settings that the programs take', () => {
    const all = rendered();
    for (const part of ['server', 'webhook']) {
      const { data = {} } = one(all, 'ConfigMap', `guard-${part}`);
      writeFileSync(file(`${part}.yaml`), data['server.yaml'] ?? '');
      const { settings } = readSettings(file(`${part}.yaml`), {});
      expect(settings.listen).toMatchObject({ host: '0.0.0.0', port: 8420 });
      expect(settings.bundles[0]?.keys).toEqual(['/etc/exhibit/bundle.pub.pem']);
      expect(data['bundle.pub.pem']?.trim()).toBe(pair.publicKeyPem.trim());
      if (part === 'webhook')
        expect(settings).toMatchObject({
          evidence: 'https://guard-server.exhibit.svc:8420',
          spool: { folder: '/var/lib/exhibit/spool' },
          admission: { environment: 'production', cluster: 'shop-eu', callers: 'anyone' },
        });
    }
    const watcher = one(all, 'ConfigMap', 'guard-watcher');
    expect(parseYaml(watcher.data?.['bundle.yaml'] ?? '')).toMatchObject({
      bundles: [{ http: { url: 'https://guard-server.exhibit.svc:8420/bundles/main' } }],
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a tag in the place of a digest', { image: { digest: 'latest' } }, /is no digest/],
    ['no key of the bundle', { bundle: { origin: { s3: {} } } }, /bundle\.keys/],
    ['no place of the bundle', { bundle: { keys: 'k' } }, /bundle\.origin/],
    ['two places of the bundle', { bundle: { keys: 'k', origin: { s3: {}, oci: {} } } }, /origin/],
    ['two places for evidence', { evidence: { url: 'https://evidence.example.com' } }, /one place/],
    ['no place for evidence', { server: { enabled: false } }, /evidence\.url/],
    ['evidence without TLS', { evidence: { url: 'http://evidence.example.com' } }, /url/],
    ['a word that is none', { webhok: {} }, /webhok/],
    ['secrets to be read', { watcher: { read: { '': ['secrets'] } } }, /secrets are not read/],
    ['no authority', { certificates: { certManager: false } }, /certificates\.ca/],
    ['a webhook that nobody knows where from is asked', { networkPolicy: { apiServer: [] } }, /apiServer/],
    [
      'a webhook that everybody may ask',
      { networkPolicy: { apiServer: [{ ipBlock: { cidr: '10.0.0.0/28' } }, { ipBlock: { cidr: '::/0' } }] } },
      /everybody could ask/,
    ],
    [
      'a name that is more than a name',
      {
        server: { enabled: false },
        evidence: { url: 'https://e.example.com', tokenSecret: 'a, optional: true' },
      },
      /tokenSecret/,
    ],
    [
      'an issuer of two lines',
      { server: { serviceAccountIssuer: 'https://a\n          audience: b' } },
      /serviceAccountIssuer/,
    ],
    [
      'an address with words behind it',
      { server: { enabled: false }, evidence: { url: 'https://e.example.com #' } },
      /url/,
    ],
  ])('refuses %s', (_, given, message) => {
    const { status, stderr } = helm(values(given), 'template', '--kube-version', '1.34.3');
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('is taken by a real API server, under the restricted standard, without a warning', async () => {
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'exhibit',
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    };
    await request(api, 'POST', '/api/v1/namespaces', {
      type: 'application/json',
      text: JSON.stringify(namespace),
    });
    const installed = helm(values(), 'install');
    expect([installed.status, installed.stderr]).toEqual([0, '']);
    const get = async (path: string) => (await request(api, 'GET', path)).status;
    for (const part of ['server', 'webhook', 'watcher'])
      expect(await get(`/apis/apps/v1/namespaces/exhibit/statefulsets/guard-${part}`)).toBe(200);
    const upgraded = helm(values({ webhook: { replicas: 3 } }), 'upgrade');
    expect([upgraded.status, upgraded.stderr]).toEqual([0, '']);
    // What the webhook wrote into its configuration outlives an upgrade.
    const issued = { certManager: false, issued: true };
    const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard';
    // No webhook answers here, and none is to be asked about the role.
    expect((await request(api, 'DELETE', path)).status).toBe(200);
    const changed = helm(values({ certificates: issued }), 'upgrade');
    expect([changed.status, changed.stderr]).toEqual([0, '']);
    const caBundle = Buffer.from(authority).toString('base64');
    const patch = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
    const set = { type: 'application/json-patch+json', text: JSON.stringify(patch) };
    expect((await request(api, 'PATCH', path, set)).status).toBe(200);
    expect(helm(values({ certificates: issued, webhook: { timeoutSeconds: 7 } }), 'upgrade').status).toBe(0);
    expect((await request(api, 'GET', path)).body).toMatchObject({
      webhooks: [{ timeoutSeconds: 7, clientConfig: { caBundle } }],
    });
    expect(helm(values(), 'upgrade').status).toBe(0);
    // The watcher may list what its settings name, and nothing else.
    const may = async (resource: string, group = '') => {
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: 'system:serviceaccount:exhibit:guard-watcher',
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: { verb: 'list', resource, group },
        },
      };
      const { body } = await request(api, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        type: 'application/json',
        text: JSON.stringify(review),
      });
      return (body as { status: { allowed: boolean } }).status.allowed;
    };
    expect([await may('pods'), await may('deployments', 'apps'), await may('secrets')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('the evidence store knows webhook and watcher by their tokens, with keys that the API server gives', async () => {
    const tokenOf = async (account: string, audiences?: string[]) => {
      const { body } = await request(
        api,
        'POST',
        `/api/v1/namespaces/exhibit/serviceaccounts/${account}/token`,
        {
          type: 'application/json',
          text: JSON.stringify({
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            spec: { ...(audiences === undefined ? {} : { audiences }) },
          }),
        },
      );
      return (body as { status: { token: string } }).status.token;
    };
    writeFileSync(file('jwks-token'), await tokenOf('guard-server'));
    writeFileSync(file('cluster.pem'), api.ca);
    await initLedger(file('evidence'), { origin: 'example.com/chart', clock: Date.now, random });
    // As the chart has it, with the places of this machine.
    const { data = {} } = one(
      rendered(values({ server: { serviceAccountIssuer: 'https://kubernetes.default.svc' } })),
      'ConfigMap',
      'guard-server',
    );
    const port = await freePort();
    const text = (data['server.yaml'] ?? '')
      .replace('/var/lib/exhibit/evidence', file('evidence'))
      .replace('host: 0.0.0.0, port: 8420', `port: ${port}`)
      .replaceAll(/\/etc\/exhibit-tls\/tls\.(crt|key)/g, (_, end: string) =>
        file(end === 'crt' ? 'server.pem' : 'server.key'),
      )
      .replace('https://kubernetes.default.svc/', `${api.address}/`)
      .replace('/etc/cluster/token', file('jwks-token'))
      .replaceAll('/etc/exhibit/bundle.pub.pem', file('bundle.pub.pem'))
      .replace(/oci:\n\s+reference: \S+/, `file: ${file('bundle.tar.gz')}`);
    writeFileSync(file('here.yaml'), text);
    const server = await started(file('here.yaml'), file('cluster.pem'));
    try {
      const send = async (token: string, emitter: string) => {
        const record = {
          schema: 'exhibit.record/1',
          record_id: uuidv7(Date.now(), random),
          record_type: 'heartbeat',
          observed_at: formatInstant(Date.now()),
          emitter,
          layer: 'admission',
          tool: 'exhibit',
        };
        const sent = await request(
          { address: `https://127.0.0.1:${port}`, token, ca: authority },
          'POST',
          '/v1/records',
          { type: 'application/x-ndjson', text: `${JSON.stringify(record)}\n` },
        );
        return `${sent.status} ${(sent.body as { refused?: { code: string }[] }).refused?.[0]?.code ?? ''}`.trim();
      };
      const [webhook, watcher, other] = [
        await tokenOf('guard-webhook', ['exhibit']),
        await tokenOf('guard-watcher', ['exhibit']),
        await tokenOf('guard-server', ['exhibit']),
      ];
      expect(await send(webhook, 'admission/shop-eu')).toBe('200');
      expect(await send(watcher, 'watch/shop-eu')).toBe('200');
      // Under the other's name, of another account, for another audience.
      expect(await send(webhook, 'watch/shop-eu')).toBe('422 AUTH_DENIED');
      expect(await send(other, 'admission/shop-eu')).toBe('403');
      expect(await send(await tokenOf('guard-webhook'), 'admission/shop-eu')).toBe('401');
    } finally {
      server.kill('SIGTERM');
      await new Promise((resolve) => server.once('exit', resolve));
    }
  });

  /** The program in a process of its own, which knows the cluster's authority as a pod does. */
  async function started(settings: string, authorities: string): Promise<ChildProcess> {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authorities, EXHIBIT_STATE: file('server-state') };
    const child = spawn(process.execPath, ['--no-warnings', BIN, 'server', 'run', settings], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    return child;
  }
});
