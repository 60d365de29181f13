import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../../src/engine/testing/need-opa.ts';
import { findOpa, generateBundleKey, type Opa } from '../../../src/policy/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { signedBundle } from '../../../src/server/testing/signed.ts';
import { freePort, type OpaServer, opaServer, until } from './opa-run.ts';

/** A stock `opa run --server` with this server as its bundle, status, decision log and discovery service. */
describeWithOpa('a stock OPA', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-sidecar-'));
  const file = join(folder, 'bundle.tar.gz');
  const keyFile = join(folder, 'bundle.pub.pem');
  const pair = generateBundleKey();
  const running: OpaServer[] = [];
  let opa: Opa;
  let at: Harness;
  let settings: Given;
  const place = (bytes: Uint8Array) => {
    writeFileSync(`${file}.new`, bytes);
    renameSync(`${file}.new`, file);
  };
  const reporting = { min_delay_seconds: 1, max_delay_seconds: 1 };
  const managed = {
    bundles: {
      main: {
        service: 'exhibit',
        resource: 'bundles/main',
        polling: { min_delay_seconds: 1, max_delay_seconds: 1, long_polling_timeout_seconds: 20 },
        signing: { keyid: 'bundle' },
      },
    },
    decision_logs: { service: 'exhibit', partition_name: 'ci/shop', reporting },
    status: { service: 'exhibit', partition_name: 'ci/shop' },
  };
  const boot = (key = pair.publicKeyPem) => ({
    services: { exhibit: { url: at.url, credentials: { bearer: { token: at.tokens.emitter } } } },
    keys: { bundle: { algorithm: 'ES256', key } },
  });
  const start = async (config: unknown, modules: Readonly<Record<string, string>> = {}, path?: string) => {
    const server = await opaServer(opa, config, modules, path);
    running.push(server);
    return server;
  };
  const ask = async (url: string, path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/v1/data/${path}`, { method: 'POST', body, headers });
    const { decision_id, ...answer } = (await response.json()) as { decision_id?: string; result?: unknown };
    return { status: response.status, decision_id: decision_id ?? '', answer };
  };
  const counted = async (name: string) => {
    const text = await (await at.send('/metrics', { token: at.tokens.engineer })).text();
    return Number(new RegExp(`^exhibit_${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const revision = async (url: string) =>
    (await ask(url, 'exhibit/bundle/revision', '{"input": 1}')).answer.result;

  beforeAll(async () => {
    opa = await findOpa(process.env);
    writeFileSync(keyFile, pair.publicKeyPem);
    settings = {
      listen: { port: await freePort() },
      bundles: [{ name: 'main', file, keys: [keyFile] }],
      decisions: { record: false },
    };
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    await at.remove();
  });

  it('takes its configuration and the bundle, verifies it, gets the next one by long polling, and says so', async () => {
    place(await signedBundle(pair.privateKeyPem, 1_700_000_000));
    at = await harness({ ...settings, discovery: managed });
    const { url } = await start({
      ...boot(),
      discovery: { service: 'exhibit', resource: 'bundles/discovery' },
    });
    expect(await revision(url)).toBe('revision-1700000000');
    place(await signedBundle(pair.privateKeyPem, 1_700_000_100));
    await until(async () => (await revision(url)) === 'revision-1700000100');
    await until(async () => (await at.send('/v1/emitters', { token: at.tokens.auditor })).status === 200);
    await running.splice(0)[0]?.stop();
    const states = (await at.records()).filter(
      ({ record_type, tool, policy_revision }) =>
        record_type === 'bundle_state' && tool === 'opa' && policy_revision !== undefined,
    );
    expect(
      states.map(({ policy_revision, emitter, details }) => [policy_revision, emitter, details?.state]),
    ).toEqual(
      expect.arrayContaining([
        ['revision-1700000000', 'ci/shop', 'active'],
        ['revision-1700000100', 'ci/shop', 'active'],
      ]),
    );
  });

  it('does not use a bundle that another key signed, and that is on the record', async () => {
    place(await signedBundle(pair.privateKeyPem, 1_700_000_000));
    at = await harness(settings);
    const stranger = generateBundleKey().publicKeyPem;
    await start({ ...boot(stranger), ...managed }, {}, '/health');
    await until(async () => (await counted('opa_bundle_errors_total')) > 0);
    const refused = (await at.records()).find(
      ({ details }) => details?.state === 'refused' && details.opa !== undefined,
    );
    expect(refused?.details).toMatchObject({ bundle: 'main', code: 'bundle_error' });
  });

  it('sends each decision exactly once, across restarts of either side, with its masks', async () => {
    place(await signedBundle(pair.privateKeyPem, 1_700_000_000));
    at = await harness(settings);
    const mask = { 'mask.rego': 'package system.log\n\nmask contains "/input/token"\n' };
    const first = await start({ ...boot(), ...managed }, mask);
    const wanted: string[] = [];
    const decide = async (url: string, count: number) => {
      for (let n = 0; n < count; n += 1) {
        const input = {
          token: 'planted-secret',
          boxes: [{ id: `box-${wanted.length}`, sealed: n % 2 === 0 }],
        };
        const { decision_id } = await ask(url, 'exhibit/entry/results_json', JSON.stringify({ input }));
        wanted.push(decision_id);
      }
    };
    const arrived = () => counted('decisions_total\\{source="opa"\\}');
    await decide(first.url, 7);
    await until(async () => (await arrived()) >= 7);
    // The server goes away while decisions are made, and comes back.
    await at.stop();
    await decide(first.url, 7);
    await at.restart();
    await until(async () => (await arrived()) >= 7);
    // OPA goes away, and another one comes.
    await decide(first.url, 7);
    await running.splice(0)[0]?.stop();
    const second = await start({ ...boot(), ...managed }, mask);
    await decide(second.url, 7);
    await running.splice(0)[0]?.stop();
    const records = await at.records();
    const decisions = records.filter(({ record_type }) => record_type === 'decision');
    const ids = decisions.map(({ ext }) => (JSON.parse(ext ?? '{}') as { decision_id: string }).decision_id);
    expect([...ids].sort()).toEqual([...wanted].sort());
    expect(records.filter(({ record_type }) => record_type === 'gap')).toEqual([]);
    expect(decisions.map(({ policy_id }) => policy_id)).toEqual(decisions.map(() => 'box-sealed'));
    expect(new Set(decisions.map(({ verdict }) => verdict))).toEqual(new Set(['pass', 'fail']));
    for (const { redactions } of decisions)
      expect(redactions).toContainEqual({ path: '/token', reason: 'opa-erased' });
    expect(JSON.stringify(records)).not.toContain('planted-secret');
  });

  it('and this server give the same answers to the same questions', async () => {
    place(await signedBundle(pair.privateKeyPem, 1_700_000_000));
    at = await harness(settings);
    const { url } = await start({ ...boot(), ...managed });
    const own = { authorization: `Bearer ${at.tokens.engineer}` };
    const bodies = [
      '{"input": {"boxes": [{"id": "a"}, {"id": "b", "sealed": true}]}}',
      '{"input": {"boxes": []}}',
      '{"input": {"boxes": [{"id": 12345678901234567890}]}}',
      '{"input": null}',
      '{"input": false}',
      '{}',
      '',
      '{"input": {"boxes": [{"id": "\\ud83d\\ude00 é"}]}, "other": 1}',
    ];
    const paths = [
      'exhibit/entry/results_json',
      'exhibit/entry/results_kubernetes',
      'exhibit/entry/policy_box_sealed',
      'exhibit/entry/policy_box_sealed/violations',
      'exhibit/policies/box_sealed/population',
      'exhibit/policies/box_sealed/violations',
      'exhibit/bundle/revision',
      'exhibit/bundle/nothing',
    ];
    for (const path of paths) {
      for (const body of bodies) {
        const [theirs, ours] = [await ask(url, path, body), await ask(at.url, path, body, own)];
        expect({ path, body, ...unordered(ours), decision_id: '' }).toEqual({
          path,
          body,
          ...unordered(theirs),
          decision_id: '',
        });
      }
    }
    const [theirs, ours] = [await ask(url, paths[0] ?? '', '{'), await ask(at.url, paths[0] ?? '', '{', own)];
    expect(ours.status).toBe(theirs.status);
  });
});

/** Sets come as lists, in an order that says nothing. */
function unordered<T>(value: T): T {
  const inner = (one: unknown): unknown => {
    if (Array.isArray(one))
      return one.map(inner).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, inner(item)]));
  };
  return inner(value) as T;
}
