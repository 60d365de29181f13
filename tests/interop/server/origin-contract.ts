import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateBundleKey, packTar, SIGNATURE_FILE, unpackTar } from '../../../src/policy/index.ts';
import { type Given, type Harness, harness } from '../../../src/server/testing/harness.ts';
import { signedBundle } from '../../../src/server/testing/signed.ts';

type BundleGiven = NonNullable<Given['bundles']>[number];

/** A real place that a server gets its bundle from, and what a test does to it. */
export interface Mirror {
  /** What the configuration says of it, beside name and keys. */
  origin: Omit<BundleGiven, 'name' | 'keys'>;
  place(bytes: Uint8Array): Promise<void>;
  /** Takes the bundle away, and leaves the place. */
  clear(): Promise<void>;
  /** The place cannot be reached from now on. */
  shut(): Promise<void>;
  open(): Promise<void>;
  stop(): Promise<void>;
}

interface Made {
  /** Public key. */
  key: string;
  bundles: Readonly<Record<string, Uint8Array>>;
}
let building: Promise<Made> | undefined;

/** Good and bad ones, built once. */
function bundles(): Promise<Made> {
  building ??= (async () => {
    const { privateKeyPem, publicKeyPem } = generateBundleKey();
    const next = await signedBundle(privateKeyPem, 1_700_000_200);
    const unsigned = unpackTar(next);
    unsigned.delete(SIGNATURE_FILE);
    const damaged = Uint8Array.from(next);
    const middle = damaged.length >> 1;
    damaged[middle] = (damaged[middle] ?? 0) ^ 1;
    return {
      key: publicKeyPem,
      bundles: {
        old: await signedBundle(privateKeyPem, 1_700_000_000),
        now: await signedBundle(privateKeyPem, 1_700_000_100),
        next,
        former: await signedBundle(privateKeyPem, 1_700_000_050, { 'exhibit.yaml': 'name: former\n' }),
        stranger: await signedBundle(generateBundleKey().privateKeyPem, 1_700_000_300),
        unsigned: packTar(unsigned),
        damaged,
        none: new TextEncoder().encode('no bundle'),
      },
    };
  })();
  return building;
}

/** What holds of every place, whichever it is. */
export function describeOrigin(title: string, why: string, start: () => Promise<Mirror>): void {
  describe.skipIf(why !== '')(`a bundle from ${title}${why}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-origin-'));
    const key = join(folder, 'bundle.pub.pem');
    let made: Made;
    let mirror: Mirror;
    let at: Harness;
    const etag = async () => {
      const response = await at.send('/bundles/main');
      return response.status === 200 ? response.headers.get('etag') : response.status;
    };
    const gauge = async (name: string) => {
      const text = await (await at.send('/metrics', { token: at.tokens.engineer })).text();
      return Number(new RegExp(`^exhibit_${name}\\{bundle="main"\\} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    const states = async () =>
      (await at.records())
        .filter(({ record_type }) => record_type === 'bundle_state')
        .map(({ details }) => (details as { state: string; code?: string }).code ?? 'serving');
    const settings = (): Given => ({ bundles: [{ name: 'main', keys: [key], ...mirror.origin }] });

    beforeAll(async () => {
      made = await bundles();
      writeFileSync(key, made.key);
      mirror = await start();
    });
    afterEach(async () => {
      await at?.remove();
    });
    afterAll(() => mirror?.stop());
    const bytes = (name: string) => made.bundles[name] ?? expect.fail(name);

    it('is served, and the next one when it lies there', async () => {
      await mirror.place(bytes('now'));
      at = await harness(settings());
      const first = await at.send('/bundles/main');
      expect(first.status).toBe(200);
      expect(unpackTar(new Uint8Array(await first.arrayBuffer()))).toEqual(unpackTar(bytes('now')));
      const before = await etag();
      await at.server.look();
      expect(await etag()).toBe(before);
      expect(await gauge('bundle_revision_seconds')).toBe(1_700_000_100);
      await mirror.place(bytes('next'));
      await at.server.look();
      expect(await etag()).not.toBe(before);
      expect(await gauge('bundle_revision_seconds')).toBe(1_700_000_200);
      expect(await states()).toEqual(['serving', 'serving']);
    });

    it('that is older, of another lineage, damaged, unsigned or a stranger’s is refused; the last good one stays, also after a restart', async () => {
      await mirror.place(bytes('now'));
      at = await harness(settings());
      const good = await etag();
      for (const name of ['old', 'former', 'damaged', 'unsigned', 'stranger', 'none']) {
        await mirror.place(bytes(name));
        await at.server.look();
        expect([name, await etag(), await gauge('bundle_refused')]).toEqual([name, good, 1]);
        // The same again is not downloaded, and refused all the same.
        await at.server.look();
        expect([name, await etag(), await gauge('bundle_refused')]).toEqual([name, good, 1]);
        await at.restart();
        expect([name, await etag(), await gauge('bundle_refused')]).toEqual([name, good, 1]);
      }
      await mirror.place(bytes('next'));
      await at.server.look();
      expect(await gauge('bundle_refused')).toBe(0);
      expect(await etag()).not.toBe(good);
      const refused = (await states()).filter((state) => state !== 'serving');
      // Once at the look and once after the restart, each.
      expect(refused).toEqual(
        ['ROLLBACK', 'ROLLBACK', 'INVALID', 'UNSIGNED', 'SIGNATURE', 'INVALID'].flatMap((state) => [
          `BUNDLE_${state}`,
          `BUNDLE_${state}`,
        ]),
      );
    });

    it('is served on while its place is away or empty, also after a restart; that is said once', async () => {
      await mirror.place(bytes('now'));
      at = await harness(settings());
      const good = await etag();
      await mirror.shut();
      try {
        for (let look = 0; look < 2; look += 1) await at.server.look();
        expect([await etag(), await gauge('bundle_refused')]).toEqual([good, 1]);
        await at.restart();
        expect([await etag(), await gauge('bundle_refused')]).toEqual([good, 1]);
        expect((await at.send('/readyz')).status).toBe(200);
      } finally {
        await mirror.open();
      }
      await at.server.look();
      expect([await etag(), await gauge('bundle_refused')]).toEqual([good, 0]);
      await mirror.clear();
      await at.server.look();
      expect([await etag(), await gauge('bundle_refused')]).toEqual([good, 1]);
      expect((await states()).filter((state) => state !== 'serving')).toEqual([
        'BUNDLE_ORIGIN',
        'BUNDLE_ORIGIN',
        'NOT_FOUND',
      ]);
    });

    it('without one the server starts, and is not ready', async () => {
      await mirror.clear();
      at = await harness(settings());
      expect([(await at.send('/readyz')).status, await etag()]).toEqual([503, 503]);
      await mirror.place(bytes('now'));
      await at.server.look();
      expect([(await at.send('/readyz')).status, typeof (await etag())]).toEqual([200, 'string']);
    });

    it('that was refused for its key is taken when the key is replaced, though its place says that nothing changed', async () => {
      await mirror.place(bytes('now'));
      writeFileSync(key, generateBundleKey().publicKeyPem);
      try {
        at = await harness(settings());
        expect(await etag()).toBe(503);
      } finally {
        writeFileSync(key, made.key);
      }
      await at.server.look();
      expect(typeof (await etag())).toBe('string');
    });

    it('over the limit is not read', async () => {
      await mirror.place(bytes('now'));
      at = await harness({ ...settings(), limits: { bundle_bytes: bytes('now').length - 1 } });
      expect(await etag()).toBe(503);
      await at.restart({ ...settings(), limits: { bundle_bytes: bytes('now').length } });
      expect(typeof (await etag())).toBe('string');
    });
  });
}
