import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildBundle, findOpa, type Opa, readRepository } from './index.ts';
import { commitAll, FIXTURE, writeFixture } from './testing/fixture.ts';

let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});
const rego = (path: string, body: string) => ({ [path]: body });
const version = { revision: 'r', revision_time: 0 };
const POLICY = 'policies/box/box-sealed/policy.rego';
const text = (data: Uint8Array | undefined) => Buffer.from(data ?? '').toString('utf8');

describe('buildBundle', () => {
  it('gives the same bytes for one commit in another folder, with other times and another umask', async () => {
    const first = await writeFixture();
    await commitAll(first);
    const mask = process.umask(0o077);
    const second = await writeFixture();
    process.umask(mask);
    await commitAll(second);
    await utimes(join(second, POLICY), 1, 1);
    const [a, b] = [await buildBundle(first, { opa }), await buildBundle(second, { opa })];
    expect(Buffer.from(a.tar).equals(b.tar)).toBe(true);
    expect(a.digest).toBe(b.digest);
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: first, encoding: 'utf8' }).trim();
    const { exhibit } = JSON.parse(text(a.files.get('data.json'))) as { exhibit: { bundle: object } };
    // 2026-11-01T12:00:00Z, the time of the commit
    expect(exhibit.bundle).toMatchObject({
      revision: head,
      revision_time: 1_793_534_400,
      opa_version: opa.version,
    });
  });

  it('reads no tests: one that does not parse is for `policy test` and `policy lint` to say', async () => {
    const folder = await writeFixture({
      'policies/box/box-sealed/more_test.rego': 'package box_test\n\ntest_x if {',
    });
    const whole = await buildBundle(await writeFixture(), { opa, ...version });
    expect((await buildBundle(folder, { opa, ...version })).digest).toBe(whole.digest);
    const { problems } = await readRepository(folder, { opa });
    expect(problems.map(({ location }) => location.file)).toContain('policies/box/box-sealed/more_test.rego');
  });

  it('holds the modules without tests, the generated entry, and no name of WebAssembly in the manifest', async () => {
    const { files } = await buildBundle(await writeFixture(), { opa, ...version });
    expect([...files.keys()].sort()).toEqual([
      '.manifest',
      'data.json',
      'exhibit/decide.rego',
      'exhibit/entry.rego',
      'exhibit/overrides.rego',
      'exhibit/verdicts.rego',
      'lib/boxes/boxes.rego',
      POLICY,
      'policies/k8s/labels/policy.rego',
      'policies/k8s/required/policy.rego',
      'policy.wasm',
    ]);
    expect(JSON.parse(text(files.get('.manifest')))).toEqual({
      revision: 'r',
      roots: [
        'exhibit/bundle',
        'exhibit/decide',
        'exhibit/entry',
        'exhibit/overrides',
        'exhibit/policies/box_sealed',
        'exhibit/verdicts',
        'k8srequiredlabels',
        'lib/boxes',
        'main',
      ],
      rego_version: 1,
      // with the slash for a folder, without it for an archive
      file_rego_versions: { '/policies/k8s/labels/policy.rego': 0, 'policies/k8s/labels/policy.rego': 0 },
      metadata: { built_by: 'exhibit' },
    });
  });

  it('builds the commit, not the folder, and refuses a folder that differs unless that is allowed', async () => {
    const folder = await writeFixture();
    await commitAll(folder);
    await writeFile(join(folder, 'README.md'), 'not part of the repository');
    const clean = await buildBundle(folder, { opa });
    await writeFile(join(folder, 'overrides/new file.yaml'), 'id: x');
    await expect(buildBundle(folder, { opa })).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE', details: { dirty: ['overrides/new file.yaml'] } }),
    );
    const dirty = await buildBundle(folder, { opa, allowDirty: true });
    expect(dirty.digest).not.toBe(clean.digest);
    expect(text(dirty.files.get('.manifest'))).toContain('-dirty"');
    await rm(join(folder, 'overrides/new file.yaml'));
    await rm(join(folder, POLICY));
    await expect(buildBundle(folder, { opa })).rejects.toThrow(/differs from its commit/);
  });

  it.each(['policies/shared', 'lib', 'policies'])(
    'refuses a submodule at %s: its policies would be left out',
    async (path) => {
      const folder = await writeFixture();
      await commitAll(folder);
      const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
      await rm(join(folder, path), { recursive: true, force: true });
      git('rm', '-rq', '--cached', '--ignore-unmatch', path);
      git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`);
      git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},unrelated`);
      git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '-qm', 'Shared policies');
      await expect(buildBundle(folder, { opa })).rejects.toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID', location: { file: path } }),
      );
    },
  );

  it('of a folder of a larger repository takes the code owners of its root, and of the path from there', async () => {
    const root = await mkdtemp(join(tmpdir(), 'exhibit-mono-'));
    const folder = join(root, 'security', 'policies');
    const asked = 'name: fixture\noverrides: {approval: [codeowners], longest_days: {high: 365}}\n';
    await writeFixture({ 'exhibit.yaml': asked, CODEOWNERS: '* grace@example.com\n' }, folder);
    const ok = join(folder, 'overrides', 'ok.yaml');
    await writeFile(ok, FIXTURE['overrides/ok.yaml']?.replace('Grace', 'grace@example.com') ?? '');
    const built = async (owners: string | undefined) => {
      await rm(join(root, '.github'), { recursive: true, force: true });
      if (owners !== undefined) {
        await mkdir(join(root, '.github'));
        await writeFile(join(root, '.github', 'CODEOWNERS'), owners);
      }
      await writeFile(join(root, 'changed'), `${owners}`);
      await commitAll(root);
      const { overrides, rejected_overrides } = (await buildBundle(folder, { opa })).data;
      const lying = await readRepository(folder, { opa });
      // What lies there is judged as what was committed.
      expect(lying.overrides.map(({ id, approval }) => ({ id, approval }))).toEqual(
        overrides.map(({ id, approval }) => ({ id, approval })),
      );
      return overrides[0]?.approval ?? rejected_overrides.find(({ id }) => id === 'OV-1')?.reason;
    };
    const owned = { by: 'codeowners', evidence: '.github/CODEOWNERS:2' };
    expect(await built('* @all\n/security/policies/overrides/ grace@example.com\n')).toEqual(owned);
    expect(await built('* @all\n/security/ grace@example.com\n')).toEqual(owned);
    // From the root of the repository, and not from that of the policies.
    expect(await built('* @all\n/overrides/ grace@example.com\n')).toContain(
      'is no code owner of security/policies/overrides/ok.yaml (@all)',
    );
    // The one in the folder is read by no code host, so it names nobody.
    expect(await built(undefined)).toContain('there is no CODEOWNERS');
  });

  it('finds a repository in a folder of a larger one', async () => {
    const root = await writeFixture({}, undefined);
    const outer = join(root, 'outer', 'policies');
    await mkdir(outer, { recursive: true });
    await writeFixture({}, outer);
    await commitAll(join(root, 'outer'));
    await writeFile(join(root, 'outer', 'unrelated.txt'), 'x');
    const { files } = await buildBundle(outer, { opa });
    expect(files.has(POLICY)).toBe(true);
  });

  it('needs a version where there is no commit', async () => {
    await expect(buildBundle(await writeFixture(), { opa })).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  it.each([
    ['time.now_ns', 'now := time.now_ns()'],
    ['http.send', 'now := http.send({"method": "get", "url": "https://example.org"})'],
  ])('refuses the built-in %s with its place', async (builtin, line) => {
    const folder = await writeFixture(rego('lib/clock.rego', `package lib.clock\n\n${line}\n`));
    const builtins = ['assign', 'eq', 'sprintf', 'minus', 'count', 'gt'];
    await expect(buildBundle(folder, { opa, ...version, builtins })).rejects.toThrow(
      expect.objectContaining({
        code: 'POLICY_BUILTIN',
        message: expect.stringContaining(builtin),
        location: { file: 'lib/clock.rego', line: 3, column: 8 },
      }),
    );
  });

  it.each([
    [
      'a module that does not parse',
      rego('lib/broken.rego', 'package lib.broken\n\nx := {\n'),
      'lib/broken.rego',
    ],
    [
      'a function that is not there',
      rego('lib/broken.rego', 'package lib.broken\n\nx := data.lib.none(1)\n'),
      'lib/broken.rego',
    ],
    [
      'a policy without metadata',
      rego(POLICY, 'package p\n\npopulation := set()\nviolations := set()\n'),
      POLICY,
    ],
    [
      'a package in the place of the entry',
      rego('lib/x.rego', 'package exhibit.entry\n\nresults_json := {}\n'),
      'lib/x.rego',
    ],
    [
      'a package in the place of what is compiled beside the modules',
      rego('lib/x.rego', 'package exhibit.compat.more\n\nx := 1\n'),
      'lib/x.rego',
    ],
    [
      'a call of a function that the module alone has',
      rego('lib/x.rego', 'package lib.x\n\nx := exhibit.json.unmarshal("1")\n'),
      'lib/x.rego',
    ],
    [
      'a module in the folder of the generated ones',
      {
        'exhibit.yaml': 'name: fixture\nlibraries: [lib, exhibit]\n',
        ...rego('exhibit/more.rego', 'package lib.more\n\nx := 1\n'),
      },
      'exhibit/more.rego',
    ],
    ['a framework that is wrong', { 'frameworks/soc2.yaml': 'id: soc2\n' }, 'frameworks/soc2.yaml'],
  ])('refuses %s and says where', async (_what, change, file) => {
    await expect(buildBundle(await writeFixture(change), { opa, ...version })).rejects.toThrow(
      expect.objectContaining({ code: 'POLICY_INVALID', location: expect.objectContaining({ file }) }),
    );
  });
});
