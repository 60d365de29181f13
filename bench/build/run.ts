// `policy build` of 100 policies as a whole process: without kept answers, with them after a change, and with all of them.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn, type ProcessRun, type Row, runOnce, summarize } from '../measure.ts';
import { commitAll, git } from '../repository.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EXHIBIT = join(ROOT, 'bin', 'exhibit.js');

export interface BuildBenchOptions {
  policies: number;
  runs: number;
}

export function buildBench({ policies, runs }: BuildBenchOptions): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-build-'));
  try {
    const repository = join(folder, 'policies');
    writeRepository(repository, policies);
    const build = (cache: 'on' | 'off', home: string) => (): ProcessRun => {
      const env = {
        ...process.env,
        EXHIBIT_BUILD_CACHE: cache,
        XDG_CACHE_HOME: join(folder, home),
        EXHIBIT_OPA: opa(),
      };
      return runOnce(process.execPath, [EXHIBIT, 'policy', 'build', repository], env);
    };
    let edits = 0;
    const changed = (): ProcessRun => {
      edits += 1;
      writeFileSync(join(repository, 'lib', 'edited.rego'), `package lib.edited\n\nedits := ${edits}\n`);
      commit(repository);
      return build('on', 'cache')();
    };
    const [off = [], change = [], kept = []] = inTurn(runs, [
      build('off', 'none'),
      changed,
      build('on', 'cache'),
    ]);
    for (const run of [...off, ...change, ...kept]) if (run.code !== 0) throw new Error(run.stdout);
    const name = `policy build, ${policies} policies`;
    return [
      summarize(`${name}, nothing kept`, off),
      summarize(`${name}, after a change of one module`, change),
      summarize(`${name}, everything kept`, kept),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Policies of the library, every so many of them, or filled up with copies under other names. */
export function writeRepository(repository: string, wanted: number): void {
  cpSync(join(ROOT, 'policies'), repository, { recursive: true });
  writeFileSync(join(repository, '.gitignore'), '.exhibit/\n');
  const policies = readdirSync(join(repository, 'policies'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('policy.rego'))
    .map((path) => join(repository, 'policies', path, '..'))
    .sort();
  // Spread over the library: its folders are clouds, clusters, pipelines, and each has its own weight.
  const step = policies.length / wanted;
  const kept = new Set(Array.from({ length: wanted }, (_, at) => policies[Math.floor(at * step)]));
  if (step > 1) for (const folder of policies) if (!kept.has(folder)) rmSync(folder, { recursive: true });
  for (let i = 0; policies.length + i < wanted; i += 1) copyPolicy(policies[i % policies.length] ?? '', i);
  commit(repository);
}

/** The same policy under another name, beside it. */
export function copyPolicy(folder: string, i: number): void {
  const target = `${folder}-copy-${i}`;
  mkdirSync(target);
  for (const file of ['policy.rego', 'policy_test.rego']) {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = /^package exhibit\.policies\.(\w+?)(?:_test)?$/m.exec(text)?.[1] ?? '';
    writeFileSync(
      join(target, file),
      text
        .replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${name}_copy_${i}`)
        .replaceAll(`${name}_test`, `${name}_copy_${i}_test`)
        .replace(/^(# {5}id: )(.*)$/m, `$1$2-copy-${i}`),
    );
  }
  cpSync(join(folder, 'examples'), join(target, 'examples'), { recursive: true });
}

function commit(repository: string): void {
  commitAll(repository, 'Policies');
  // A clone has its objects in packs; a thousand files of their own take git 0.1 s longer.
  git(repository, 'gc', '--quiet');
}

/** Where `opa` is on this machine: the cache of what it answered lies elsewhere here. */
function opa(): string {
  if (process.env.EXHIBIT_OPA) return process.env.EXHIBIT_OPA;
  const text = execFileSync(process.execPath, [EXHIBIT, 'doctor'], { encoding: 'utf8' });
  const path = / at (\S+\/opa)$/m.exec(text)?.[1];
  if (path === undefined) throw new Error('no opa on this machine');
  return path;
}

if (process.argv[1] === import.meta.filename) {
  for (const row of buildBench({ policies: 100, runs: 5 })) process.stdout.write(`${JSON.stringify(row)}\n`);
}
