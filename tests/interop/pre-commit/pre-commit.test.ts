import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BIN, ROOT, temporary, type Workshop, workshop } from '../../acceptance/workshop.ts';

const PRE_COMMIT =
  process.env.EXHIBIT_PRE_COMMIT ??
  join(
    process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    'exhibit/tools/pre-commit-venv/bin/pre-commit',
  );
const missing = existsSync(PRE_COMMIT) ? '' : `no pre-commit at ${PRE_COMMIT}`;
if (missing !== '' && process.env.CI === 'true') throw new Error(missing);

const example = (state: string) => join(ROOT, 'examples', 'pull-request', state, 'k8s', 'shop.yaml');
let shop: Workshop;

/** A repository with the real pre-commit as its hook. */
function desk(config: string) {
  const folder = temporary('pre-commit');
  const bin = join(folder, '.git', 'bin');
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'you'],
    [`GIT_${who}_EMAIL`, 'you@example.com'],
  ]);
  const env = {
    ...process.env,
    CI: '',
    PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
    PRE_COMMIT_HOME: join(folder, '.git', 'pre-commit'),
    PRE_COMMIT_COLOR: 'never',
    EXHIBIT_STATE: join(folder, '.git', 'state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    npm_config_prefer_offline: 'true',
    ...Object.fromEntries(identity),
  };
  const sh = (script: string) => {
    const ended = spawnSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8', env });
    return { code: ended.status, said: ended.stdout + ended.stderr };
  };
  sh('git init --quiet --initial-branch=main');
  mkdirSync(bin, { recursive: true });
  // Debian's Node is also called nodejs, and that name goes first for pre-commit.
  for (const name of ['node', 'nodejs']) symlinkSync(process.execPath, join(bin, name));
  writeFileSync(join(folder, '.pre-commit-config.yaml'), config);
  writeFileSync(join(folder, '.exhibit.yaml'), `bundle: ${shop.bundle}\nbundle_keys: [${shop.key}]\n`);
  mkdirSync(join(folder, 'k8s'));
  expect(sh(`git add . && git commit --quiet --message base && '${PRE_COMMIT}' install`).code).toBe(0);
  return {
    folder,
    sh,
    /** `exhibit` on the path, for hooks that are not installed by pre-commit. */
    onPath() {
      writeFileSync(join(bin, 'exhibit'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
      chmodSync(join(bin, 'exhibit'), 0o755);
    },
    put: (state: string) => copyFileSync(example(state), join(folder, 'k8s', 'shop.yaml')),
  };
}

function refusedThenTaken({ sh, put }: ReturnType<typeof desk>): void {
  put('after');
  const refused = sh('git add . && git commit --message bad');
  expect(refused.said).toMatch(
    /k8s\/shop\.yaml:45:15: fail high no-secret-in-env: .* Fix: Refer to a Secret/,
  );
  expect(refused.code).toBe(1);
  expect(sh('git rev-list --count HEAD').said.trim()).toBe('1');
  put('before');
  const taken = sh('git add . && git commit --message good');
  expect({ code: taken.code, said: taken.code === 0 ? '' : taken.said }).toEqual({ code: 0, said: '' });
  expect(sh('git rev-list --count HEAD').said.trim()).toBe('2');
}

describe.skipIf(missing !== '')(`pre-commit ${missing}`, () => {
  beforeAll(() => {
    shop = workshop();
  });

  it('repo: local, language: system: a commit is refused, mended and taken; other files are not judged', () => {
    // As the page has it.
    const page = readFileSync(join(ROOT, 'docs/how-to/pre-commit.md'), 'utf8');
    const at = desk(/^```yaml\n(repos:\n {2}- repo: local\n[^`]*)```$/m.exec(page)?.[1] ?? '');
    at.onPath();
    writeFileSync(join(at.folder, 'broken.txt'), '{');
    refusedThenTaken(at);
    writeFileSync(join(at.folder, 'k8s', 'shop.yaml'), 'a: [\n');
    const broken = at.sh('git add . && git commit --message broken');
    expect([broken.code, broken.said]).toEqual([1, expect.stringContaining('exit code: 3')]);
    at.put('before');
    writeFileSync(join(at.folder, 'Dockerfile'), 'FROM node:latest\n');
    writeFileSync(join(at.folder, 'prod.tfvars'), 'region = "eu"\n');
    const image = at.sh('git add . && git commit --message image');
    expect([image.code, image.said]).toEqual([
      1,
      expect.stringContaining('fail medium dockerfile-image-pinned'),
    ]);
    expect(image.said).not.toContain('prod.tfvars');
  });

  it('a clone of this repository, language: node: pre-commit installs it and a commit is refused, mended and taken', {
    timeout: 560_000,
  }, () => {
    const clone = temporary('clone');
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: clone, stdio: 'pipe', encoding: 'utf8' });
    git('clone', '--quiet', '--no-local', `file://${ROOT}`, '.');
    const at = desk(`default_language_version: {node: system}
repos:
  - repo: ${clone}
    rev: ${git('rev-parse', 'HEAD').trim()}
    hooks:
      - id: exhibit-check
      - id: exhibit-override-lint
`);
    refusedThenTaken(at);
  });

  it('the hooks of policies and overrides: what is incomplete is refused', { timeout: 400_000 }, () => {
    const hooks = parse(readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8')) as {
      id: string;
      language: string;
    }[];
    expect(hooks.map(({ id }) => id)).toEqual([
      'exhibit-check',
      'exhibit-policy-lint',
      'exhibit-policy-test',
      'exhibit-override-lint',
    ]);
    // As they are published, but with the program that is on the path.
    const local = hooks
      .filter(({ id }) => id === 'exhibit-policy-lint' || id === 'exhibit-override-lint')
      .map((hook) => ({ ...hook, language: 'system' }));
    const at = desk(JSON.stringify({ repos: [{ repo: 'local', hooks: local }] }));
    at.onPath();
    const { code } = at.sh(
      `cp -r '${join(ROOT, 'policies')}/.' . && git add . && git commit --quiet --message policies`,
    );
    expect(code).toBe(0);
    writeFileSync(join(at.folder, 'overrides', 'bad.yaml'), 'id: ovr-1\npolicy: image-fixed\n');
    const bad = at.sh('git add . && git commit --message override');
    expect([bad.code, bad.said]).toEqual([1, expect.stringContaining('overrides/bad.yaml')]);
  });
});
