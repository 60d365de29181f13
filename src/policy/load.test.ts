import { createSign } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Bundle,
  buildBundle,
  bundleDigest,
  type Files,
  findOpa,
  generateBundleKey,
  loadBundle,
  packTar,
  signBundle,
  unpackTar,
} from './index.ts';
import { writeFixture } from './testing/fixture.ts';

const key = generateBundleKey();
const other = generateBundleKey();
const keys = [{ id: 'release', pem: key.publicKeyPem }];
let unsigned: Files;
let signed: Uint8Array;

beforeAll(async () => {
  const opa = await findOpa(process.env);
  const built = await buildBundle(await writeFixture(), { opa, revision: 'r1', revision_time: 1_000 });
  unsigned = built.files;
  signed = (await signBundle(built.tar, key.privateKeyPem, 'release')).tar;
});

/** The signed bundle after somebody's change. */
const changed = (change: (files: Map<string, Uint8Array>) => void) => {
  const files = unpackTar(signed);
  change(files);
  return packTar(files);
};
const edit = (name: string, from: string, to: string) =>
  changed((files) =>
    files.set(
      name,
      Buffer.from(
        Buffer.from(files.get(name) ?? '')
          .toString('utf8')
          .replace(from, to),
      ),
    ),
  );

const refused = (code: string, message = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });
const load = (bytes: Uint8Array, options = {}) => loadBundle(bytes, { keys, ...options });

describe('loadBundle', () => {
  it('gives everything that the bundle says, from bytes and from a path', async () => {
    const bundle = await load(signed);
    expect(bundle).toMatchObject({
      digest: bundleDigest(unsigned),
      revision: 'r1',
      revision_time: 1_000,
      lineage: 'fixture',
      signed_by: 'release',
      rejected_overrides: [
        { file: 'overrides/bad.yaml', id: 'OV-2', reason: 'its approver is its owner (Ada)' },
      ],
    });
    expect(bundle.policies.map(({ id, style }) => `${id} ${style}`)).toEqual([
      'box-sealed exhibit',
      'required-labels gatekeeper',
      'team-label conftest',
    ]);
    expect(bundle.overrides.map(({ id }) => id)).toEqual(['OV-1']);
    expect(bundle.control_map.entries.map(({ policy_id }) => policy_id)).toContain('checkov/CKV_AWS_16');
    expect(Buffer.from(bundle.wasm.subarray(0, 4)).toString('latin1')).toBe('\0asm');
    const path = join(await mkdtemp(join(tmpdir(), 'exhibit-load-')), 'bundle.tar.gz');
    await writeFile(path, signed);
    expect((await loadBundle(path, { keys })).digest).toBe(bundle.digest);
  });

  it('has a digest of its contents only: not of the packing, not of the signature', async () => {
    const again = await signBundle(unsigned, other.privateKeyPem, 'second');
    expect(again.digest).toBe(bundleDigest(unsigned));
    const bundle = await loadBundle(again.tar, {
      keys: [...keys, { id: 'second', pem: other.publicKeyPem }],
    });
    expect(bundle).toMatchObject({ signed_by: 'second', digest: again.digest });
  });

  it('refuses an unsigned bundle while a key is configured, also when unsigned ones are allowed', async () => {
    const tar = packTar(unsigned);
    await expect(load(tar)).rejects.toThrow(refused('BUNDLE_UNSIGNED'));
    await expect(load(tar, { allowUnsigned: true })).rejects.toThrow(refused('BUNDLE_UNSIGNED'));
    await expect(load(tar, { keys: [] })).rejects.toThrow(refused('BUNDLE_UNSIGNED', /no verification key/i));
    expect((await load(tar, { keys: [], allowUnsigned: true })).signed_by).toBeUndefined();
  });

  it('refuses another key, also one that calls itself by the same name', async () => {
    const { tar } = await signBundle(unsigned, other.privateKeyPem, 'release');
    await expect(load(tar)).rejects.toThrow(refused('BUNDLE_SIGNATURE', /does not verify with release/));
    const stranger = await signBundle(unsigned, other.privateKeyPem, 'stranger');
    await expect(load(stranger.tar)).rejects.toThrow(
      refused('BUNDLE_SIGNATURE', /"stranger", which is not configured/),
    );
  });

  it.each([
    ['a rule', 'policies/box/box-sealed/policy.rego', 'not box.sealed', 'false', 'policy.rego'],
    ['a value in data.json', 'data.json', '"high"', '"info"', 'data.json'],
    ['only white space in data.json', 'data.json', '{', '{ ', 'data.json'],
    ['the manifest', '.manifest', '"r1"', '"r2"', '.manifest'],
  ])('refuses a change of %s and names the file', async (_what, name, from, to, named) => {
    await expect(load(edit(name, from, to))).rejects.toThrow(refused('BUNDLE_DIGEST', new RegExp(named)));
  });

  it('refuses one byte changed in policy.wasm, a file added, a file taken away', async () => {
    const flip = changed((files) => {
      const wasm = Buffer.from(files.get('policy.wasm') ?? '');
      wasm[wasm.length >> 1] = (wasm[wasm.length >> 1] ?? 0) ^ 1;
      files.set('policy.wasm', wasm);
    });
    await expect(load(flip)).rejects.toThrow(refused('BUNDLE_DIGEST', /policy\.wasm/));
    const added = changed((files) =>
      files.set('policies/extra.rego', Buffer.from('package main\ndeny_label := set()')),
    );
    await expect(load(added)).rejects.toThrow(
      refused('BUNDLE_DIGEST', /extra\.rego is not in the signature/),
    );
    const taken = changed((files) => files.delete('policies/k8s/labels/policy.rego'));
    await expect(load(taken)).rejects.toThrow(
      refused('BUNDLE_DIGEST', /labels\/policy\.rego is in the signature/),
    );
  });

  it('never lets the token choose how it is verified', async () => {
    const token =
      (
        JSON.parse(Buffer.from(unpackTar(signed).get('.signatures.json') ?? '').toString('utf8')) as {
          signatures: string[];
        }
      ).signatures[0] ?? '';
    const [, body = '', mark = ''] = token.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const der = createSign('sha256')
      .update(`${encode({ alg: 'ES256', kid: 'release' })}.${body}`)
      .sign(key.privateKeyPem)
      .toString('base64url');
    const forged = [
      `${encode({ alg: 'none', kid: 'release' })}.${body}.`,
      `${encode({ alg: 'HS256', kid: 'release' })}.${body}.${mark}`,
      `${encode({ alg: 'ES384', kid: 'release' })}.${body}.${mark}`,
      `${encode({ alg: 'ES256', kid: 'release', crit: ['exp'] })}.${body}.${mark}`,
      `${encode({ alg: 'ES256', kid: 'release' })}.${body}.${der}`,
      `${token}.`,
      token.slice(0, -10),
      `${token.slice(0, -1)}*`,
      'nonsense',
    ];
    for (const one of forged) {
      const tar = changed((files) =>
        files.set('.signatures.json', Buffer.from(JSON.stringify({ signatures: [one] }))),
      );
      await expect(load(tar)).rejects.toThrow(refused('BUNDLE_SIGNATURE'));
    }
    for (const list of [[], [token, token]]) {
      const tar = changed((files) =>
        files.set('.signatures.json', Buffer.from(JSON.stringify({ signatures: list }))),
      );
      await expect(load(tar)).rejects.toThrow(refused('BUNDLE_SIGNATURE', /exactly one/));
    }
  });

  it('refuses an older commit of the same lineage only', async () => {
    const { digest } = await load(signed);
    const used = { lineage: 'fixture', revision_time: 1_001, digest: `sha256:${'0'.repeat(64)}` };
    const last = (one: typeof used) => (lineage: string) => (lineage === one.lineage ? one : undefined);
    await expect(load(signed, { last: last(used) })).rejects.toThrow(refused('BUNDLE_ROLLBACK', /r1/));
    const fine: Bundle['revision_time'][] = [];
    for (const one of [
      { ...used, lineage: 'another' },
      { ...used, revision_time: 1_000 },
      { ...used, digest },
    ])
      fine.push((await load(signed, { last: last(one) })).revision_time);
    expect(fine).toEqual([1_000, 1_000, 1_000]);
  });

  it('refuses a signed bundle that Exhibit did not build', async () => {
    const foreign = await signBundle(
      new Map([['data.json', Buffer.from('{}')]]),
      key.privateKeyPem,
      'release',
    );
    await expect(load(foreign.tar)).rejects.toThrow(refused('BUNDLE_INVALID', /not built by Exhibit/));
    const bare = new Map(unsigned);
    bare.delete('policy.wasm');
    await expect(load((await signBundle(bare, key.privateKeyPem, 'release')).tar)).rejects.toThrow(
      refused('BUNDLE_INVALID', /policy\.wasm/),
    );
  });

  it('says which key or file is wrong', async () => {
    await expect(
      load(signed, {
        keys: [
          { id: 'x', pem: key.privateKeyPem },
          { id: 'release', pem: key.privateKeyPem },
        ],
      }),
    ).rejects.toThrow(refused('CONFIG_INVALID', /release/));
    await expect(loadBundle('/does/not/exist.tar.gz', { keys })).rejects.toThrow(refused('NOT_FOUND'));
    await expect(signBundle(unsigned, key.publicKeyPem, 'x')).rejects.toThrow(refused('CONFIG_INVALID'));
  });
});
