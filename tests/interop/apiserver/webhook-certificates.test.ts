import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateBundleKey } from '../../../src/policy/index.ts';
import { webhookConfiguration } from '../../../src/server/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { signedBundle } from '../../../src/server/testing/signed.ts';
import { freePort } from '../policy/registry.ts';
import { certificatesIn } from '../server/openssl.ts';
import { apply, manifestsIn, paths, type Reply, request } from './client.ts';
import { configMap, OWNED_MAPS } from './owned-maps.ts';
import { type ApiServer, startApiServer, why } from './server.ts';

describe.skipIf(why !== '')(`certificates of the webhook of a real API server${why}`, () => {
  let folder: string;
  let api: ApiServer;
  let at: Harness;
  let base: Given;
  let count = 0;
  const file = (name: string) => join(folder, name);
  const issued = (): Given => ({
    ...base,
    tls: { issued: { folder: file('issued'), names: ['127.0.0.1'] } },
  });
  const fromFiles = (): Given => ({ ...base, tls: { cert: file('tls.crt'), key: file('tls.key') } });
  const create = async (owned = true): Promise<Reply> => {
    count += 1;
    const text = configMap(`map-${count}`, owned);
    return request(api, 'POST', '/api/v1/namespaces/default/configmaps', { type: 'application/yaml', text });
  };
  const message = ({ body }: Reply) => (body as { message?: string }).message ?? '';
  /** The API server is given this authority, and has taken it up when a request is answered as wanted. */
  const trust = async (ca: Buffer, wanted: (reply: Reply) => boolean) => {
    const configuration = webhookConfiguration({
      place: { url: at.url },
      ca,
      failure: 'Fail',
      exempt: [],
      timeout: 5,
      deletes: false,
    });
    const [one] = manifestsIn(stringify(configuration));
    if (one === undefined) throw new Error('no configuration');
    await apply(api, await paths(api)(one), one);
    for (;;) {
      const reply = await create(false);
      if (wanted(reply)) return reply;
      await new Promise((next) => setTimeout(next, 200));
    }
  };
  const denied = ({ status }: Reply) => status === 403;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-certificates-'));
    const pair = generateBundleKey();
    writeFileSync(file('bundle.pub.pem'), pair.publicKeyPem);
    const tar = await signedBundle(pair.privateKeyPem, Math.floor(Date.now() / 1_000) - 60, OWNED_MAPS);
    writeFileSync(file('bundle.tar.gz'), tar);
    base = {
      bundles: [{ name: 'main', file: file('bundle.tar.gz'), keys: [file('bundle.pub.pem')] }],
      listen: { port: await freePort() },
      admission: { callers: 'anyone' },
    };
    at = await harness(issued());
    api = await startApiServer();
  });
  afterAll(async () => {
    await api?.stop();
    await at?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('an API server trusts the certificate that the server made, by bundle.pem', async () => {
    expect(message(await trust(readFileSync(file('issued/bundle.pem')), denied))).toContain('map-owned');
    expect((await create()).status).toBe(201);
  });

  it('goes on after a restart of the API server, which asks again at once', async () => {
    await api.restart();
    let reply: Reply;
    do reply = await create(false);
    while (reply.status === 201 || reply.status >= 500);
    expect([reply.status, message(reply)]).toEqual([403, expect.stringContaining('map-owned')]);
    expect((await create()).status).toBe(201);
  });

  it('with a bundle of two authorities either is trusted', async () => {
    const certificates = certificatesIn(folder);
    certificates.authority('old');
    certificates.authority('new');
    certificates.certificate('by-old', 'IP:127.0.0.1', 'old');
    certificates.certificate('by-new', 'IP:127.0.0.1', 'new');
    take('by-old');
    await at.restart(fromFiles());
    await trust(Buffer.concat([readFileSync(file('old.pem')), readFileSync(file('new.pem'))]), denied);
    take('by-new');
    await at.server.look();
    expect((await create(false)).status).toBe(403);
    expect((await create()).status).toBe(201);
  });

  it('denies everything while the certificate is of an authority that it was not told of, and goes on when that is mended', async () => {
    certificatesIn(folder).authority('strange');
    certificatesIn(folder).certificate('by-strange', 'IP:127.0.0.1', 'strange');
    take('by-strange');
    // Connections that are open stay with the certificate that they began with.
    await at.restart(fromFiles());
    const refused = await create();
    expect([refused.status, message(refused)]).toEqual([500, expect.stringContaining('certificate')]);
    take('by-new');
    await at.server.look();
    expect((await create()).status).toBe(201);
  });

  it('denies everything while the certificate is expired, and says so', async () => {
    certificatesIn(folder).certificate('expired', 'IP:127.0.0.1', 'new', '-1');
    take('expired');
    await at.restart(fromFiles());
    const refused = await create();
    expect([refused.status, message(refused)]).toEqual([500, expect.stringContaining('expired')]);
    take('by-new');
    await at.server.look();
    expect((await create()).status).toBe(201);
  });

  it('a certificate that is swapped for an expired one is not taken up', async () => {
    await at.restart(fromFiles());
    take('expired');
    await at.server.look();
    expect((await create()).status).toBe(201);
    expect(at.log).toContainEqual(
      expect.objectContaining({ event: 'certificate refused; the last good one stays' }),
    );
  });

  it('denies everything while no bundle verified, and the gap is on the record', async () => {
    // Another name: of the one before, the last good copy would go on judging.
    const away = {
      ...fromFiles(),
      bundles: [{ name: 'fresh', file: file('none.tar.gz'), keys: [file('bundle.pub.pem')] }],
    };
    take('by-new');
    await at.restart(away);
    const refused = await create();
    expect([refused.status, message(refused)]).toEqual([
      500,
      expect.stringContaining('unable to handle the request'),
    ]);
    const gaps = (await at.records()).filter(
      ({ record_type, layer }) => record_type === 'gap' && layer === 'admission',
    );
    // Once: an API server that is told when to come again would have asked five times.
    expect(gaps).toHaveLength(1);
    expect(gaps.map(({ verdict, details }) => [verdict, details])).toContainEqual([
      'not_evaluated',
      expect.objectContaining({ kind: 'review not judged' }),
    ]);
  });

  function take(name: string): void {
    copyFileSync(file(`${name}.key`), file('tls.key'));
    copyFileSync(file(`${name}.pem`), file('tls.crt'));
  }
});
