import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { buildBundle, generateBundleKey, signBundle } from '../../../src/policy/index.ts';
import { keptCompiler } from '../../../src/policy/testing/compiler.ts';
import { webhookConfiguration } from '../../../src/server/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { certificatesIn } from '../server/openssl.ts';
import { apply, manifestsIn, paths, type Reply, request, tryCreate } from './client.ts';
import { pod } from './pod.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const POLICY = 'container-not-privileged';
const NOON = Date.parse('2026-11-26T12:00:00Z');

/** Of everything that is asked, what was asked and the webhook's notes; no object. */
const AUDIT = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata, resources: [{group: "", resources: [pods]}]}, {level: None}]
`;
const OVERRIDE = `id: OVR-7
policy: ${POLICY}
scope: {subjects: ["Pod/shop/urgent*/**"], layers: [admission]}
owner: team@example.com
approver: lead@example.com
reason: The node's driver can only be mended by a container of this kind.
ticket: https://tickets.example.com/7
created: 2026-11-26T00:00:00Z
sunset: 2026-11-26T18:00:00Z
compensating_control: The on-call engineer watches it.
`;

interface AuditEvent {
  auditID: string;
  verb: string;
  objectRef?: { name?: string };
  responseStatus?: { code?: number };
  annotations?: Record<string, string>;
}

describe.skipIf(why !== '')(`the webhook of a real API server${why}`, () => {
  let folder: string;
  let api: ApiServer;
  let at: Harness;
  let now = NOON;
  let log = '';
  let place: (text: string) => Promise<string>;
  const file = (name: string) => join(folder, name);

  const settings = (): Given => ({
    bundles: [{ name: 'main', file: file('bundle.tar.gz'), keys: [file('bundle.pub.pem')] }],
    tls: { cert: file('server.pem'), key: file('server.key') },
    // The port stays over a restart: the API server knows it.
    listen: { port },
    admission: { environment: 'production', callers: 'anyone' },
  });
  let port = 0;
  const create = async (text: string): Promise<Reply> =>
    request(api, 'POST', `${await place(text)}?fieldValidation=Strict`, { type: 'application/yaml', text });
  const message = ({ body }: Reply) => (body as { message?: string }).message ?? '';
  const asked = async (failure: 'Fail' | 'Ignore') => {
    const configuration = webhookConfiguration({
      place: { url: at.url },
      ca: readFileSync(file('server.pem')),
      failure,
      exempt: [],
      timeout: 5,
      deletes: false,
    });
    const [one] = manifestsIn(stringify(configuration));
    if (one === undefined) throw new Error('no configuration');
    await apply(api, await paths(api)(one), one);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exhibit-webhook-'));
    certificatesIn(folder).authority('server', '-addext', 'subjectAltName=IP:127.0.0.1');
    const pair = generateBundleKey();
    writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
    const policies = file('policies');
    execFileSync('cp', ['-r', 'policies', policies]);
    await writeFile(join(policies, 'overrides', 'OVR-7.yaml'), OVERRIDE);
    const built = await buildBundle(policies, {
      opa: await keptCompiler(),
      revision: 'test',
      revision_time: NOON / 1_000 - 60,
    });
    expect(built.data.overrides.map(({ id }) => id)).toContain('OVR-7');
    const { tar } = await signBundle(built.files, pair.privateKeyPem, 'bundle');
    writeFileSync(file('bundle.tar.gz'), tar);
    at = await harness(settings(), () => now);
    port = Number(new URL(at.url).port);
    api = await startApiServer(async (of) => {
      await writeFile(join(of, 'audit.yaml'), AUDIT);
      log = join(of, 'audit.log');
      return [
        '--allow-privileged=true',
        `--audit-policy-file=${join(of, 'audit.yaml')}`,
        `--audit-log-path=${log}`,
        '--audit-log-mode=blocking-strict',
      ];
    });
    const find = paths(api);
    place = async (text) => {
      const [one] = manifestsIn(text);
      if (one === undefined) throw new Error('no manifest');
      return find(one);
    };
    for (const one of manifestsIn('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'))
      await apply(api, await find(one), one);
    await asked('Fail');
    // An API server takes a configuration up some time after it has stored it.
    const bad = pod('first', true);
    while ((await tryCreate(api, await place(bad), bad)).status < 400)
      await new Promise((next) => setTimeout(next, 200));
  });
  afterAll(async () => {
    await api?.stop();
    await at?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('admits what complies, and denies what does not, with what to do about it', async () => {
    const fine = await create(pod('fine', false));
    expect([fine.status, message(fine)]).toEqual([201, '']);
    const denied = await create(pod('bad', true));
    expect(denied.status).toBe(403);
    expect(message(denied)).toContain(POLICY);
    expect(message(denied)).toContain('fix:');
    expect(message(denied)).toContain('--subject Pod/shop/bad');
  });

  it('admits under an override with a warning, and denies one second after its sunset', async () => {
    const waived = await create(pod('urgent-1', true));
    expect(message(waived)).toBe('');
    expect(waived.status).toBe(201);
    expect(waived.warnings.join('\n')).toContain('waived by override OVR-7 until 2026-11-26T18:00:00');
    now = Date.parse('2026-11-26T18:00:01Z');
    const after = await create(pod('urgent-2', true));
    expect([after.status, message(after)]).toEqual([403, expect.stringContaining(POLICY)]);
    now = NOON;
  });

  it('a change of what was admitted is judged, too, and a deletion is not stopped', async () => {
    const path = `${await place(pod('fine', false))}/fine`;
    const type = 'application/merge-patch+json';
    const changed = await request(api, 'PATCH', path, {
      type,
      text: JSON.stringify({ metadata: { labels: { owner: 'others' } } }),
    });
    expect(changed.status).toBe(200);
    expect((await request(api, 'DELETE', `${path}?gracePeriodSeconds=0`)).status).toBe(200);
  });

  it('what the API server’s own log says of each pod is in the records, under the same run', async () => {
    const events = (await readFile(log, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ verb, annotations }) => verb !== 'delete' && annotations !== undefined);
    const runs = events.flatMap(({ annotations }) =>
      Object.entries(annotations ?? {}).flatMap(([key, value]) =>
        key === 'validate.admission.exhibit/run' ? [value] : [],
      ),
    );
    // An API server makes other objects, too, by itself.
    const records = (await at.records()).filter(
      ({ layer, ext }) => layer === 'admission' && ext?.includes('"resource":"/v1/pods"'),
    );
    await at.restart(settings());
    const recorded = records.filter(({ record_type }) => record_type === 'run').map(({ run_id }) => run_id);
    // fine, bad, urgent-1, urgent-2, the change of fine. What was only tried has a note and no record.
    expect(recorded).toHaveLength(5);
    expect(runs).toEqual(expect.arrayContaining(recorded));
    const of = (run: string | undefined) =>
      records
        .filter(({ run_id, policy_id }) => run_id === run && policy_id === POLICY)
        .map(({ verdict, disposition }) => `${verdict} ${disposition}`);
    expect(recorded.map((run) => of(run).join())).toEqual([
      'pass none',
      'fail enforced',
      'fail waived',
      'fail enforced',
      'pass none',
    ]);
  });

  it('parts by which more than a state is changed are judged, and a namespace that goes is not held', async () => {
    const json = (path: string, method: string, body: unknown, type = 'application/json') =>
      request(api, method, path, { type, text: JSON.stringify(body) });
    const merge = (path: string, body: unknown) => json(path, 'PATCH', body, 'application/merge-patch+json');
    const namespace = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { owner: 'shop', 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    const path = '/api/v1/namespaces/parts';
    const made = await json('/api/v1/namespaces', 'POST', namespace('parts'));
    expect([made.status, message(made)]).toEqual([201, '']);
    const free = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } };
    const away = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': null } } };
    const back = async () =>
      expect((await merge(path, { metadata: { labels: namespace('parts').metadata.labels } })).status).toBe(
        200,
      );
    const asked = async (change: () => Promise<Reply>): Promise<[number, boolean]> => {
      const { status, warnings, body } = await change();
      const said = `${warnings.join()} ${(body as { message?: string }).message ?? ''}`;
      return [status, said.includes('namespace-pod-security-enforced')];
    };
    // That the policy has something to say shows that it was asked.
    const plainly = await asked(() => merge(path, free));
    expect(plainly[1]).toBe(true);
    await back();
    expect(await asked(() => merge(`${path}/status`, free))).toEqual(plainly);
    await back();
    const now_ = (await request(api, 'GET', path)).body as { metadata: { labels: object } };
    const opened = {
      ...now_,
      metadata: { ...now_.metadata, labels: { ...now_.metadata.labels, ...free.metadata.labels } },
    };
    expect(await asked(() => json(`${path}/finalize`, 'PUT', opened))).toEqual(plainly);
    // What did not comply before goes all the same: only its state is changed.
    expect((await merge('/api/v1/namespaces/shop/status', { status: { phase: 'Active' } })).status).toBe(200);
    expect(await asked(() => merge(`${path}/status`, away))).toEqual([expect.any(Number), true]);
    const shop = (await request(api, 'GET', '/api/v1/namespaces/shop')).body;
    expect(await asked(() => json('/api/v1/namespaces/shop/finalize', 'PUT', shop))).toEqual([200, false]);

    const small = pod('resized', false);
    expect((await create(small)).status).toBe(201);
    const resized = {
      spec: { containers: [{ name: 'web', resources: { limits: { cpu: '4' }, requests: { cpu: '4' } } }] },
    };
    const resize = `${await place(small)}/resized/resize`;
    expect((await json(resize, 'PATCH', resized, 'application/strategic-merge-patch+json')).status).toBe(200);
    await request(api, 'GET', '/api/v1/nodes/none/proxy/run/shop/resized/web');
    const exts = (await at.records()).flatMap(({ record_type, layer, ext }) =>
      record_type === 'run' && layer === 'admission' && ext?.includes('subresource') === true
        ? [JSON.parse(ext) as { resource: string; subresource: string }]
        : [],
    );
    await at.restart(settings());
    expect(new Set(exts.map((one) => `${one.resource}/${one.subresource}`))).toEqual(
      new Set(['/v1/namespaces/status', '/v1/namespaces/finalize', '/v1/pods/resize', '/v1/nodes/proxy']),
    );
    expect((await request(api, 'DELETE', `${await place(small)}/resized?gracePeriodSeconds=0`)).status).toBe(
      200,
    );
  });

  it('while it is away nothing is admitted, or everything where the configuration says so', async () => {
    await at.stop();
    const denied = await create(pod('away', false));
    expect([denied.status, message(denied)]).toEqual([
      500,
      expect.stringContaining('failed calling webhook'),
    ]);
    await asked('Ignore');
    let open: Reply;
    do open = await create(pod(`away-${Date.now()}`, true));
    while (open.status !== 201);
    await at.restart(settings());
    await asked('Fail');
    expect((await create(pod('back', false))).status).toBe(201);
  });
});
