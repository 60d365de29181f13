import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EvidenceRecord } from '../../../src/record/index.ts';
import { harness } from '../../../src/server/testing/harness.ts';
import { apply, manifestsIn, paths, request } from './client.ts';
import { type ApiServer, startApiServer, why } from './server.ts';
import { eventually, Place } from './watching.ts';

const POLICY = 'container-not-privileged';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';
const PASSWORD = 'correct-horse-battery-staple';

/** @param more of the container */
const deployment = (name: string, { privileged = false, password = 'first-password-of-shop' } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', labels: { owner: 'shop-team', 'app.kubernetes.io/name': name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, owner: 'shop-team', 'app.kubernetes.io/name': name } },
      spec: {
        automountServiceAccountToken: false,
        serviceAccountName: 'web',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'web',
            image: `registry.example.com/web@sha256:${'a'.repeat(64)}`,
            env: [{ name: 'DATABASE_PASSWORD', value: password }],
            resources: { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
            securityContext: {
              privileged,
              allowPrivilegeEscalation: privileged,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      },
    },
  },
});
/** As `kubectl patch` sends it. */
const patchOf = (privileged: boolean, more: object = {}) => ({
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'web', securityContext: { privileged, allowPrivilegeEscalation: privileged }, ...more },
        ],
      },
    },
  },
});

const findings = z.object({
  findings: z.array(
    z.looseObject({
      id: z.string(),
      state: z.string(),
      policy: z.string(),
      subject: z.string(),
      owner: z.looseObject({ name: z.string(), by: z.string() }),
    }),
  ),
});
const drift = z.object({
  before: z.string(),
  layer: z.string(),
  changed: z.array(
    z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
});

describe.skipIf(why !== '')(`exhibit watch on a real API server${why}`, () => {
  let api: ApiServer;
  let place: Place;
  const servers: Server[] = [];

  beforeAll(async () => {
    api = await startApiServer(['--allow-privileged=true']);
    await post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  });
  afterAll(() => api?.stop());
  beforeEach(async () => {
    place = await Place.make();
    await place.bundle(SERIAL);
    place.kubeconfig(api);
  });
  afterEach(async () => {
    await place.remove();
    for (const server of servers.splice(0)) server.close();
    await request(api, 'DELETE', DEPLOYMENTS);
    await eventually(async () => {
      const { body } = await request(api, 'GET', DEPLOYMENTS);
      return z.object({ items: z.array(z.unknown()) }).parse(body).items.length === 0 ? true : undefined;
    });
  });

  const send = async (method: string, path: string, body: unknown, type = 'application/json') => {
    const said = await request(api, method, path, { type, text: JSON.stringify(body) });
    expect([200, 201]).toContain(said.status);
    return said.body;
  };
  const post = (path: string, body: unknown) => send('POST', path, body);
  const patch = (name: string, body: unknown) =>
    send('PATCH', `${DEPLOYMENTS}/${name}`, body, 'application/strategic-merge-patch+json');
  const watching = async (...args: string[]) => {
    const running = place.start('watch', '--resource', 'deployments.apps', ...args);
    await eventually(async () => {
      if (running.child.exitCode !== null) throw new Error(running.log());
      return running.log().includes('all objects were judged') ? true : undefined;
    });
    return running;
  };
  const of = (subject: string, verdict: string) => (record: EvidenceRecord) =>
    record.policy_id === POLICY && record.subject_id === subject && record.verdict === verdict;
  const sealed = (is: (record: EvidenceRecord) => boolean): Promise<EvidenceRecord> =>
    eventually(async () => (await place.records()).findLast(is));
  const list = async (...args: string[]) => {
    const { stdout, code } = await place.run('findings', 'list', '--policy', POLICY, '-o', 'json', ...args);
    return { code, all: findings.parse(JSON.parse(stdout)).findings };
  };

  it('a drift by a patch is found, owned, notified, fixed and closed with evidence', async () => {
    const told: { event: string; finding: string; state: string; owner: string }[] = [];
    const desk = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => {
        text += part.toString();
      });
      request.once('end', () => {
        told.push(JSON.parse(text));
        response.writeHead(204).end();
      });
    });
    servers.push(desk);
    await new Promise<void>((done) => desk.listen(0, '127.0.0.1', done));
    const { port } = desk.address() as AddressInfo;
    writeFileSync(
      place.file('respond.yaml'),
      `owners: {default: platform@example.com, keys: [owner]}
channels: [{name: desk, kind: webhook, url: "http://127.0.0.1:${port}/hook", secret: {env: DESK_SECRET}, events: [opened, closed]}]
retry: {attempts: 2, first: PT0S}
`,
    );
    process.env.DESK_SECRET = 'a secret of more than 24 bytes';

    await post(DEPLOYMENTS, deployment('web'));
    const running = await watching('--cluster', 'shop-eu', '--environment', 'production');
    const subject = 'Deployment/shop/web/containers/web';
    const passed = await sealed(of(subject, 'pass'));
    expect((await list()).all).toEqual([]);

    // No webhook is configured in this cluster: nothing stops it.
    await patch('web', patchOf(true, { env: [{ name: 'DATABASE_PASSWORD', value: PASSWORD }] }));
    const failed = await sealed(of(subject, 'fail'));
    expect(failed).toMatchObject({
      ...{
        layer: 'runtime',
        environment: 'production',
        disposition: 'observed',
        emitter: 'exhibit-watch@shop-eu',
      },
      details: { cluster: 'shop-eu', drift: { before: passed.record_id, layer: 'runtime' } },
    });
    const { changed } = drift.parse(failed.details?.drift);
    const at = '/spec/template/spec/containers/0/securityContext';
    expect(changed).toEqual(
      expect.arrayContaining([
        { path: `${at}/privileged`, before: false, after: true },
        { path: `${at}/allowPrivilegeEscalation`, before: false, after: true },
      ]),
    );
    expect(changed.map(({ path }) => path)).not.toContain('/metadata/resourceVersion');

    const { code, all } = await list();
    expect(code).toBe(1);
    expect(all).toMatchObject([{ state: 'open', subject, owner: { name: 'shop-team', by: 'label' } }]);
    const id = all[0]?.id ?? '';
    expect((await place.run('findings', 'notify')).code).toBe(0);
    expect(told).toContainEqual(
      expect.objectContaining({ event: 'opened', finding: id, owner: 'shop-team' }),
    );

    await patch('web', patchOf(false));
    const fixed = await sealed(
      (record) => of(subject, 'pass')(record) && record.record_id !== passed.record_id,
    );
    expect((await list()).all).toEqual([]);
    expect((await list('--all')).all).toMatchObject([{ id, state: 'resolved' }]);
    expect((await place.run('findings', 'notify')).code).toBe(0);
    expect(told).toContainEqual(
      expect.objectContaining({ event: 'closed/resolved', finding: id, state: 'resolved' }),
    );
    const { stdout } = await place.run('findings', 'show', id, '-o', 'json');
    expect(stdout).toContain(fixed.record_id);
    expect(stdout).toContain(failed.record_id);

    expect(await running.stop()).toMatchObject({ code: 0, stdout: '' });
    // Neither password is anywhere in the log.
    const text = JSON.stringify(await place.records());
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain('first-password-of-shop');
    expect((await place.run('ledger', 'verify', place.file('evidence'))).code).toBe(0);
  });

  it('knows over a restart what passed, what changed meanwhile and what is gone', async () => {
    await post(DEPLOYMENTS, deployment('kept'));
    await post(DEPLOYMENTS, deployment('lost', { privileged: true }));
    const first = await watching();
    await sealed(of('Deployment/shop/lost/containers/web', 'fail'));
    const passed = await sealed(of('Deployment/shop/kept/containers/web', 'pass'));
    expect((await first.stop()).code).toBe(0);

    await patch('kept', patchOf(true));
    await request(api, 'DELETE', `${DEPLOYMENTS}/lost`);
    const second = await watching();
    const failed = await sealed(of('Deployment/shop/kept/containers/web', 'fail'));
    expect(drift.parse(failed.details?.drift).before).toBe(passed.record_id);
    const gone = await sealed(of('Deployment/shop/lost/containers/web', 'not_applicable'));
    expect(gone.details).toMatchObject({ subject_state: 'gone' });
    // Each fail of its subjects ends by itself, and the run names the object for what others found on it.
    const failing = (await place.records()).filter(
      ({ subject_id, verdict }) =>
        subject_id?.startsWith('Deployment/shop/lost') === true && verdict === 'fail',
    );
    const run = await sealed(({ record_type, run_id }) => record_type === 'run' && run_id === gone.run_id);
    expect(run).toMatchObject({
      subject_id: 'Deployment/shop/lost',
      run_total: failing.length,
      details: { trigger: 'deleted' },
    });
    const { all } = await list('--all');
    expect(all.map(({ subject, state }) => [subject, state]).sort()).toEqual([
      ['Deployment/shop/kept/containers/web', 'open'],
      ['Deployment/shop/lost/containers/web', 'gone'],
    ]);
    await second.stop();
  });

  it('judges a cluster that came back from a backup, whose versions are older than what is known', async () => {
    await post(DEPLOYMENTS, deployment('restored'));
    const once = () => place.run('watch', '--resource', 'deployments.apps', '--once');
    expect((await once()).code).toBe(0);
    await sealed(of('Deployment/shop/restored/containers/web', 'pass'));
    for (const file of readdirSync(join(place.file('state'), 'watch')).filter(
      (name) => !/-(wal|shm)$/.test(name),
    )) {
      const known = new DatabaseSync(join(place.file('state'), 'watch', file));
      known.exec(`UPDATE object SET version = '99999999999999'`);
      known.close();
    }
    await patch('restored', patchOf(true));
    expect((await once()).code).toBe(0);
    const failed = await sealed(of('Deployment/shop/restored/containers/web', 'fail'));
    expect(drift.parse(failed.details?.drift).changed.length).toBeGreaterThan(0);
  });

  it('what CI let pass and now fails names both records', async () => {
    writeFileSync(place.file('web.json'), JSON.stringify(deployment('web')));
    expect((await place.run('check', 'web.json', '--layer', 'ci', '--fail-on', 'none')).code).toBe(0);
    const passed = await sealed((record) => record.layer === 'ci' && record.policy_id === POLICY);
    await post(DEPLOYMENTS, deployment('web', { privileged: true }));
    expect((await place.run('watch', '--resource', 'deployments.apps', '--once')).code).toBe(0);
    const failed = await sealed(of('Deployment/shop/web/containers/web', 'fail'));
    expect(failed.details).toMatchObject({ drift: { before: passed.record_id, layer: 'ci' } });
    expect(drift.parse(failed.details?.drift).changed).toContainEqual({
      ...{ path: '/spec/template/spec/containers/0/securityContext/privileged', before: false, after: true },
    });
  });

  it('judges no object anew for its state alone, and each once that changed', async () => {
    await post(DEPLOYMENTS, deployment('web'));
    const running = await watching();
    const runs = async () => (await place.records()).filter(({ record_type }) => record_type === 'run');
    await eventually(async () => ((await runs()).length === 1 ? true : undefined));
    await send(
      'PATCH',
      `${DEPLOYMENTS}/web/status`,
      { status: { replicas: 3 } },
      'application/merge-patch+json',
    );
    await send('PATCH', `${DEPLOYMENTS}/web`, { spec: { replicas: 2 } }, 'application/merge-patch+json');
    await eventually(async () => ((await runs()).length > 1 ? true : undefined));
    await running.stop();
    const [whole, change, ...more] = await runs();
    expect(more).toEqual([]);
    expect(whole?.details).toMatchObject({ trigger: 'start', objects: { 'deployments.apps': 1 } });
    expect(change).toMatchObject({ details: { documents: 1 } });
    const own = (await place.records()).filter(
      ({ record_type, run_id }) => record_type === 'decision' && run_id === change?.run_id,
    );
    expect(own).toHaveLength(change?.run_total ?? -1);
    expect(own.map(({ run_index }) => run_index)).toEqual(own.map((_, at) => at));
  });

  it('another bundle judges all anew', async () => {
    await post(DEPLOYMENTS, deployment('web', { privileged: true }));
    const subject = 'Deployment/shop/web/containers/web';
    const running = await watching();
    expect(await sealed(of(subject, 'fail'))).toMatchObject({ disposition: 'observed' });
    await place.bundle(SERIAL + 10, OVERRIDE);
    const run = await sealed(
      ({ record_type, details }) => record_type === 'run' && details?.trigger === 'another bundle',
    );
    expect(run.policy_revision).toBe(`test-${SERIAL + 10}`);
    // Waived is no pass: the verdict stays, and says by what.
    expect(await sealed(of(subject, 'fail'))).toMatchObject({ disposition: 'waived', override_id: 'OVR-9' });
    expect((await place.records()).filter(({ details }) => details?.drift !== undefined)).toEqual([]);
    await running.stop();
  });

  it('without a bundle nothing is judged, and the log says so', async () => {
    writeFileSync(place.file('bundle.tar.gz'), 'no bundle');
    const { code, stderr } = await place.run('watch', '--resource', 'deployments.apps');
    expect(code).toBe(3);
    expect(stderr).toContain('BUNDLE_INVALID');
    const gap = await sealed(({ record_type }) => record_type === 'gap');
    expect(gap).toMatchObject({
      layer: 'runtime',
      verdict: 'not_evaluated',
      details: { kind: 'bundle missing' },
    });
    expect((await place.records()).filter(({ record_type }) => record_type === 'decision')).toEqual([]);
  });

  it('needs the rights that it prints and no more, and what it may not read is a gap', async () => {
    const { stdout } = await place.run('watch', '--print-role', 'shop/watch');
    const find = paths(api);
    for (const one of manifestsIn(stdout)) await apply(api, await find(one), one);
    await post('/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'watch' } });
    const answer = await post('/api/v1/namespaces/shop/serviceaccounts/watch/token', {
      ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    });
    const { token } = z.object({ status: z.object({ token: z.string() }) }).parse(answer).status;
    place.kubeconfig({ ...api, token });
    expect(await place.run('watch', '--once')).toMatchObject({ code: 0 });

    const asked = await place.run(
      'watch',
      '--once',
      '--resource',
      'secrets',
      '--resource',
      'deployments.apps',
    );
    expect(asked.code).toBe(3);
    const gap = await sealed(({ record_type }) => record_type === 'gap');
    expect(gap).toMatchObject({
      verdict: 'not_evaluated',
      details: { kind: 'not listed', resource: 'secrets' },
    });
    expect(gap.message).toContain('secrets is forbidden');
    expect(asked.stderr).not.toContain(token);
  });

  it('keeps records for a server in the spool, and sends them', async () => {
    await post(DEPLOYMENTS, deployment('web', { privileged: true }));
    const server = await harness();
    try {
      process.env.EXHIBIT_TOKEN = server.tokens.emitter;
      const to = ['--evidence', server.url, '--emitter', 'ci/shop', '--resource', 'deployments.apps'];
      expect(await place.run('watch', '--once', ...to)).toMatchObject({ code: 0 });
      const records = await server.records();
      expect(records.filter(of('Deployment/shop/web/containers/web', 'fail'))).toHaveLength(1);
      const run = records.find(({ record_type }) => record_type === 'run');
      const decisions = records.filter(({ record_type }) => record_type === 'decision');
      expect(decisions).toHaveLength(run?.run_total ?? -1);
    } finally {
      delete process.env.EXHIBIT_TOKEN;
      await server.remove();
    }
  });
});

/** Unix seconds of a bundle that was made a day ago. */
const SERIAL = Math.floor(Date.now() / 1_000) - 86_400;
const DAY = 86_400_000;
const OVERRIDE = `id: OVR-9
policy: ${POLICY}
scope: {subjects: ["Deployment/shop/web/**"], layers: [runtime]}
owner: team@example.com
approver: lead@example.com
reason: The node's driver can only be mended by a container of this kind.
ticket: https://tickets.example.com/9
created: ${new Date(Date.now() - DAY).toISOString()}
sunset: ${new Date(Date.now() + DAY).toISOString()}
compensating_control: The on-call engineer watches it.
`;
