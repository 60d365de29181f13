import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { generateBundleKey, loadBundle, unpackTar } from '../policy/index.ts';
import { type Harness, harness } from './testing/harness.ts';
import { signedBundle } from './testing/signed.ts';

describeWithOpa('bundles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bundles-'));
  const file = join(folder, 'bundle.tar.gz');
  const key = join(folder, 'bundle.pub.pem');
  const pair = generateBundleKey();
  let old: Uint8Array;
  let newer: Uint8Array;
  let newest: Uint8Array;
  let at: Harness;
  const settings = { bundles: [{ name: 'main', file, keys: [key] }], limits: { wait_seconds: 0.05 } };
  const patient = { ...settings, limits: {} };
  /** As a pipeline does it: whole or not at all. */
  const place = (bytes: Uint8Array) => {
    writeFileSync(`${file}.new`, bytes);
    renameSync(`${file}.new`, file);
  };
  const get = (headers: Record<string, string> = {}) => at.send('/bundles/main', { headers });

  beforeAll(async () => {
    writeFileSync(key, pair.publicKeyPem);
    [old, newer, newest] = [
      await signedBundle(pair.privateKeyPem, 1_700_000_000),
      await signedBundle(pair.privateKeyPem, 1_700_000_100),
      await signedBundle(pair.privateKeyPem, 1_700_000_200),
    ];
  });
  afterEach(() => at.remove());

  it('come as they were signed, and not again for who has them', async () => {
    place(old);
    at = await harness(settings);
    const first = await get();
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    const bytes = new Uint8Array(await first.arrayBuffer());
    // Packed anew, and the same files under the same signature.
    expect(bytes.length).toBeLessThanOrEqual(old.length);
    expect(unpackTar(bytes)).toEqual(unpackTar(old));
    const keys = [{ id: 'bundle', pem: pair.publicKeyPem }];
    expect((await loadBundle(bytes, { keys })).revision).toBe('revision-1700000000');
    const etag = first.headers.get('etag') ?? '';
    const again = await get({ 'if-none-match': etag });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    expect((await get({ 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await at.send('/bundles/main.tar.gz')).status).toBe(200);
    expect((await at.send('/bundles/other')).status).toBe(404);
  });

  it('a caller that waits gets the next one when it lies there, or 304 in the end', async () => {
    place(old);
    at = await harness(settings);
    const etag = (await get()).headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag, prefer: 'modes=snapshot,delta;wait=10' };
    const none = await get(headers);
    // By this type OPA knows that it may wait.
    expect([none.status, none.headers.get('content-type')]).toEqual([
      304,
      'application/vnd.openpolicyagent.bundles',
    ]);
    await at.restart(patient);
    const waiting = get(headers);
    place(newer);
    const next = await waiting;
    expect([next.status, next.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.openpolicyagent.bundles',
    ]);
    expect(unpackTar(new Uint8Array(await next.arrayBuffer()))).toEqual(unpackTar(newer));
  });

  it('another server has the next one a moment after it lies at the first, and does not go back with it', async () => {
    place(newer);
    at = await harness(patient);
    const token_file = join(folder, 'token');
    writeFileSync(token_file, `${at.tokens.engineer}\n`);
    const http = { url: `${at.url}/bundles/main`, token_file };
    const second = await harness({ bundles: [{ name: 'copy', http, keys: [key] }] });
    try {
      const held = async () =>
        unpackTar(new Uint8Array(await (await second.send('/bundles/copy')).arrayBuffer()));
      expect(await held()).toEqual(unpackTar(newer));
      const etag = (await second.send('/bundles/copy', { method: 'GET' })).headers.get('etag') ?? '';
      place(newest);
      const next = await second.send('/bundles/copy', {
        headers: { 'if-none-match': etag, prefer: 'wait=60' },
      });
      expect(unpackTar(new Uint8Array(await next.arrayBuffer()))).toEqual(unpackTar(newest));
      await at.stop();
      expect(await held()).toEqual(unpackTar(newest));
    } finally {
      await second.remove();
    }
  });

  it('who waits is told at once when the server stops', async () => {
    place(old);
    at = await harness(patient);
    const etag = (await get()).headers.get('etag') ?? '';
    const waiting = get({ 'if-none-match': etag, prefer: 'wait=300' });
    let metrics: string;
    do metrics = await (await at.send('/metrics', { token: at.tokens.engineer })).text();
    while (!metrics.includes('exhibit_bundle_waiters 1'));
    await at.restart(patient);
    expect((await waiting).status).toBe(304);
  });

  it('one that is older, damaged or signed by another is not served; the last good one stays, also after a restart', async () => {
    place(newer);
    at = await harness(settings);
    const etag = (await get()).headers.get('etag');
    const damaged = Uint8Array.from(newest);
    const middle = damaged.length >> 1;
    damaged[middle] = (damaged[middle] ?? 0) ^ 1;
    const stranger = await signedBundle(generateBundleKey().privateKeyPem, 1_700_000_300);
    const renamed = await signedBundle(pair.privateKeyPem, 1_700_000_050, {
      'exhibit.yaml': 'name: former\n',
    });
    const foreign = await signedBundle(pair.privateKeyPem, 1_700_000_400, {
      'exhibit.yaml': 'name: foreign\n',
    });
    for (const bytes of [old, renamed, foreign, damaged, stranger, new Uint8Array()]) {
      place(bytes);
      await at.server.look();
      expect((await get()).headers.get('etag')).toBe(etag);
      await at.restart(settings);
      expect((await get()).headers.get('etag')).toBe(etag);
    }
    expect((await at.send('/readyz')).status).toBe(200);
    place(newest);
    await at.server.look();
    expect((await get()).headers.get('etag')).not.toBe(etag);
    const states = (await at.records())
      .filter(({ record_type }) => record_type === 'bundle_state')
      .map(({ details }) => (details as { state: string; code?: string }).code ?? 'serving');
    expect(new Set(states)).toEqual(
      new Set(['serving', 'BUNDLE_ROLLBACK', 'BUNDLE_LINEAGE', 'BUNDLE_INVALID', 'BUNDLE_SIGNATURE']),
    );
  });

  it('one of another repository is served where the configuration names it', async () => {
    place(newer);
    at = await harness(settings);
    const etag = (await get()).headers.get('etag');
    place(await signedBundle(pair.privateKeyPem, 1_700_000_400, { 'exhibit.yaml': 'name: foreign\n' }));
    await at.restart({
      ...settings,
      bundles: settings.bundles.map((one) => ({ ...one, lineage: 'foreign' })),
    });
    const foreign = (await get()).headers.get('etag');
    expect(foreign).not.toBe(etag);
    place(newest);
    await at.server.look();
    expect((await get()).headers.get('etag')).toBe(foreign);
  });

  it('one whose signature holds no more is neither served nor answered from, until it is signed again', async () => {
    const end = Date.now() + 3_600_000;
    const sign = (expires: number) => signedBundle(pair.privateKeyPem, 1_700_000_100, {}, { expires });
    let now = end - 1_000;
    place(await sign(end));
    at = await harness(settings, () => now);
    const ask = () =>
      at.send('/v1/data/exhibit/policies/box_sealed/violations', {
        method: 'POST',
        token: at.tokens.engineer,
        body: '{"input":{"boxes":[{"id":"a"}]}}',
      });
    expect([(await get()).status, (await ask()).status]).toEqual([200, 200]);
    now = end;
    // Also before anybody looked at the file again.
    const late = await ask();
    expect([late.status, await late.json()]).toEqual([
      503,
      { code: 'bundle_expired', message: expect.stringContaining('held until') as string },
    ]);
    for (let looks = 0; looks < 3; looks += 1) await at.server.look();
    expect([(await get()).status, (await at.send('/readyz')).status]).toEqual([503, 503]);
    place(await sign(end + 3_600_000));
    await at.server.look();
    expect([(await get()).status, (await at.send('/readyz')).status]).toEqual([200, 200]);
    expect((await ask()).status).toBe(200);
    const states = (await at.records()).filter(({ record_type }) => record_type === 'bundle_state');
    expect(states.map(({ details }) => (details as { code?: string }).code ?? 'serving')).toEqual([
      'serving',
      'BUNDLE_EXPIRED',
      'serving',
    ]);
  });

  it('what is in force is on the record: policies and control map as blobs', async () => {
    place(old);
    at = await harness(settings);
    const records = await at.records();
    const policy = records.find(({ record_type }) => record_type === 'policy');
    expect(policy).toMatchObject({ policy_revision: 'revision-1700000000', details: { lineage: 'boxes' } });
    await at.restart(settings);
    // The same bundle is one record, however often the server starts.
    expect((await at.records()).filter(({ record_type }) => record_type === 'policy')).toHaveLength(1);
  });

  it('without one that verified the server is not ready, and says so to who asks for it', async () => {
    place(new Uint8Array([1, 2, 3]));
    at = await harness(settings);
    expect((await at.send('/readyz')).status).toBe(503);
    expect((await get()).status).toBe(503);
  });

  it('discovery hands out the configuration for OPAs', async () => {
    place(old);
    at = await harness({ ...settings, discovery: { bundles: { main: { resource: 'bundles/main' } } } });
    const response = await at.send('/bundles/discovery');
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/);
  });
});
