import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');

describe('the published package', () => {
  it('is packed, installs into an empty folder, and works there', { timeout: 280_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-package-'));
    const npm = (cwd: string, ...args: string[]) =>
      execFileSync('npm', args, {
        cwd,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 200_000,
      });
    npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const app = join(folder, 'app');
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{"name":"app","private":true}');
    // A registry that stalls is asked again soon; npm's own limit of five minutes is longer than this test may take, and its
    // own shortest wait is longer than the longest one here.
    npm(
      app,
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--fetch-timeout=20000',
      '--fetch-retries=5',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=5000',
      join(folder, tarball),
    );
    const installed = join(app, 'node_modules', 'exhibit');
    // Neither sources nor tests are published; the verifier, the starter library and the demo's input are.
    expect(readdirSync(installed).sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin',
        'deploy',
        'dist',
        'examples',
        'package.json',
        'policies',
        'prices',
        'schemas',
      ].sort(),
    );
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(installed, 'bin', 'exhibit.js'), ...args], {
        cwd: app,
        encoding: 'utf8',
        env: { ...process.env, EXHIBIT_STATE: join(folder, 'state') },
      });
    expect(run('--version').stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    const demo = run('demo', 'out');
    expect(demo.stderr).toBe('');
    expect(demo.status).toBe(0);
    const script = "import('exhibit/record').then((m) => console.log(m.canonicalize({ b: 1, a: 2 })))";
    expect(execFileSync(process.execPath, ['-e', script], { cwd: app, encoding: 'utf8' }).trim()).toBe(
      '{"a":2,"b":1}',
    );
  });
});
