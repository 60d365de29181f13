import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateBundleKey } from '../../../src/policy/index.ts';
import { webhookConfiguration } from '../../../src/server/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { toolIsThere } from '../policy/export-corpus.ts';
import { pushImage, startRegistry, until } from '../policy/registry.ts';
import { certificatesIn } from '../server/openssl.ts';
import { apply, manifestsIn, paths, type Reply, request, tryCreate } from './client.ts';
import { noControllers, startControllers } from './controllers.ts';
import { type Bundled, bundleOf, Gate, repositoryIn } from './gates.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const CARRIER = 'admission.exhibit/attestation';
const DIGEST = 'a'.repeat(64);
const OVERRIDE = `id: OVR-8
policy: attested-workloads
scope: {subjects: ["Deployment/shop/urgent"], layers: [admission]}
owner: team@example.com
approver: lead@example.com
reason: The fix of the outage goes in by hand, before the pipeline is back.
ticket: https://tickets.example.com/8
created: 2026-11-26T00:00:00Z
sunset: 2026-11-26T18:00:00Z
compensating_control: The on-call engineer watches it.
`;

const IMAGE = `registry.example.com/web@sha256:${DIGEST}`;
/** As a person writes it: most of what an API server makes of it is not there. */
const deployment = (name: string, image = IMAGE) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop, labels: {app.kubernetes.io/name: web, owner: shop, environment: production}}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, app.kubernetes.io/name: web, owner: shop, environment: production}}
    spec:
      hostNetwork: false
      containers:
        - name: web
          image: ${image}
          resources: {limits: {cpu: 1, memory: 1024Mi}}
          readinessProbe: {httpGet: {port: 8080}}
          securityContext: null
`;

/** The manifest with an attestation, packed as its page says or as it is. */
function carrying(manifest: string, envelope: string, packed = false): string {
  const value = packed ? gzipSync(envelope).toString('base64') : envelope;
  return manifest.replace(
    'namespace: shop, labels',
    `namespace: shop, annotations: {${CARRIER}: ${JSON.stringify(value)}}, labels`,
  );
}

const registryIsThere = await toolIsThere('docker-registry', ['--version']);

describe.skipIf(why !== '')(`the gate's pass before a real API server${why}`, () => {
  let folder: string;
  let api: ApiServer;
  let at: Harness;
  let now = NOON;
  let port = 0;
  const gate = new Gate('2026-11-26T11:00:00Z');
  const bundles: Record<string, Bundled> = {};
  let find: ReturnType<typeof paths>;
  const file = (name: string) => join(folder, name);
  const bundle = (name: string) => ({ file: bundles[name]?.file ?? '', key: file('bundle.pub.pem') });

  const settings = (attestations: Record<string, unknown> = {}): Given => ({
    bundles: [{ name: 'main', file: file('main.tar.gz'), keys: [file('bundle.pub.pem')] }],
    tls: { cert: file('server.pem'), key: file('server.key') },
    // The port stays over a restart: the API server knows it.
    listen: { port },
    admission: {
      environment: 'production',
      callers: 'anyone',
      attestations: { keys: [join(gate.folder, 'gate.pub.pem')], serial: 'in-force', ...attestations },
    },
  });
  const place = async (text: string) => {
    const [one] = manifestsIn(text);
    if (one === undefined) throw new Error('no manifest');
    return find(one);
  };
  const create = async (text: string): Promise<Reply> =>
    request(api, 'POST', `${await place(text)}?fieldValidation=Strict`, { type: 'application/yaml', text });
  const patch = async (path: string, change: unknown) =>
    request(api, 'PATCH', path, { type: 'application/merge-patch+json', text: JSON.stringify(change) });
  const message = ({ body }: Reply) => (body as { message?: string }).message ?? '';
  const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
  /** What the two policies say of it, where it is denied. */
  const denial = async (reply: Reply | Promise<Reply>) => {
    const { status, ...rest } = await reply;
    expect(status).toBe(403);
    return message({ status, ...rest });
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exhibit-precondition-'));
    certificatesIn(folder).authority('server', '-addext', 'subjectAltName=IP:127.0.0.1');
    const pair = generateBundleKey();
    writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
    const root = repositoryIn(folder, { 'overrides/OVR-8.yaml': OVERRIDE });
    const make = async (name: string, serial: number) => {
      bundles[name] = await bundleOf(root, file(`${name}.tar.gz`), pair.privateKeyPem, serial);
    };
    await make('older', NOON / 1_000 - 86_400);
    await make('main', NOON / 1_000 - 7_200);
    const config = join(root, 'exhibit.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('name: starter', 'name: another'));
    await make('another', NOON / 1_000 - 7_200);
    for (const name of ['gate', 'stranger'])
      expect((await gate.run('attest', 'keygen', '--out', name)).code).toBe(0);
    at = await harness(settings(), () => now);
    port = Number(new URL(at.url).port);
    api = await startApiServer();
    find = paths(api);
    for (const one of manifestsIn('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'))
      await apply(api, await find(one), one);
    const configuration = webhookConfiguration({
      place: { url: at.url },
      ca: readFileSync(file('server.pem')),
      failure: 'Fail',
      exempt: [],
      timeout: 10,
      deletes: false,
    });
    for (const one of manifestsIn(stringify(configuration))) await apply(api, await find(one), one);
    // An API server takes a configuration up some time after it has stored it.
    const bad = deployment('first');
    await until(async () => (await tryCreate(api, await place(bad), bad)).status === 403);
  });
  afterAll(async () => {
    await api?.stop();
    await at?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('denies what never passed, and says where was looked and how an override is asked for', async () => {
    const said = await denial(create(deployment('web')));
    for (const part of [
      'attested-workloads',
      'Deployment/shop/web did not pass the gate as it is',
      'looked in the annotation, the evidence',
      'attested-images',
      'exhibit override request --policy attested-workloads --subject Deployment/shop/web --layer admission',
    ])
      expect(said).toContain(part);
  });

  it('admits what passed, by its annotation, as it is or packed', async () => {
    for (const [name, packed] of [
      ['web', false],
      ['packed', true],
    ] as const) {
      const manifest = deployment(name);
      const envelope = await gate.pass(manifest, bundle('main'));
      const reply = await create(carrying(manifest, envelope, packed));
      expect([reply.status, message(reply)]).toEqual([201, '']);
    }
  });

  it('denies the same with anything changed, and names the places and not the values', async () => {
    const manifest = deployment('edited');
    const carried = carrying(manifest, await gate.pass(manifest, bundle('main')));
    const edits: [from: string, to: string, place: string][] = [
      ['replicas: 2', 'replicas: 77', '/spec/replicas'],
      ['cpu: 1,', 'cpu: 77,', '/spec/template/spec/containers/0/resources/limits/cpu'],
      ['hostNetwork: false', 'hostNetwork: true', '/spec/template/spec/hostNetwork'],
      [IMAGE, `${IMAGE.slice(0, -2)}77`, '/spec/template/spec/containers/0/image'],
      ['owner: shop', 'owner: seventy-seven', '/metadata/labels/owner'],
      [
        'securityContext: null',
        'securityContext: {privileged: false}',
        '/spec/template/spec/containers/0/securityContext/privileged',
      ],
      ['containers:', 'dnsPolicy: Default\n      containers:', '/spec/template/spec/dnsPolicy'],
      [
        '      containers:',
        '      initContainers: [{name: x, image: seventy.seven/x}]\n      containers:',
        '/spec/template/spec/initContainers/0/image',
      ],
    ];
    for (const [from, to, where] of edits) {
      const said = await denial(create(carried.replace(from, to)));
      expect(said).toContain(where);
      // A digest of an image is its name.
      expect(said.replaceAll(/sha256:[0-9a-f]+/g, '')).not.toMatch(/seventy|77/);
    }
    expect((await create(carried)).status).toBe(201);
  });

  it('denies a summary that was copied, edited, not signed, or signed by somebody else', async () => {
    const manifest = deployment('forged');
    const envelope = await gate.pass(manifest, bundle('main'));
    const other = deployment('copied');
    expect(await denial(create(carrying(other, envelope)))).toContain('is not about Deployment/shop/copied');
    const { payload, ...rest } = JSON.parse(envelope) as { payload: string; signatures: unknown[] };
    const text = Buffer.from(payload, 'base64').toString();
    const edited = Buffer.from(text.replaceAll('2026-12-03', '2036-12-03')).toString('base64');
    expect(edited).not.toBe(payload);
    const said = async (value: unknown) =>
      denial(create(carrying(manifest, typeof value === 'string' ? value : JSON.stringify(value))));
    expect(await said({ payload: edited, ...rest })).toContain('does not hold (signature)');
    expect(await said({ payload, ...rest, signatures: [] })).toContain('does not hold (envelope)');
    expect(await said(text)).toContain('does not hold (envelope)');
    expect(await said('passed')).toContain('holds neither an attestation');
    const strange = await gate.pass(manifest, bundle('main'), { key: 'stranger' });
    expect(await said(strange)).toContain('no trusted key signed it');
    // What the request itself says of it counts for nothing.
    const claimed = manifest.replace(
      'spec:\n  replicas',
      'exhibit: {attestation: {object: {state: attested}}}\nspec:\n  replicas',
    );
    const path = await place(manifest);
    expect((await request(api, 'POST', path, { type: 'application/yaml', text: claimed })).status).toBe(403);
  });

  it('denies a summary of older policies, of others, and one that is over', async () => {
    const manifest = deployment('late');
    // A machine that has not seen newer ones.
    const late = new Gate('2026-11-26T11:00:00Z');
    copyFileSync(join(gate.folder, 'gate.pem'), join(late.folder, 'gate.pem'));
    const older = await late.pass(manifest, bundle('older'));
    expect(await denial(create(carrying(manifest, older)))).toContain('does not hold (serial)');
    const others = await gate.pass(manifest, bundle('another'));
    expect(await denial(create(carrying(manifest, others)))).toContain('does not hold (lineage)');
    const short = await gate.pass(manifest, bundle('main'), { more: ['--attest-days', '1'] });
    now = Date.parse('2026-11-27T11:00:01Z');
    expect(await denial(create(carrying(manifest, short)))).toContain('does not hold (expiry)');
    now = NOON;
    expect((await create(carrying(manifest, short))).status).toBe(201);
  });

  it('admits what passed by the record of the gate in the evidence, without an annotation', async () => {
    const manifest = deployment('recorded');
    expect(await denial(create(manifest))).toContain('attested-workloads');
    const evidence = ['--evidence', join(at.folder, 'evidence'), '--emitter', 'ci/shop'];
    await gate.pass(manifest, bundle('main'), { more: evidence });
    // The log is read on once in a quarter of a second, and the denial above has just done it.
    const outcome = async () => {
      const reply = await create(manifest);
      return [reply.status, message(reply)];
    };
    await expect.poll(outcome, { interval: 100, timeout: 10_000 }).toEqual([201, '']);
    expect(await denial(create(deployment('unrecorded')))).toContain('attested-workloads');
  });

  it('a change of what was admitted is compared, and so is its scale', async () => {
    const path = `${DEPLOYMENTS}/recorded`;
    expect(await denial(patch(path, { metadata: { labels: { owner: 'others' } } }))).toContain(
      'it is not what passed: /metadata/labels/owner',
    );
    expect(await denial(patch(path, { spec: { paused: true } }))).toContain('/spec/paused');
    const scale = (replicas: number) => patch(`${path}/scale`, { spec: { replicas } });
    expect(await denial(scale(40))).toContain('it is not what passed: /spec/replicas');
    expect((await scale(2)).status).toBe(200);
    await at.restart(
      settings({
        mutations: [
          { kinds: ['Deployment'], path: '/spec/replicas', change: true },
          { kinds: ['Deployment'], path: '/metadata/labels/team', values: ['shop'] },
        ],
      }),
    );
    expect((await scale(40)).status).toBe(200);
    expect((await patch(path, { metadata: { labels: { team: 'shop' } } })).status).toBe(200);
    expect(await denial(patch(path, { metadata: { labels: { team: 'others' } } }))).toContain(
      '/metadata/labels/team',
    );
    await at.restart(settings());
  });

  it('an override admits it for everybody to see, and its sunset ends that', async () => {
    const urgent = deployment('urgent');
    const reply = await create(urgent);
    expect([reply.status, message(reply)]).toEqual([201, '']);
    expect(reply.warnings.join('\n')).toContain('waived by override OVR-8');
    await request(api, 'DELETE', `${DEPLOYMENTS}/urgent`);
    now = Date.parse('2026-11-26T18:00:01Z');
    expect(await denial(create(urgent))).toContain('attested-workloads');
    now = NOON;
    const waived = (await at.records()).filter(
      ({ record_type, override_id }) => record_type === 'decision' && override_id === 'OVR-8',
    );
    await at.restart();
    expect(
      waived.map(({ policy_id, verdict, disposition, subject_id }) => [
        policy_id,
        verdict,
        disposition,
        subject_id,
      ]),
    ).toEqual([['attested-workloads', 'fail', 'waived', 'Deployment/shop/urgent']]);
  });

  it.skipIf(!registryIsThere)(
    `admits what passed by what lies beside its image${registryIsThere ? '' : ' (skipped: no docker-registry found)'}`,
    async () => {
      const registry = await startRegistry(folder);
      try {
        const digest = await pushImage(registry.host, 'shop/web', 'one');
        const image = `${registry.host}/shop/web@${digest}`;
        const manifest = deployment('pulled', image);
        await gate.pass(manifest, bundle('main'));
        await at.restart(settings({ registries: [{ host: registry.host, insecure: true }] }));
        expect(await denial(create(manifest))).toContain('the annotation, the evidence, the registry');
        const { code, stderr } = await gate.run(
          ...['attest', 'push', 'pass.intoto.jsonl', '--image', image, '--insecure'],
        );
        expect({ code, stderr }).toMatchObject({ code: 0 });
        // That nothing lay there is known for a few seconds.
        now += 10_000;
        const reply = await create(manifest);
        expect([reply.status, message(reply)]).toEqual([201, '']);
        // Another registry is not asked, whatever an image says.
        await at.restart(settings());
        expect(await denial(create(deployment('unasked', image)))).toContain('the annotation, the evidence)');
      } finally {
        now = NOON;
        await registry.stop();
      }
    },
  );

  it.skipIf(noControllers !== '')(
    `what controllers make of it is judged with it, and nobody else's word makes it theirs${noControllers}`,
    async () => {
      const controllers = await startControllers(api, ['deployment-controller', 'replicaset-controller']);
      try {
        const manifest = deployment('chain');
        const carried = carrying(manifest, await gate.pass(manifest, bundle('main')));
        expect((await create(carried)).status).toBe(201);
        const PODS = '/api/v1/namespaces/shop/pods';
        const pods = async () => {
          const { body } = await request(api, 'GET', `${PODS}?labelSelector=app%3Dchain`);
          return (
            body as { items: { metadata: { name: string; ownerReferences: unknown[] }; spec: unknown }[] }
          ).items;
        };
        await until(async () => (await pods()).length === 2);
        const [made] = await pods();
        // The controller wrote its revision into the deployment, and whoever changes that later carries it along.
        const path = `${DEPLOYMENTS}/chain`;
        const revision = 'deployment.kubernetes.io/revision';
        await until(async () => {
          const { body } = await request(api, 'GET', path);
          return (
            (body as { metadata: { annotations: Record<string, string> } }).metadata.annotations[revision] ===
            '1'
          );
        });
        expect((await patch(path, { spec: { replicas: 1 } })).status).toBe(403);
        expect((await patch(path, { metadata: { annotations: { [revision]: '9' } } })).status).toBe(403);
        // A person names the same owner.
        const byHand = JSON.stringify({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: 'by-hand',
            namespace: 'shop',
            labels: { app: 'chain' },
            ownerReferences: made?.metadata.ownerReferences,
          },
          spec: { containers: [{ name: 'web', image: IMAGE }] },
        });
        const said = await denial(request(api, 'POST', PODS, { type: 'application/json', text: byHand }));
        expect(said).toContain('Pod/shop/by-hand did not pass the gate');
        // And one puts a container into what a controller made.
        const debug = await request(api, 'PATCH', `${PODS}/${made?.metadata.name}/ephemeralcontainers`, {
          type: 'application/strategic-merge-patch+json',
          text: JSON.stringify({ spec: { ephemeralContainers: [{ name: 'debug', image: IMAGE }] } }),
        });
        expect(await denial(debug)).toContain('did not pass the gate');
        const records = (await at.records()).filter(
          ({ record_type, layer, ext }) =>
            record_type === 'run' && layer === 'admission' && ext?.includes('"name":"chain-'),
        );
        await at.restart();
        // They are runs in which the two policies judged nothing.
        expect(records.length).toBeGreaterThan(2);
      } finally {
        await controllers.end();
      }
    },
  );
});
