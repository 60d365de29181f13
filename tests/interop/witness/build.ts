import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A log that asks witnesses, notes and ML-DSA of others. */
const MODULES = [
  'filippo.io/mldsa v1.0.0',
  'github.com/transparency-dev/tessera v1.0.4',
  'github.com/transparency-dev/formats v0.0.0-20251017110053-404c0d5b696c',
  'golang.org/x/mod v0.33.0',
];
/** A witness of others. */
const WITNESS = 'filippo.io/torchwood v0.9.0';

export interface Built {
  program: string;
  litewitness: string;
  /** Why the one or the other could not be built; empty where it was. */
  why: { program: string; litewitness: string };
}

/** Builds the Go programs that the tests need, into a folder of theirs. In CI it is a failure where that cannot be done. */
export function buildOthers(work: string): Built {
  const [program, litewitness] = [join(work, 'program'), join(work, 'litewitness')];
  const own = module(work, 'others', MODULES);
  copyFileSync(join(import.meta.dirname, 'others.go.txt'), join(own, 'main.go'));
  const foreign = module(work, 'foreign', [WITNESS]);
  const why = {
    program: build(own, program, '.'),
    litewitness: build(foreign, litewitness, 'filippo.io/torchwood/cmd/litewitness'),
  };
  for (const reason of Object.values(why))
    if (reason !== '' && process.env.CI === 'true') throw new Error(reason);
  return { program, litewitness, why };
}

function module(work: string, name: string, modules: readonly string[]): string {
  const folder = join(work, name);
  mkdirSync(folder);
  const needed = modules.map((one) => `require ${one}\n`).join('');
  writeFileSync(join(folder, 'go.mod'), `module ${name}\n\ngo 1.25\n\n${needed}`);
  return folder;
}

function build(cwd: string, into: string, what: string): string {
  const built = spawnSync('go', ['build', '-mod=mod', '-o', into, what], { cwd, encoding: 'utf8' });
  if (built.error !== undefined) return 'Go is not installed';
  return built.status === 0 ? '' : `${what} could not be built: ${built.stderr}`;
}
