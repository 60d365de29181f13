import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from '../testing/program.ts';
import { type DiffReport, diffSchema } from './diff-schema.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
const machine = new Machine('2026-11-20T00:00:00Z');
const bundle = join(machine.folder, 'old.tar.gz');
let repository: string;

/** A repository whose first commit is built, whose second lowers a severity, and in whose folder an owner changes. */
beforeAll(async () => {
  repository = await writeFixture({ '.gitignore': '/.exhibit/\n' });
  await commitAll(repository);
  const built = await machine.run('policy', 'build', repository);
  expect(built).toMatchObject({ code: 0 });
  copyFileSync(join(repository, '.exhibit', 'bundle.tar.gz'), bundle);
  const rego = (FIXTURE[POLICY] ?? '').replace('severity: high', 'severity: low');
  writeFileSync(join(repository, POLICY), rego);
  await commitAll(repository, '2026-11-02T00:00:00Z');
  writeFileSync(join(repository, POLICY), rego.replace('owner: packing', 'owner: shipping'));
}, 60_000);

const diff = (...args: string[]) => machine.run('policy', 'diff', '--repository', repository, ...args);
const report = async (...args: string[]): Promise<DiffReport> =>
  diffSchema.parse(JSON.parse((await diff(...args, '-o', 'json')).stdout));
const words = ({ changes }: DiffReport) => changes.map((one) => `${one.effect}: ${one.words}`);

describe('exhibit policy diff', () => {
  it('compares bundles, revisions and folders', async () => {
    const first = await report(bundle, 'HEAD');
    expect(first).toMatchObject({
      old: { kind: 'bundle', digest: expect.stringMatching(/^sha256:/) },
      new: { kind: 'commit', revision: expect.stringMatching(/^[0-9a-f]{40}$/) },
      summary: { changes: 1, weaker: 1, unknown: 0, policies: { added: 0, removed: 0, changed: 1 } },
    });
    expect(words(first)).toEqual(['weaker: severity: high to low']);
    expect(words(await report('HEAD~1', repository))).toEqual([
      'weaker: severity: high to low',
      'neutral: owner: packing to shipping',
    ]);
    expect(words(await report(bundle, 'HEAD~1'))).toEqual([]);
  });

  it('exits 0, or 1 where that is asked for and something is weaker', async () => {
    expect((await diff('HEAD~1', 'HEAD')).code).toBe(0);
    const strict = await diff('HEAD~1', 'HEAD', '--fail-on-weaker');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/~ box-sealed\n {4}weaker {3}severity: high to low/);
    expect((await diff('HEAD', 'HEAD~1', '--fail-on-weaker')).code).toBe(0);
    expect((await diff('HEAD', repository, '--fail-on-weaker')).code).toBe(0);
  });

  it('names what it does not find, also a name that looks like an option', async () => {
    for (const name of ['no-such-tag', '--all'])
      expect(await diff('HEAD', '--', name).then(({ code, stderr }) => ({ code, stderr }))).toMatchObject({
        code: 2,
      });
  });
});
