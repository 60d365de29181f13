import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const BIN = join(ROOT, 'bin', 'exhibit.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the real program, as a user does. `by`: words that stand before it, such as those that take a right away. */
export function exhibit(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; by?: readonly string[] } = {},
): Ended {
  const [program = '', ...words] = [...(options.by ?? []), process.execPath, BIN, ...args];
  const result = spawnSync(program, words, {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    env: { ...process.env, EXHIBIT_STATE: join(tmpdir(), `exhibit-state-${process.pid}`), ...options.env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** What `exhibit demo` leaves, in a folder of one's own: a copy of what was made before where the environment names it, for it takes a minute. */
export function demoIn(folder: string): void {
  const made = process.env.EXHIBIT_DEMO;
  if (made !== undefined && made !== '') {
    cpSync(made, folder, { recursive: true });
    return;
  }
  const { code, stderr } = exhibit(['demo', folder]);
  if (code !== 0) throw new Error(stderr);
}

export function temporary(name: string): string {
  return mkdtempSync(join(tmpdir(), `exhibit-${name}-`));
}

/** Commits everything in a folder at a fixed time. */
export function commit(folder: string, seconds: number): void {
  const date = `${seconds} +0000`;
  const env = {
    ...process.env,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args],
      { cwd: folder, env, stdio: 'ignore' },
    );
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'policies');
}

export interface Workshop {
  repository: string;
  bundle: string;
  key: string;
  /** The flags that name both. */
  flags: string[];
}

/** A policy repository with the starter library and further files, its bundle built and signed. */
export function workshop(seconds = 1_763_000_000, files: Readonly<Record<string, string>> = {}): Workshop {
  const repository = temporary('policies');
  cpSync(join(ROOT, 'policies'), repository, { recursive: true });
  writeFileSync(join(repository, '.gitignore'), '/.exhibit/\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text);
  commit(repository, seconds);
  for (const verb of ['build', 'sign']) {
    // The same library is built for each file of tests: what opa said of it is kept, also in a pipeline.
    const done = exhibit(['policy', verb, repository], { env: { EXHIBIT_BUILD_CACHE: 'on' } });
    if (done.code !== 0) throw new Error(done.stderr);
  }
  const bundle = join(repository, '.exhibit', 'bundle.tar.gz');
  const key = join(repository, '.exhibit', 'keys', 'bundle.pub.pem');
  return { repository, bundle, key, flags: ['--bundle', bundle, '--bundle-key', key] };
}
