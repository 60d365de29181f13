import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import { generateBundleKey } from '../../../src/policy/index.ts';
import { webhookConfiguration } from '../../../src/server/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { signedBundle } from '../../../src/server/testing/signed.ts';
import { certificatesIn } from '../server/openssl.ts';
import { type Account, accountOf } from './account.ts';
import { type Reply, request } from './client.ts';
import { type Cutter, startCutter } from './cutter.ts';
import { until } from './guarded.ts';
import { configMap, OWNED_MAPS } from './owned-maps.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const SECOND = 1 / 86_400;
const MAPS = '/api/v1/namespaces/default/configmaps';

interface Configuration {
  metadata: Record<string, unknown> & { annotations?: Record<string, string> };
  webhooks: { clientConfig: { caBundle?: string; url: string } }[];
}

describe.skipIf(why !== '')(
  `caBundle of the webhook of a real API server${why}`,
  { timeout: 240_000 },
  () => {
    let folder: string;
    let api: ApiServer;
    let at: Harness;
    let cutter: Cutter;
    let account: Account;
    let base: Given;
    let count = 0;
    const file = (name: string) => join(folder, name);
    const issued = (name: string, more: Record<string, unknown> = {}): Given => ({
      ...base,
      tls: {
        issued: {
          folder: file(name),
          names: ['127.0.0.1'],
          webhook: { configuration: 'exhibit', kubeconfig: file('kubeconfig') },
          ...more,
        },
      },
    });
    const authorities = (name: string) => certificatesOf(readFileSync(file(`${name}/bundle.pem`), 'utf8'));
    const send = (method: string, path: string, type: string, value: unknown) =>
      request(api, method, path, { type, text: JSON.stringify(value) });
    const stored = async (): Promise<Configuration> =>
      (await request(api, 'GET', `${PATH}/exhibit`)).body as Configuration;
    const caOf = ({ webhooks }: Configuration) => webhooks[0]?.clientConfig.caBundle;
    const trusted = async () =>
      certificatesOf(Buffer.from(caOf(await stored()) ?? '', 'base64').toString()).sort();
    const edit = (patch: object) => send('PATCH', `${PATH}/exhibit`, 'application/merge-patch+json', patch);
    const setCa = (value: string) =>
      send('PATCH', `${PATH}/exhibit`, 'application/json-patch+json', [
        { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value },
      ]);
    const create = (owned: boolean): Promise<Reply> => {
      count += 1;
      const text = configMap(`map-${count}`, owned);
      return request(api, 'POST', MAPS, { type: 'application/yaml', text });
    };
    const judged = async () => (await create(false)).status === 403 || undefined;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'exhibit-ca-'));
      const pair = generateBundleKey();
      writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
      const serial = Math.floor(Date.now() / 1_000) - 60;
      writeFileSync(file('bundle.tar.gz'), await signedBundle(pair.privateKeyPem, serial, OWNED_MAPS));
      base = {
        bundles: [{ name: 'main', file: file('bundle.tar.gz'), keys: [file('bundle.pub.pem')] }],
        admission: { callers: 'anyone' },
      };
      api = await startApiServer();
      cutter = await startCutter(() => Number(new URL(at.url).port));
      const machine = new Machine(new Date().toISOString());
      const role = await machine.run('admission', 'webhook', '--print-role', 'default/guard');
      account = await accountOf(api, 'guard', role.stdout);
      writeFileSync(file('kubeconfig'), account.kubeconfig, { mode: 0o600 });
      // As a cluster has it before the server runs: it trusts nobody yet.
      const configuration = webhookConfiguration({
        place: { url: `https://127.0.0.1:${cutter.port}` },
        failure: 'Fail',
        exempt: [],
        timeout: 5,
        deletes: false,
        keepsCa: true,
      });
      expect((await send('POST', PATH, 'application/json', configuration)).status).toBe(201);
    });
    afterAll(async () => {
      await cutter?.stop();
      await at?.remove();
      await api?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is set when the server starts, by the rights that are printed, and nothing else is changed', async () => {
      const before = await stored();
      at = await harness(issued('first'));
      expect(await trusted()).toEqual(authorities('first'));
      expect(authorities('first')).toHaveLength(1);
      const after = await stored();
      const rest = ({ metadata, webhooks, ...more }: Configuration) => {
        const { managedFields: _, resourceVersion: _v, generation: _g, ...kept } = metadata;
        const plain = webhooks.map((one) => ({ ...one, clientConfig: { url: one.clientConfig.url } }));
        return { ...more, metadata: kept, webhooks: plain };
      };
      expect(rest(after)).toEqual(rest(before));
      await until('the webhook judges', judged);
      expect((await create(true)).status).toBe(201);
      expect((await fetchReady()).status).toBe(200);
      // The same again changes nothing.
      await at.server.look();
      expect((await stored()).metadata.resourceVersion).toBe(after.metadata.resourceVersion);
    });

    it('the account may read and change that configuration, and do nothing else with it or another', async () => {
      const as = async (method: string, path: string) =>
        (await request({ ...api, token: account.token }, method, path)).status;
      expect(await as('GET', `${PATH}/exhibit`)).toBe(200);
      for (const [method, path] of [
        ['DELETE', `${PATH}/exhibit`],
        ['GET', PATH],
        ['GET', `${PATH}/other`],
        ['GET', MAPS],
        ['GET', PATH.replace('validating', 'mutating')],
      ] as const)
        expect([path, await as(method, path)]).toEqual([path, 403]);
    });

    it('follows over the expiry of several authorities, with a handshake for each apply, and none is refused for it', async () => {
      const brief = { authority_days: 30 * SECOND, leaf_days: 12 * SECOND, overlap_days: 6 * SECOND };
      await at.restart(issued('brief', brief));
      await until('the webhook judges', judged);
      const seen = new Set(authorities('brief'));
      const first = [...seen];
      const outcomes = new Map<string, number>();
      await cutter.cut();
      const made = cutter.made;
      const turns = { ended: false };
      const looks = (async () => {
        while (!turns.ended) {
          await at.server.look();
          for (const one of authorities('brief')) seen.add(one);
          await pause(300);
        }
      })();
      const end = Date.now() + 60_000;
      let owned = false;
      while (Date.now() < end) {
        owned = !owned;
        const { status, body } = await create(owned);
        const said = status === 201 ? '' : ` ${(body as { message?: string }).message ?? ''}`.slice(0, 400);
        const outcome = `${owned ? 'owned' : 'not owned'} ${status}${status === 403 ? '' : said}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await cutter.cut();
      }
      turns.ended = true;
      await looks;
      expect([...outcomes.keys()].sort()).toEqual(['not owned 403', 'owned 201']);
      const applies = [...outcomes.values()].reduce((sum, one) => sum + one, 0);
      expect(cutter.made - made).toBeGreaterThanOrEqual(applies);
      // Of the authorities that were, those that are over are trusted no more; the one of the server before is still in force.
      expect(seen.size).toBeGreaterThanOrEqual(4);
      const now = await trusted();
      expect(first.every((one) => !now.includes(one))).toBe(true);
      expect(now).toEqual([...new Set([...authorities('first'), ...authorities('brief')])].sort());
    });

    it('of servers with authorities of their own each is trusted', async () => {
      await at.restart(issued('first'));
      const other = await harness(issued('second'));
      const all = [...authorities('first'), ...authorities('second')].sort();
      expect(all).toHaveLength(2);
      expect(await trusted()).toEqual(expect.arrayContaining(all));
      await other.remove();
      await at.server.look();
      expect(await trusted()).toEqual(expect.arrayContaining(all));
    });

    it('what was edited by hand is put right, and what somebody added stays', async () => {
      certificatesIn(folder).authority('stranger');
      const stranger = readFileSync(file('stranger.pem'));
      expect((await setCa(stranger.toString('base64'))).status).toBe(200);
      await at.server.look();
      const both = [...authorities('first'), ...certificatesOf(stranger.toString())].sort();
      expect(await trusted()).toEqual(both);
      expect((await setCa(Buffer.from('no certificate').toString('base64'))).status).toBe(200);
      await at.server.look();
      expect(await trusted()).toEqual(authorities('first'));
      await until('the webhook judges', judged);
    });

    it.each([
      [
        'without the annotation',
        { metadata: { annotations: { 'admission.exhibit/ca-bundle': null } } },
        'no annotation admission.exhibit/ca-bundle: server',
      ],
      [
        'without the label',
        { metadata: { labels: { 'app.kubernetes.io/name': 'other' } } },
        'no label app.kubernetes.io/name: exhibit',
      ],
      [
        'which cert-manager keeps',
        { metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'a/b' } } },
        'cert-manager keeps its caBundle',
      ],
    ])('a configuration %s is not touched, and the server says so', async (_, change, said) => {
      const whole = await stored();
      await edit(change);
      await setCa('');
      const before = await stored();
      at.log.length = 0;
      await at.server.look();
      await at.server.look();
      expect(await stored()).toEqual(before);
      const faults = at.log.filter(({ event }) => event === 'caBundle is not kept');
      expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining(said) })]);
      expect(await metric('exhibit_ca_bundle_kept')).toBe('0');
      const { annotations = {}, labels } = whole.metadata;
      const gone = { 'cert-manager.io/inject-ca-from': null };
      await edit({ metadata: { annotations: { ...gone, ...annotations }, labels } });
      await at.server.look();
      expect(await trusted()).toEqual(authorities('first'));
      expect(await metric('exhibit_ca_bundle_kept')).toBe('1');
    });

    it('while the API server is away it goes on, and says so; a server that starts then is not ready', async () => {
      at.log.length = 0;
      await api.restart(async () => {
        await at.server.look();
        await at.restart();
        expect((await fetchReady()).status).toBe(503);
      });
      expect(at.log).toContainEqual(expect.objectContaining({ event: 'caBundle is not kept' }));
      await at.server.look();
      expect((await fetchReady()).status).toBe(200);
      await until('the webhook judges', judged);
    });

    const ask = (path: string, token = '') =>
      request({ address: at.url, token, ca: readFileSync(file('first/bundle.pem'), 'utf8') }, 'GET', path);
    const fetchReady = () => ask('/readyz');
    const metric = async (name: string) => {
      const { body } = await ask('/metrics', at.tokens.engineer);
      return new RegExp(`^${name} (.*)$`, 'm').exec(String(body))?.[1];
    };
  },
);

function certificatesOf(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return found.map((one) => new X509Certificate(one).fingerprint256);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
