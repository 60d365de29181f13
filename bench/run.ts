// npm run bench: every figure in about two minutes. npm run bench -- --full: the ledger and the lake of a year, 20 million records.
// --only PART: check, build, lsp, ledger, profile, s3, server, authz, admission, watch, lake, trino, sources or replay; the others keep their last figures.
// Prints one JSON line a figure, keeps them in bench/out/results.jsonl, and writes the table of docs/performance.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBench } from './build/run.ts';
import { hundredBench } from './check/hundred.ts';
import { planBench } from './check/plan.ts';
import { checkBench } from './check/run.ts';
import { machine } from './machine.ts';
import type { Row } from './measure.ts';
import { performancePage, type Section } from './page.ts';
import { replayBench } from './replay/run.ts';

const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const root = join(import.meta.dirname, '..');
const out = join(root, 'bench', 'out');
mkdirSync(out, { recursive: true });

/** Each in a process of its own, so that its peak memory is its own. */
function child(script: string, ...args: string[]): Row[] {
  const text = execFileSync(process.execPath, [join(root, 'bench', script), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return text
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Row);
}

const records = values.full ? '20000000' : '300000';
const parts: Record<string, () => Row[]> = {
  check: () => [
    ...checkBench({ manifests: 1_000, runs: 3 }),
    ...hundredBench({
      manifests: 1_000,
      forKyverno: values.full ? 200 : 20,
      copies: 20,
      runs: values.full ? 3 : 1,
    }),
    ...planBench({ resources: 10_000, runs: 3 }),
  ],
  build: () => buildBench({ policies: 100, runs: 5 }),
  lsp: () => child('lsp/run.ts'),
  ledger: () => child('ledger/run.ts', '--records', records),
  profile: () => child('ledger/profile.ts', '--records', '300000'),
  s3: () => child('s3/run.ts', '--records', '300000'),
  server: () => child('server/run.ts'),
  authz: () => child('authz/run.ts'),
  admission: () => child('admission/run.ts'),
  watch: () => child('watch/run.ts'),
  lake: () => child('lake/run.ts', ...(values.full ? ['--full'] : [])),
  trino: () => child('trino/run.ts', ...(values.full ? ['--days', '30'] : [])),
  sources: () => child('sources/run.ts', ...(values.full ? ['--full'] : [])),
  replay: () => replayBench({ manifests: 4_000, runs: 3 }),
};

const file = join(out, 'results.jsonl');
const measured = new Map<string, Row[]>();
for (const [name, run] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  process.stderr.write(`measuring ${name}\n`);
  const rows = run();
  for (const row of rows) process.stdout.write(`${JSON.stringify({ part: name, ...row })}\n`);
  measured.set(name, rows);
}
// With --only, the other parts keep what was measured before.
const before =
  values.only === undefined || !existsSync(file) ? [] : readFileSync(file, 'utf8').trim().split('\n');
const kept = before.map((line) => JSON.parse(line) as Row & { part: string });
const sections: Section[] = Object.keys(parts).flatMap((name) => {
  const rows =
    measured.get(name) ?? kept.filter(({ part }) => part === name).map(({ part: _, ...row }) => row);
  return rows.length === 0 ? [] : [{ name, rows }];
});
writeFileSync(
  file,
  sections
    .flatMap(({ name, rows }) => rows.map((row) => `${JSON.stringify({ part: name, ...row })}\n`))
    .join(''),
);
if (sections.length === Object.keys(parts).length)
  writeFileSync(join(root, 'docs', 'performance.md'), performancePage(sections, machine()));
