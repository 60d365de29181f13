import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOpa } from '../find-opa.ts';
import { lintRepository } from '../lint.ts';
import { readRepository } from '../repository.ts';
import { commitAll, FIXTURE, writeFixture } from '../testing/fixture.ts';
import type { Opa } from '../types.ts';
import { EXPORT_FILE, EXPORTS, type ExportSource } from './index.ts';
import { checkExportFolder, exportPolicies } from './run.ts';

const folders: string[] = [];
const temporary = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-export-'));
  folders.push(folder);
  return folder;
};
let opa: Opa;
let folder: string;

beforeAll(async () => {
  opa = await findOpa(process.env);
  folder = await writeFixture();
  folders.push(folder);
  await commitAll(folder);
});
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

const write = (format: string, out: string) => exportPolicies(folder, format, out, { opa, madeBy: '0.0.0' });
const check = (format: string, out: string) => checkExportFolder(folder, format, out, { opa, shown: 'out' });

// Each step runs opa several times.
const SLOW = { timeout: 120_000 };

/** Forms that carry what the fixture has: those of other engines have tests beside them. */
const OF_REGO = EXPORTS.map(({ name }) => name).filter(
  (name) => !['kyverno', 'terraform', 'verified-permissions'].includes(name),
);

describe.each(OF_REGO)('export %s', SLOW, (name) => {
  const format = EXPORTS.find((one) => one.name === name);
  const make = async () => {
    const source: ExportSource = {
      repository: await readRepository(folder, { opa }),
      opa,
      version: { revision: 'r', revision_time: 1 },
    };
    return { source, made: await format?.make(source) };
  };

  test('carries each policy and each override, or leaves it out with a reason', async () => {
    const { source, made } = await make();
    const policies = [...(made?.policies ?? []), ...(made?.left_out ?? []).map(({ policy }) => policy)];
    expect(policies.sort()).toEqual(source.repository.policies.map(({ id }) => id).sort());
    const { carried = [], left_out = [] } = made?.overrides ?? {};
    expect([...carried, ...left_out.map(({ override }) => override)]).toEqual(['OV-1']);
    for (const { reason } of [...(made?.left_out ?? []), ...left_out]) expect(reason).toMatch(/\w+ \w+/);
  });

  test('the same source gives the same bytes', async () => {
    const [a, b] = [await make(), await make()];
    const texts = ({ made }: typeof a) =>
      Object.fromEntries(
        [...(made?.files ?? [])].map(([path, data]) => [path, Buffer.from(data).toString('base64')]),
      );
    expect(texts(a)).toEqual(texts(b));
    expect(Object.keys(texts(a)).length).toBeGreaterThan(1);
  });

  test('a folder that was just written is what the policies give; each change of it is an error with its file', async () => {
    const out = await temporary();
    const { manifest } = await write(name, out);
    expect(await check(name, out)).toEqual([]);
    const [first = '', second = ''] = Object.keys(manifest.files);
    await writeFile(join(out, first), '# by hand\n', { flag: 'a' });
    await rm(join(out, second));
    await writeFile(join(out, 'added.rego'), 'package main\n');
    const problems = await check(name, out);
    expect(problems.map(({ severity, location, message }) => [severity, location.file, message])).toEqual([
      ['error', `out/${first}`, 'the file was changed after it was exported'],
      ['error', `out/${second}`, 'the file is missing in the export'],
      ['error', 'out/added.rego', 'the file is not part of the export'],
    ]);
    for (const { hint } of problems) expect(hint).toContain(`exhibit policy export ${name} --out out`);
  });

  test('a change is found also where the manifest was changed with it', async () => {
    const out = await temporary();
    const { manifest } = await write(name, out);
    const path = Object.keys(manifest.files).find((one) => /\.(rego|ya?ml|json|tf)$/.test(one)) ?? '';
    const text = `${await readFile(join(out, path), 'utf8')}\n`;
    await writeFile(join(out, path), text);
    const { createHash } = await import('node:crypto');
    const files = { ...manifest.files, [path]: `sha256:${createHash('sha256').update(text).digest('hex')}` };
    await writeFile(join(out, EXPORT_FILE), JSON.stringify({ ...manifest, files }));
    expect((await check(name, out)).map(({ location, message }) => [location.file, message])).toEqual([
      [`out/${path}`, 'the export is stale: its source has changed'],
    ]);
  });
});

describe('what cannot be judged is no pass in Conftest', SLOW, () => {
  const BOX = 'policies/box/box-sealed/policy.rego';
  const head = (FIXTURE[BOX] ?? '').split('\npopulation')[0] ?? '';
  const LABELS = 'policies/k8s/required/policy.rego';
  const subject = 'population contains {"id": "a", "type": "box", "name": "a"}\n';

  test.each([
    [
      'a statement without a message',
      BOX,
      `${head}\n${subject}\nviolations contains {"subject": "a"}\n`,
      'a statement has no message',
    ],
    [
      'a statement without a subject',
      BOX,
      `${head}\n${subject}\nviolations contains {"message": "m"}\n`,
      'it names null, which is not in its population',
    ],
    [
      'a subject without a name',
      BOX,
      `${head}\npopulation contains {"id": "a", "type": "box"}\n\nviolations := set()\n`,
      'a subject lacks id, type or name',
    ],
    [
      'a population that is undefined',
      BOX,
      `${head}\npopulation := set() if input.never\n\nviolations := set()\n`,
      'the rule population is undefined',
    ],
    [
      'violations that are undefined',
      BOX,
      `${head}\n${subject}\nviolations := set() if input.never\n`,
      'the rule violations is undefined',
    ],
    [
      'a result of Gatekeeper without a text',
      LABELS,
      'package k8srequiredlabels\n\nviolation contains {"text": 1} if input.review\n',
      'a result has no text',
    ],
  ])('%s', async (_name, path, text, why) => {
    const own = await writeFixture({
      [path]: text,
      ...(path === BOX
        ? {}
        : {
            'policies/k8s/required/policy.yaml': (FIXTURE['policies/k8s/required/policy.yaml'] ?? '').replace(
              'admission',
              'ci',
            ),
          }),
    });
    folders.push(own);
    const out = await temporary();
    await exportPolicies(own, 'conftest', out, { opa, madeBy: '0.0.0' });
    const input =
      path === BOX ? '{"boxes": []}' : '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}';
    await writeFile(join(out, 'input.json'), input);
    const args = [
      'eval',
      '-f',
      'json',
      '-b',
      join(out, 'policy'),
      '-i',
      join(out, 'input.json'),
      '{r | some r in data.main[_]; r.verdict == "error"}',
    ];
    const said = JSON.parse(execFileSync(opa.path, args, { encoding: 'utf8' })) as {
      result: [{ expressions: [{ value: { msg: string }[] }] }];
    };
    expect(said.result[0].expressions[0].value.map(({ msg }) => msg)).toEqual([expect.stringContaining(why)]);
  });
});

describe('export folders', SLOW, () => {
  test('a folder that holds something else is left alone', async () => {
    const out = await temporary();
    await writeFile(join(out, 'mine.txt'), 'mine');
    await expect(write('conftest', out)).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readFile(join(out, 'mine.txt'), 'utf8')).toBe('mine');
  });

  test('the ids of checks are in the manifest, follow from those of the policies, and are held', async () => {
    const path = 'policies/box/box-sealed/policy.rego';
    const own = await writeFixture({ [path]: FIXTURE[path]?.replace('inputs: [json]', 'inputs: [hcl]') });
    const out = await temporary();
    folders.push(own);
    await commitAll(own);
    const { manifest } = await exportPolicies(own, 'checkov', out, { opa, madeBy: '0.0.0' });
    expect(manifest.policies).toEqual(['box-sealed']);
    expect(manifest.overrides.carried).toEqual(['OV-1']);
    for (const policy of manifest.policies)
      expect(manifest.checks?.[policy]).toBe(`CKV2_EXH_${policy.toUpperCase().replaceAll('-', '_')}`);
    const checks = { ...manifest.checks, [manifest.policies[0] ?? '']: 'CKV2_EXH_OTHER' };
    await writeFile(join(out, EXPORT_FILE), JSON.stringify({ ...manifest, checks }));
    const problems = await checkExportFolder(own, 'checkov', out, { opa });
    expect(problems.map(({ message }) => message)).toEqual([
      'what the manifest says of policies and overrides is not what the source says',
    ]);
  });

  test('an unknown format names the one that was meant', async () => {
    await expect(write('contest', await temporary())).rejects.toThrow('did you mean conftest?');
  });

  test('a folder without a manifest, or with a broken one, is an error', async () => {
    const out = await temporary();
    expect((await check('conftest', out)).map(({ message }) => message)).toEqual([
      `out is no export: it holds no ${EXPORT_FILE}`,
    ]);
    await writeFile(join(out, EXPORT_FILE), '{"schema": 1}');
    expect((await check('conftest', out))[0]?.message).toContain('does not fit at schema');
    await write('gatekeeper', await temporary());
  });

  test('lint holds the exports that exhibit.yaml names; a policy that changed makes its export stale', async () => {
    const own = await writeFixture({
      'exhibit.yaml':
        'name: fixture\noverrides: {longest_days: {high: 365}}\nexports: [{format: conftest, folder: out/conftest}]\n',
    });
    folders.push(own);
    const lint = async () =>
      (await lintRepository(await readRepository(own, { opa }), { opa })).filter(
        ({ rule }) => rule === 'export',
      );
    expect((await lint()).map(({ location }) => location.file)).toEqual([`out/conftest/${EXPORT_FILE}`]);
    await exportPolicies(own, 'conftest', join(own, 'out/conftest'), { opa, madeBy: '0.0.0' });
    expect(await lint()).toEqual([]);
    const rule = join(own, 'policies/box/box-sealed/policy.rego');
    await writeFile(rule, (await readFile(rule, 'utf8')).replace('is open', 'stands open'));
    expect((await lint()).map(({ location, message }) => [location.file, message])).toEqual([
      [
        'out/conftest/policy/policies/box/box-sealed/policy.rego',
        'the export is stale: its source has changed',
      ],
    ]);
    await exportPolicies(own, 'conftest', join(own, 'out/conftest'), { opa, madeBy: '0.0.0' });
    expect(await lint()).toEqual([]);
  });

  test.each([
    ['nothing', 'there is no export format nothing'],
    ['conftest', 'the export folder policies/out overlaps policies, which holds policies'],
  ])('exports in exhibit.yaml that cannot be: %s', async (format, message) => {
    const own = await writeFixture({
      'exhibit.yaml': `name: fixture\noverrides: {longest_days: {high: 365}}\nexports: [{format: ${format}, folder: policies/out}]\n`,
    });
    folders.push(own);
    const problems = await lintRepository(await readRepository(own, { opa }), { opa });
    expect(problems.filter(({ rule }) => rule === 'export').map((one) => one.message)).toEqual([message]);
  });

  test('a former file is removed, also in a folder below', async () => {
    const out = await temporary();
    const own = await writeFixture();
    folders.push(own);
    await exportPolicies(own, 'gatekeeper', out, { opa, madeBy: '0.0.0' });
    const before = await readFile(join(out, 'templates/required-labels.yaml'), 'utf8');
    expect(before).toContain('kind: ConstraintTemplate');
    const side = join(own, 'policies/k8s/required/policy.yaml');
    await writeFile(side, (await readFile(side, 'utf8')).replace('id: required-labels', 'id: needed-labels'));
    const { manifest } = await exportPolicies(own, 'gatekeeper', out, { opa, madeBy: '0.0.0' });
    expect(Object.keys(manifest.files)).toEqual([
      'constraints/needed-labels.yaml',
      'templates/needed-labels.yaml',
    ]);
    await expect(readFile(join(out, 'templates/required-labels.yaml'))).rejects.toThrow();
  });
});
