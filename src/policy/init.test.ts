import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildBundle, findOpa, initRepository, loadBundle } from './index.ts';
import { commitAll } from './testing/fixture.ts';

const fresh = () => mkdtemp(join(tmpdir(), 'Exhibit Init '));

describe('initRepository', () => {
  it('starts a repository that builds, under the name of its folder', async () => {
    const folder = await fresh();
    const { name, written, kept } = await initRepository(folder, { version: '0.1.0' });
    expect(name).toMatch(/^exhibit-init-/);
    expect(kept).toEqual([]);
    expect(written).toEqual(
      expect.arrayContaining([
        '.github/workflows/policy.yml',
        '.gitignore',
        '.pre-commit-config.yaml',
        'exhibit.yaml',
        'frameworks/soc2.yaml',
      ]),
    );
    await commitAll(folder);
    const opa = await findOpa(process.env);
    const { tar } = await buildBundle(folder, { opa });
    const bundle = await loadBundle(tar, { keys: [], allowUnsigned: true });
    expect(bundle.lineage).toBe(name);
    expect(bundle.policies.length).toBeGreaterThan(10);
  });

  it('takes policies whose tests call another tool only when asked', async () => {
    const plain = await initRepository(await fresh());
    const whole = await initRepository(await fresh(), { with: ['kyverno'] });
    const foreign = (paths: string[]) =>
      paths.filter(
        (path) => /\/(kyverno|admission-policy)\.yaml$/.test(path) && path.startsWith('policies/'),
      );
    expect(foreign(plain.written)).toEqual([]);
    expect(plain.written.filter((path) => /\/(kyverno|vap)-/.test(path))).toEqual([]);
    expect(whole.left_out).toEqual({});
    expect(plain.left_out).toEqual({ kyverno: foreign(whole.written).length });
    expect(foreign(whole.written).length).toBeGreaterThan(5);
  });

  it('never overwrites, and says what it kept', async () => {
    const folder = await fresh();
    await writeFile(join(folder, 'exhibit.yaml'), 'name: mine\n');
    const first = await initRepository(folder);
    expect(first.kept).toEqual(['exhibit.yaml']);
    const second = await initRepository(folder);
    expect(second.written).toEqual([]);
    expect(await readFile(join(folder, 'exhibit.yaml'), 'utf8')).toBe('name: mine\n');
  });

  it('writes a workflow and hooks that are YAML and run lint and test of the installed program', async () => {
    const { workflow, hooks } = await generated();
    const commands = workflow.jobs.policy.steps.flatMap(({ run }) => run ?? []);
    expect(commands.slice(1)).toEqual(['exhibit policy lint', 'exhibit policy test', 'exhibit policy build']);
    expect(hooks.repos[0]?.hooks.map(({ entry }) => entry)).toEqual([
      'exhibit policy lint',
      'exhibit policy test',
    ]);
  });

  // A bare name would be the package of whoever owns it at the registry.
  it.each([
    ['', 2, ''],
    ['exhibit', 2, ''],
    ['exhibit@0.1.0', 2, ''],
    ['./tools/exhibit-0.1.0.tgz', 0, 'install --global ./tools/exhibit-0.1.0.tgz\n'],
    ['https://example.com/exhibit-0.1.0.tgz', 0, 'install --global https://example.com/exhibit-0.1.0.tgz\n'],
  ])('the workflow installs %j only when it is a file or URL', async (named, code, installed) => {
    const { workflow } = await generated();
    expect(workflow.env.EXHIBIT_PACKAGE).toBe('');
    const step = workflow.jobs.policy.steps.find(({ name }) => name === 'Install Exhibit');
    const script = `npm() { echo "$*"; }\n${step?.run}`;
    const ended = spawnSync('bash', ['-e', '-c', script], {
      env: { EXHIBIT_PACKAGE: named },
      encoding: 'utf8',
    });
    expect({ code: ended.status, installed: ended.stdout }).toEqual({ code, installed });
  });
});

async function generated() {
  const folder = await fresh();
  await initRepository(folder, { version: '0.1.0' });
  const read = async (file: string) => parse(await readFile(join(folder, file), 'utf8')) as unknown;
  return {
    workflow: (await read('.github/workflows/policy.yml')) as {
      env: Record<string, string>;
      jobs: { policy: { steps: { name?: string; run?: string }[] } };
    },
    hooks: (await read('.pre-commit-config.yaml')) as { repos: { hooks: { entry: string }[] }[] },
  };
}
