import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * Builds a Go program of one file against fixed versions of its modules; it is gone after the tests of the file.
 * @param source beside this file
 * @param modules `path version`
 * @returns its path, or why it could not be built; in CI that is a failure
 */
export function goProgram(source: string, modules: readonly string[]): { program: string; why: string } {
  const work = mkdtempSync(join(tmpdir(), 'exhibit-go-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  const program = join(work, 'program');
  const reason = build(source, modules, work);
  if (reason !== '' && process.env.CI === 'true') throw new Error(reason);
  return { program, why: reason === '' ? '' : ` (skipped: ${reason})` };
}

function build(source: string, modules: readonly string[], work: string): string {
  if (spawnSync('go', ['version']).status !== 0) return 'Go is not installed';
  copyFileSync(join(import.meta.dirname, source), join(work, 'main.go'));
  const needed = modules.map((one) => `require ${one}\n`).join('');
  writeFileSync(join(work, 'go.mod'), `module program\n\ngo 1.24\n\n${needed}`);
  const built = spawnSync('go', ['build', '-mod=mod', '-o', 'program', '.'], { cwd: work, encoding: 'utf8' });
  return built.status === 0 ? '' : `${modules.join(', ')} could not be built: ${built.stderr}`;
}
