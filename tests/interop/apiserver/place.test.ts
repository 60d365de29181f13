import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EvidenceRecord } from '../../../src/record/index.ts';
import { type Harness, harness } from '../../../src/server/testing/harness.ts';
import { request } from './client.ts';
import { type ApiServer, startApiServer, why } from './server.ts';
import { eventually, Place } from './watching.ts';

/** It warns at admission, so that what is let through is a finding there, too. */
const POLICY = 'container-limits-set';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const DAY = 86_400_000;
const OVERRIDE = `id: OVR-9
policy: ${POLICY}
scope: {environments: [production]}
owner: team@example.com
approver: lead@example.com
reason: Limits of production come with the next release of the chart.
ticket: https://tickets.example.com/9
created: ${new Date(Date.now() - DAY).toISOString()}
sunset: ${new Date(Date.now() + DAY).toISOString()}
compensating_control: The namespace has a quota.
`;

const deployment = (name: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', labels: { owner: 'shop', ...labels } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        automountServiceAccountToken: false,
        serviceAccountName: 'web',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'web',
            image: `registry.example.com/web@sha256:${'a'.repeat(64)}`,
            securityContext: {
              privileged: false,
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  },
});
const listed = z.object({ findings: z.array(z.object({ id: z.string() })) });
const shown = z.object({
  finding: z.object({
    subject: z.string(),
    state: z.string(),
    environment: z.string(),
    cluster: z.string(),
    all_occurrences: z.array(z.object({ layers: z.array(z.string()) })),
  }),
});

describe.skipIf(why !== '')(`one object at three layers${why}`, () => {
  let api: ApiServer;
  let place: Place;
  let at: Harness;
  let records: EvidenceRecord[];

  beforeAll(async () => {
    api = await startApiServer(['--allow-privileged=true']);
    place = await Place.make();
    await place.bundle(Math.floor(Date.now() / 1_000) - 86_400, OVERRIDE);
    place.kubeconfig(api);
    at = await harness({
      seal_milliseconds: 200,
      bundles: [{ name: 'main', file: place.file('bundle.tar.gz'), keys: [place.file('bundle.pub.pem')] }],
      admission: { environment: 'production', cluster: 'shop-eu' },
    });
    const send = (path: string, value: unknown) =>
      request(api, 'POST', path, { type: 'application/json', text: JSON.stringify(value) });
    await send('/api/v1/namespaces', { metadata: { name: 'shop' } });
    process.env.EXHIBIT_TOKEN = at.tokens.emitter;
    const to = ['--evidence', at.url, '--emitter', 'ci/shop', '--environment', 'production'];
    for (const [name, labels] of [
      ['silent', {}],
      ['labelled', { environment: 'staging' }],
    ] as const) {
      const object = deployment(name, labels);
      writeFileSync(place.file(`${name}.json`), JSON.stringify(object));
      const { code, stderr } = await place.run('check', `${name}.json`, '--fail-on', 'none', ...to);
      expect(`${code} ${stderr}`).toMatch(/^0 /);
      const { status, body } = await send(DEPLOYMENTS, object);
      expect(status).toBe(201);
      expect(await admitted(body)).toBe(true);
    }
    const limited = deployment('drifted', {});
    const [container] = limited.spec.template.spec.containers;
    Object.assign(container ?? {}, {
      resources: { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
    });
    const { body: stored } = await send(DEPLOYMENTS, limited);
    expect(await admitted(stored)).toBe(true);
    await request(api, 'PATCH', `${DEPLOYMENTS}/drifted`, {
      type: 'application/json-patch+json',
      text: JSON.stringify([{ op: 'remove', path: '/spec/template/spec/containers/0/resources' }]),
    });
    // What is seen while no server is there waits in the spool of this machine, and says what it does not know.
    const away = [
      '--evidence',
      'http://127.0.0.1:1',
      '--emitter',
      'ci/shop',
      '--resource',
      'deployments.apps',
    ];
    expect((await place.run('watch', '--once', ...away)).code).toBe(0);
    await eventually(async () => {
      const answer = await at.send('/metrics', { token: at.tokens.engineer });
      return /^exhibit_unsealed_records 0$/m.test(await answer.text()) ? true : undefined;
    });
    const watched = await place.run(
      'watch',
      '--once',
      '--cluster',
      'shop-eu',
      '--resource',
      'deployments.apps',
      ...to,
    );
    expect(`${watched.code} ${watched.stderr}`).toMatch(/^0 /);
    records = (await at.records()).filter(({ policy_id }) => policy_id === POLICY);
  });
  afterAll(async () => {
    delete process.env.EXHIBIT_TOKEN;
    await at?.remove();
    await place?.remove();
    await api?.stop();
  });

  /** What an API server asks about an object that it holds. */
  const admitted = async (object: unknown): Promise<boolean> => {
    const { metadata } = z.object({ metadata: z.object({ name: z.string() }) }).parse(object);
    const asked = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: `uid-${metadata.name}`,
        kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        ...{ operation: 'CREATE', namespace: 'shop', name: metadata.name },
        ...{ userInfo: { username: 'jane@example.com' }, object },
      },
    };
    const answer = await at.send('/v1/admission', { method: 'POST', body: JSON.stringify(asked) });
    const said = z.object({ response: z.object({ allowed: z.boolean() }) });
    return said.parse(await answer.json()).response.allowed;
  };

  it.each([
    ['silent', 'production', 'waived', 'OVR-9'],
    ['labelled', 'staging', undefined, undefined],
  ])('%s is of %s, whichever layer asks', (name, environment, waived, override) => {
    const own = records.filter(({ subject_id }) => subject_id === `Deployment/shop/${name}/containers/web`);
    expect(own.map(({ layer }) => layer).sort()).toEqual(['admission', 'ci', 'runtime']);
    for (const record of own) {
      expect([record.layer, record.environment, record.verdict]).toEqual([record.layer, environment, 'fail']);
      expect([record.override_id, record.disposition === 'waived']).toEqual([override, waived !== undefined]);
    }
  });

  it('that passed at admission and fails now names the record of its admission, asked of the server', async () => {
    const own = records.filter(({ subject_id }) => subject_id === 'Deployment/shop/drifted/containers/web');
    const admission = own.find(({ layer }) => layer === 'admission');
    const runtime = own.find(({ layer }) => layer === 'runtime');
    expect([admission?.verdict, runtime?.verdict]).toEqual(['pass', 'fail']);
    // A mere emitter is not given what passed, so no field is named.
    expect(runtime?.details?.drift).toMatchObject({
      before: admission?.record_id,
      layer: 'admission',
      object_unknown: true,
    });
  });

  it('is said to have an earlier record that is not known, where the server does not answer', () => {
    const texts = readdirSync(place.file('state'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath.includes('spool'))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
      .filter((text) => text.includes('Deployment/shop/drifted/containers/web'));
    expect(texts.join('')).toContain('"earlier_unknown":"SERVER_UNREACHABLE:');
    expect(texts.join('')).not.toContain('"drift"');
  });

  it('is one finding of admission and of the watcher', async () => {
    writeFileSync(place.file('respond.yaml'), 'admission: true\n');
    const ledger = ['--evidence', join(at.folder, 'evidence'), '-o', 'json'];
    const list = await place.run('findings', 'list', '--policy', POLICY, '--all', ...ledger);
    const told: string[] = [];
    for (const { id } of listed.parse(JSON.parse(list.stdout)).findings) {
      const { stdout } = await place.run('findings', 'show', id, ...ledger);
      const { finding } = shown.parse(JSON.parse(stdout));
      const { subject, state, environment, cluster, all_occurrences } = finding;
      const layers = all_occurrences.map((each) => each.layers.join('+'));
      told.push([subject, state, environment, cluster, ...layers].join(' '));
    }
    expect(told.sort()).toEqual([
      'Deployment/shop/drifted/containers/web waived production shop-eu runtime',
      'Deployment/shop/labelled/containers/web open staging shop-eu admission+runtime',
      'Deployment/shop/silent/containers/web waived production shop-eu admission+runtime',
    ]);
  });
});
