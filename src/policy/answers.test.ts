import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyOf } from './answers.ts';
import { findCompiler } from './compiler.ts';
import {
  buildBundle,
  findOpa,
  lintRepository,
  type Opa,
  readRepository,
  type TestReport,
  testRepository,
} from './index.ts';
import { FIXTURE, writeFixture } from './testing/fixture.ts';

const version = { revision: 'r', revision_time: 0 };
const POLICY = 'policies/box/box-sealed/policy.rego';
let real: Opa;
beforeAll(async () => {
  real = await findOpa(process.env);
});

/** A compiler whose answers are kept in a folder of its own, and which counts how often it is really asked. */
async function counting(): Promise<{
  opa: Opa;
  cache: string;
  asked: () => Promise<number>;
  tests: () => Promise<number>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-answers-'));
  const log = join(folder, 'asked');
  const opa = join(folder, 'opa-counting');
  await writeFile(log, '');
  await writeFile(opa, `#!/bin/sh\necho "$1" >> '${log}'\nexec '${real.path}' "$@"\n`);
  await chmod(opa, 0o755);
  const { Answers } = await import('./answers.ts');
  const cache = join(folder, 'cache');
  return {
    opa: { path: opa, version: real.version, kept: { answers: new Answers(cache), digest: 'x' } },
    cache,
    asked: async () => (await readFile(log, 'utf8')).split('\n').length - 1,
    tests: async () => (await readFile(log, 'utf8')).split('\n').filter((verb) => verb === 'test').length,
  };
}
const bytes = async (folder: string, opa: Opa) =>
  Buffer.from((await buildBundle(folder, { opa, ...version })).tar);

describe('kept answers of the compiler', () => {
  it('never change a byte: without any, with none yet, with all, and after a change', async () => {
    const { opa, asked } = await counting();
    const folder = await writeFixture();
    const plain = await bytes(folder, real);
    expect((await bytes(folder, opa)).equals(plain)).toBe(true);
    const first = await asked();
    expect(first).toBeGreaterThan(3);
    expect((await bytes(folder, opa)).equals(plain)).toBe(true);
    expect(await asked()).toBe(first);
    const changed = (FIXTURE[POLICY] ?? '').replace('not box.sealed', 'not box.sealed == true');
    await writeFile(join(folder, POLICY), changed);
    const after = await bytes(folder, opa);
    expect(after.equals(plain)).toBe(false);
    expect(after.equals(await bytes(folder, real))).toBe(true);
    await writeFile(join(folder, POLICY), FIXTURE[POLICY] ?? '');
    const before = await asked();
    expect((await bytes(folder, opa)).equals(plain)).toBe(true);
    expect(await asked()).toBe(before);
  });

  it('of a whole bundle are given by the same program for the same things only', async () => {
    const { opa, asked } = await counting();
    const folder = await writeFixture();
    const build = async (more: object = {}) =>
      Buffer.from((await buildBundle(folder, { opa, ...version, program: 'p', ...more })).tar);
    const plain = await bytes(folder, real);
    expect((await build()).equals(plain)).toBe(true);
    const again = await buildBundle(folder, { opa, ...version, program: 'p' });
    expect(Buffer.from(again.tar).equals(plain)).toBe(true);
    expect(again.data.policies.map(({ id }) => id)).toEqual(['box-sealed', 'required-labels', 'team-label']);
    const first = await asked();
    const other = await build({ revision: 's' });
    expect(
      other.equals(
        Buffer.from((await buildBundle(folder, { opa: real, revision: 's', revision_time: 0 })).tar),
      ),
    ).toBe(true);
    expect((await build({ program: 'q' })).equals(plain)).toBe(true);
    // The compiler was asked the same questions, so it was not asked again.
    expect(await asked()).toBe(first);
    await writeFile(
      join(folder, 'overrides/ok.yaml'),
      (FIXTURE['overrides/ok.yaml'] ?? '').replace('Grace', 'Mary'),
    );
    const changed = await build();
    expect(changed.equals(plain)).toBe(false);
    expect(changed.equals(await bytes(folder, real))).toBe(true);
    await expect(build({ builtins: [] })).rejects.toThrow(
      expect.objectContaining({ code: 'POLICY_BUILTIN' }),
    );
  });

  it('that are torn, changed or exchanged are not believed', async () => {
    const { opa, cache, asked } = await counting();
    const folder = await writeFixture();
    const plain = await bytes(folder, opa);
    const names = await readdir(cache);
    const first = await asked();
    for (const [i, name] of names.entries()) {
      const file = join(cache, name);
      const content = await readFile(file);
      if (i % 2 === 0) await writeFile(file, content.subarray(0, content.length - 1));
      else
        await writeFile(
          file,
          Buffer.concat([content.subarray(0, -1), Buffer.from([(content.at(-1) ?? 0) ^ 1])]),
        );
    }
    expect((await bytes(folder, opa)).equals(plain)).toBe(true);
    expect(await asked()).toBe(2 * first);
  });

  it('of what tests reach are given again, and the tests themselves run each time', async () => {
    const { opa, tests } = await counting();
    const folder = await writeFixture();
    const run = async () => testRepository(await readRepository(folder, { opa }), { opa });
    const first = await run();
    expect(first.coverage).toBeGreaterThan(0);
    // Once for what passes, once for what is reached.
    expect(await tests()).toBe(2);
    const untimed = ({ tests, ...rest }: TestReport) => ({
      ...rest,
      // opa runs them side by side, and names them as they end.
      tests: tests.map(({ package: of, name, outcome }) => `${of} ${name} ${outcome}`).sort(),
    });
    expect(untimed(await run())).toEqual(untimed(first));
    expect(await tests()).toBe(3);
    await writeFile(join(folder, POLICY), `${FIXTURE[POLICY]}\nnever if input.no.such\n`);
    const changed = await run();
    expect(changed.coverage).toBeLessThan(first.coverage ?? 0);
    expect(await tests()).toBe(5);
  });

  it('that say what is wrong are not kept, and a lint says the same with them', async () => {
    const { opa } = await counting();
    const folder = await writeFixture({
      'lib/boxes/boxes.rego': 'package lib.boxes\n\nall contains box if some box in input.boxs[x]\n',
    });
    const plain = await lintRepository(await readRepository(folder, { opa: real }), { opa: real });
    expect(plain.length).toBeGreaterThan(0);
    for (const _ of [1, 2])
      expect(await lintRepository(await readRepository(folder, { opa }), { opa })).toEqual(plain);
  });

  it('are asked for by everything that they follow from', () => {
    const files = new Map([['a', Buffer.from('1')]]);
    const keys = [
      keyOf('d', ['check'], '', files),
      keyOf('e', ['check'], '', files),
      keyOf('d', ['check', ''], '', files),
      keyOf('d', ['check'], 'x', files),
      keyOf('d', ['check'], '', new Map([['a', Buffer.from('2')]])),
      keyOf('d', ['check'], '', new Map([['b', Buffer.from('1')]])),
      keyOf('d', ['check'], '', new Map()),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    const two = [
      ['a', Buffer.from('1')],
      ['b', Buffer.from('2')],
    ] as const;
    expect(keyOf('d', [], '', new Map(two))).toBe(keyOf('d', [], '', new Map(two.toReversed())));
  });

  it('in a folder into which others can write are not used', async () => {
    const { opa, cache, asked } = await counting();
    const folder = await writeFixture();
    await mkdir(cache, { recursive: true });
    await chmod(cache, 0o777);
    await bytes(folder, opa);
    const first = await asked();
    expect(await readdir(cache)).toEqual([]);
    await bytes(folder, opa);
    expect(await asked()).toBe(2 * first);
  });
});

describe('findCompiler', () => {
  const env = async (more: object = {}) => {
    const XDG_CACHE_HOME = await mkdtemp(join(tmpdir(), 'exhibit-compiler-'));
    return { EXHIBIT_OPA: real.path, XDG_CACHE_HOME, ...more };
  };

  it('keeps answers on a machine of a person, and not in a pipeline unless it is told to', async () => {
    expect((await findCompiler(await env())).kept).toBeDefined();
    expect((await findCompiler(await env({ CI: 'true' }))).kept).toBeUndefined();
    expect((await findCompiler(await env({ CI: 'true', EXHIBIT_BUILD_CACHE: 'on' }))).kept).toBeDefined();
    expect((await findCompiler(await env({ EXHIBIT_BUILD_CACHE: 'off' }))).kept).toBeUndefined();
  });

  it('knows a compiler again by its file, and another one in its place as another', async () => {
    const settings = await env();
    const opa = join(settings.XDG_CACHE_HOME, 'opa');
    await copyFile(real.path, opa);
    const of = async () => (await findCompiler({ ...settings, EXHIBIT_OPA: opa })).kept?.digest;
    const first = await of();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await of()).toBe(first);
    await writeFile(opa, Buffer.concat([await readFile(real.path), Buffer.from('\n')]));
    expect((await stat(opa)).size).toBeGreaterThan(0);
    const second = await of();
    expect(second).toMatch(/^[0-9a-f]{64}$/);
    expect(second).not.toBe(first);
  });

  it('keeps nothing of a script or a link to a chooser, which may start another compiler each time', async () => {
    const settings = await env();
    const script = join(settings.XDG_CACHE_HOME, 'opa-script');
    await writeFile(script, `#!/bin/sh\nexec '${real.path}' "$@"\n`);
    await chmod(script, 0o755);
    const chooser = join(settings.XDG_CACHE_HOME, 'chooser');
    await copyFile(real.path, chooser);
    await chmod(chooser, 0o755);
    const link = join(settings.XDG_CACHE_HOME, 'opa');
    await symlink(chooser, link);
    for (const path of [script, link])
      expect((await findCompiler({ ...settings, EXHIBIT_OPA: path })).kept).toBeUndefined();
  });
});
