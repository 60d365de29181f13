import { createSign, generateKeyPairSync, sign } from 'node:crypto';
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
  isExpired,
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

  /** The signed bundle with other claims, signed by the right key or another. */
  const claimed = async (
    change: object,
    signer: { alg: string; pem: string } = { alg: 'ES256', pem: key.privateKeyPem },
    edit: (files: Map<string, Uint8Array>) => unknown = () => undefined,
  ) => {
    const files = new Map(unpackTar(signed));
    const { signatures } = JSON.parse(Buffer.from(files.get('.signatures.json') ?? '').toString('utf8')) as {
      signatures: [string];
    };
    const claims = JSON.parse(
      Buffer.from(signatures[0].split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as object;
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: signer.alg, kid: 'release' })}.${encode({ ...claims, ...change })}`;
    const mark = sign('sha256', Buffer.from(text), { key: signer.pem, dsaEncoding: 'ieee-p1363' });
    edit(files);
    files.set(
      '.signatures.json',
      Buffer.from(JSON.stringify({ signatures: [`${text}.${mark.toString('base64url')}`] })),
    );
    return packTar(files);
  };

  it('refuses a signature after its end and before its beginning (RFC 7519, 4.1.4 and 4.1.5)', async () => {
    const now = 1_000_000_500;
    const at = async (claims: object) => load(await claimed(claims), { now });
    expect((await at({ exp: 1_000_001, nbf: 1_000_000 })).signed_by).toBe('release');
    await expect(at({ exp: 1_000_000 })).rejects.toThrow(
      refused('BUNDLE_EXPIRED', /held until 1970-01-12T13:46:40/),
    );
    await expect(at({ nbf: 1_000_001 })).rejects.toThrow(
      refused('BUNDLE_SIGNATURE', /holds from 1970-01-12T13:46:41/),
    );
    await expect(at({ exp: '1000001' })).rejects.toThrow(refused('BUNDLE_SIGNATURE', /damaged/));
    await expect(load(await claimed({ exp: 1 }))).rejects.toThrow(refused('BUNDLE_EXPIRED', /held until/));
    await expect(at({ exp: 1e300 })).rejects.toThrow(refused('BUNDLE_SIGNATURE', /a time that is none/));
    const given = await load(await claimed({ exp: 1_000_000 }), { now, expired: 'give' });
    expect(given.expires).toBe('1970-01-12T13:46:40.000Z');
    expect(isExpired(given, 999_999_999)).toBe(false);
    expect(isExpired(given, 1_000_000_000)).toBe(true);
  });

  it('takes RSA of 2048 bits or more only', async () => {
    const rsa = (bits: number) => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
      return {
        keys: [{ id: 'release', pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }],
        signer: { alg: 'RS256', pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      };
    };
    const strong = rsa(2048);
    expect((await load(await claimed({}, strong.signer), { keys: strong.keys })).signed_by).toBe('release');
    const weak = rsa(1024);
    await expect(load(await claimed({}, weak.signer), { keys: weak.keys })).rejects.toThrow(
      refused('CONFIG_INVALID', /release has 1024 bits/),
    );
  });

  it('has one digest for one signature, also where the signature states none', async () => {
    expect((await load(await claimed({ digest: undefined }))).digest).toBe(bundleDigest(unsigned));
    const spaced = await claimed({ digest: undefined }, undefined, (files) =>
      files.set('data.json', Buffer.concat([Buffer.from(' '), files.get('data.json') ?? Buffer.from('')])),
    );
    await expect(load(spaced)).rejects.toThrow(refused('BUNDLE_DIGEST', /data\.json/));
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

  it.each([
    ['control_map', { entries: 1 }],
    ['frameworks', [{ id: 'A framework' }]],
  ] as const)(
    'refuses a damaged %s once somebody reads it, since no verdict depends on it',
    async (name, value) => {
      const files = new Map(unsigned);
      const data = JSON.parse(Buffer.from(files.get('data.json') ?? '').toString('utf8'));
      data.exhibit.bundle[name] = value;
      files.set('data.json', Buffer.from(JSON.stringify(data)));
      const bundle = await load((await signBundle(files, key.privateKeyPem, 'release')).tar);
      expect(bundle.policies).toHaveLength(3);
      expect(() => bundle[name]).toThrow(refused('BUNDLE_INVALID', new RegExp(`does not fit at ${name}`)));
      expect(() => ({ ...bundle })).toThrow(refused('BUNDLE_INVALID'));
    },
  );

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
