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

  it('never overwrites, and says what it kept', async () => {
    const folder = await fresh();
    await writeFile(join(folder, 'exhibit.yaml'), 'name: mine\n');
    const first = await initRepository(folder);
    expect(first.kept).toEqual(['exhibit.yaml']);
    const second = await initRepository(folder);
    expect(second.written).toEqual([]);
    expect(await readFile(join(folder, 'exhibit.yaml'), 'utf8')).toBe('name: mine\n');
  });

  it('writes a workflow and hooks that are YAML and run lint and test', async () => {
    const folder = await fresh();
    await initRepository(folder, { version: '0.1.0' });
    const workflow = parse(await readFile(join(folder, '.github/workflows/policy.yml'), 'utf8')) as {
      jobs: { policy: { steps: { run?: string }[] } };
    };
    const commands = workflow.jobs.policy.steps.flatMap(({ run }) => run ?? []);
    expect(commands.map((command) => command.replace(/^.*exhibit@0\.1\.0 /, ''))).toEqual([
      'policy lint',
      'policy test',
      'policy build',
    ]);
    const hooks = parse(await readFile(join(folder, '.pre-commit-config.yaml'), 'utf8')) as {
      repos: { hooks: unknown[] }[];
    };
    expect(hooks.repos[0]?.hooks).toHaveLength(2);
  });
});
