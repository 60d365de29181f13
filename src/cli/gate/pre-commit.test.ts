import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCHEMA, uuidv7 } from '../../record/index.ts';
import { type Harness, harness, lines } from '../../server/testing/harness.ts';
import { preCommitReport } from './pre-commit.ts';

let at: Harness;
let cwd: string;
beforeEach(async () => {
  at = await harness({ seal_milliseconds: 10 });
  cwd = mkdtempSync(join(tmpdir(), 'exhibit-hooks-'));
  git('init', '--quiet', '--initial-branch=main');
  commit('README.md', 'x');
});
afterEach(async () => {
  await at.remove();
  rmSync(cwd, { recursive: true, force: true });
});

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    encoding: 'utf8',
  }).trim();
const commit = (file: string, text: string): string => {
  mkdirSync(dirname(join(cwd, file)), { recursive: true });
  writeFileSync(join(cwd, file), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
  return git('rev-parse', 'HEAD');
};
let sequence = 0;
const judged = (exit_code: number, ...texts: string[]) => {
  const run_id = uuidv7(Date.now(), (length) => randomBytes(length));
  const inputs = texts.map((text) => `sha256:${createHash('sha256').update(text).digest('hex')}`);
  return {
    ...{ schema: SCHEMA, record_id: run_id, record_type: 'run', observed_at: '2026-11-25T12:00:00.000Z' },
    ...{
      emitter: 'ci/shop',
      sequence: sequence++,
      layer: 'pre-commit',
      tool: 'exhibit',
      run_id,
      run_total: 0,
    },
    details: { exit_code, inputs },
  };
};

it('a server says which commits have a record of a hook', async () => {
  sequence = 0;
  const base = git('rev-parse', 'HEAD');
  commit('k8s/good.yaml', 'good: 1\n');
  const refused = commit('k8s/bad.yaml', 'bad: 1\n');
  const none = commit('k8s/never.yaml', 'never: 1\n');
  commit('notes.txt', 'no input of a hook\n');
  const sent = await at.send('/v1/records', {
    method: 'POST',
    body: lines([judged(0, 'good: 1\n'), judged(1, 'bad: 1\n')]),
  });
  expect(sent.status).toBe(200);
  const env = { EXHIBIT_TOKEN: at.tokens.emitter };
  const ask = () => preCommitReport(at.url, base, { cwd, env });
  await expect.poll(async () => (await ask()).judged, { timeout: 10_000 }).toBe(1);
  expect(await ask()).toEqual({
    commits: 4,
    judged: 1,
    without_input: 1,
    missing: [
      { commit: refused, state: 'refused', files: 1 },
      { commit: none, state: 'none', files: 1 },
    ],
  });
});

it('a server that gives no answer is an error, and never a record', async () => {
  const base = git('rev-parse', 'HEAD');
  commit('k8s/a.yaml', 'a: 1\n');
  const env = { EXHIBIT_TOKEN: at.tokens.emitter };
  await expect(preCommitReport(at.url, base, { cwd, env: {} })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
  await expect(preCommitReport(at.url, base, { cwd, env: { EXHIBIT_TOKEN: 'wrong' } })).rejects.toMatchObject(
    { code: 'AUTH_INVALID' },
  );
  await expect(preCommitReport('http://evidence.example.com', base, { cwd, env })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
  const { url } = at;
  await at.stop();
  await expect(preCommitReport(url, base, { cwd, env })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
  });
});
