import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  buildBundle,
  findOpa,
  generateBundleKey,
  loadBundle,
  type Opa,
  packTar,
  signBundle,
  unpackTar,
} from '../../../src/policy/index.ts';
import { commitAll, writeFixture } from '../../../src/policy/testing/fixture.ts';
import { opaEvaluates, opaSign, opaVerifies, opaVersion } from './opa-cli.ts';
import { serveOpa } from './opa-server.ts';

const key = generateBundleKey();
const other = generateBundleKey();
const keys = [{ id: 'release', pem: key.publicKeyPem }];
let opa: Opa;
let folder: string;
let signed: Uint8Array;

beforeAll(async () => {
  opa = await findOpa(process.env);
  const source = await writeFixture();
  await commitAll(source);
  const built = await buildBundle(source, { opa });
  signed = (await signBundle(built.tar, key.privateKeyPem, 'release')).tar;
  folder = await mkdtemp(join(tmpdir(), 'exhibit-interop-'));
  await writeFile(join(folder, 'release.pem'), key.publicKeyPem);
  await writeFile(join(folder, 'other.pem'), other.publicKeyPem);
});

const edited = (name: string, change: (data: Buffer) => Buffer) => {
  const files = unpackTar(signed);
  return packTar(files.set(name, change(Buffer.from(files.get(name) ?? ''))));
};
const flip = (data: Buffer) => {
  const copy = Buffer.from(data);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
};

describe('stock OPA and a bundle that Exhibit signed', () => {
  it('accepts it with the right key and refuses it with another', async () => {
    expect(await opaVerifies(opa, folder, signed, 'release.pem')).toEqual({ ok: true, said: '' });
    expect(await opaVerifies(opa, folder, signed, 'other.pem')).toMatchObject({
      ok: false,
      said: expect.stringContaining('verify'),
    });
  });

  it('takes no delta bundle once it verifies: OPA supports them unsigned only, so the server offers none', async () => {
    const patch = { data: [{ op: 'upsert', path: '/exhibit/bundle/lineage', value: 'other' }] };
    const files = new Map([
      ['.manifest', Buffer.from('{"revision": "r", "roots": ["exhibit"]}')],
      ['patch.json', Buffer.from(JSON.stringify(patch))],
    ]);
    const delta = packTar((await signBundle(files, key.privateKeyPem, 'release')).files);
    for (const one of [packTar(files), delta])
      expect(await opaVerifies(opa, folder, one, 'release.pem')).toMatchObject({
        ok: false,
        said: expect.stringContaining('delta bundles do not support signature verification'),
      });
    await expect(loadBundle(delta, { keys })).rejects.toThrow();
  });

  it.each([['policies/box/box-sealed/policy.rego'], ['exhibit/entry.rego'], ['policy.wasm']])(
    'refuses it with one byte of %s changed, and so do we',
    async (name) => {
      const tar = edited(name, flip);
      expect(await opaVerifies(opa, folder, tar, 'release.pem')).toMatchObject({
        ok: false,
        said: expect.stringContaining(name),
      });
      await expect(loadBundle(tar, { keys })).rejects.toThrow(
        expect.objectContaining({ code: 'BUNDLE_DIGEST', message: expect.stringContaining(name) }),
      );
    },
  );

  it('holds what the reference says of other files, of white space, and of a manifest that lists WebAssembly', async () => {
    const extra = packTar(unpackTar(signed).set('README.txt', Buffer.from('x')));
    expect(await opaVerifies(opa, folder, extra, 'release.pem')).toMatchObject({
      ok: false,
      said: expect.stringContaining('README.txt not included in bundle signature'),
    });
    const spaced = edited('data.json', (data) => Buffer.concat([Buffer.from(' '), data]));
    expect(await opaVerifies(opa, folder, spaced, 'release.pem')).toMatchObject({ ok: true });
    await expect(loadBundle(spaced, { keys })).rejects.toThrow(
      expect.objectContaining({ code: 'BUNDLE_DIGEST' }),
    );
    const files = unpackTar(signed);
    const manifest = JSON.parse(Buffer.from(files.get('.manifest') ?? '').toString('utf8')) as object;
    const wasm = [{ entrypoint: 'exhibit/entry/results_json', module: 'policy.wasm' }];
    files.set('.manifest', Buffer.from(JSON.stringify({ ...manifest, wasm })));
    const listed = packTar((await signBundle(files, key.privateKeyPem, 'release')).files);
    // An OPA with a WebAssembly engine takes it; the usual build has none.
    const { said } = await opaEvaluates(opa, folder, listed, 'data.exhibit.bundle.lineage');
    const { said: version } = await opaVersion(opa, folder);
    expect(said).toContain(version.includes('WebAssembly: unavailable') ? 'engine not found' : 'fixture');
  });

  it('judges from the sources as a server, with the data and the generated entry', async () => {
    await writeFile(join(folder, 'served.tar.gz'), signed);
    const server = await serveOpa(opa, folder, 'served.tar.gz', 'release.pem');
    try {
      const results = await server.ask('exhibit/entry/results_json', {
        boxes: [{ id: 'a' }, { id: 'b', sealed: true }],
      });
      expect(results).toEqual({
        'box-sealed': {
          population: [
            { id: 'a', name: 'a', type: 'box' },
            { id: 'b', name: 'b', type: 'box' },
          ],
          violations: [{ fix: 'Seal it.', message: 'a is open', subject: 'a' }],
        },
      });
      const deployment = { kind: 'Deployment', metadata: { name: 'x' } };
      expect(await server.ask('exhibit/entry/results_kubernetes', deployment)).toEqual({
        'team-label': { deny_label: ['x has no team'], exception: [] },
      });
      const review = { review: { object: { metadata: {} } }, parameters: { labels: ['owner'] } };
      expect(await server.ask('exhibit/entry/gatekeeper', review)).toEqual({
        'required-labels': [{ details: { missing: ['owner'] }, msg: 'labels are missing: {"owner"}' }],
      });
      expect(await server.ask('exhibit/bundle/lineage', {})).toBe('fixture');
    } finally {
      await server.stop();
    }
  });
});

describe('a bundle that `opa sign` signed', () => {
  it('is accepted by us with the right key and refused with another', async () => {
    const files = unpackTar(signed);
    files.delete('.signatures.json');
    const tar = packTar(await opaSign(opa, files, key.privateKeyPem));
    const bundle = await loadBundle(tar, { keys: [{ id: 'other', pem: other.publicKeyPem }, ...keys] });
    expect(bundle).toMatchObject({ signed_by: 'release', lineage: 'fixture' });
    await expect(loadBundle(tar, { keys: [{ id: 'release', pem: other.publicKeyPem }] })).rejects.toThrow(
      expect.objectContaining({ code: 'BUNDLE_SIGNATURE' }),
    );
  });
});
