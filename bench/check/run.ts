// 1,000 manifests and the same five rules: Exhibit, conftest, checkov. One changed file, cold.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurn, type ProcessRun, type Row, runOnce, summarize } from '../measure.ts';
import { benchBundle } from './bundle.ts';
import { writeManifests } from './manifests.ts';
import { findPeer, ratios } from './peers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PEERS = join(ROOT, '.cache', 'peers');
const EXHIBIT = join(ROOT, 'bin', 'exhibit.js');
/** Checkov's checks for the same five things: tag, privileged, memory, CPU, host network. */
const CHECKOV = 'CKV_K8S_14,CKV_K8S_16,CKV_K8S_13,CKV_K8S_11,CKV_K8S_19';

export interface CheckBenchOptions {
  manifests: number;
  runs: number;
}

export function checkBench({ manifests, runs }: CheckBenchOptions): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-check-'));
  try {
    const input = join(folder, 'manifests');
    writeManifests(input, manifests);
    const bundle = benchBundle(folder);
    const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state') };
    const exhibit =
      (...paths: string[]) =>
      () =>
        runOnce(
          process.execPath,
          [EXHIBIT, 'check', ...paths, ...bundle, '--layer', 'ci', '-o', 'json'],
          env,
        );
    const peers: [string, () => ProcessRun][] = [['exhibit', exhibit(input)]];
    const conftest = findPeer('conftest');
    const checkov = join(PEERS, 'venv', 'bin', 'checkov');
    if (conftest !== undefined)
      peers.push([
        'conftest',
        () =>
          runOnce(conftest, [
            'test',
            input,
            '-p',
            join(folder, 'policies', 'policies', 'bench'),
            '-o',
            'json',
          ]),
      ]);
    if (existsSync(checkov))
      peers.push([
        'checkov',
        () =>
          runOnce(checkov, [
            '-d',
            input,
            '--framework',
            'kubernetes',
            '--check',
            CHECKOV,
            '-o',
            'json',
            '--quiet',
            '--compact',
          ]),
      ]);
    const results = inTurn(
      runs,
      peers.map(([, run]) => run),
    );
    const rows = peers.map(([name], i) =>
      summarize(`${name}: ${manifests} manifests, five rules`, results[i] ?? []),
    );
    rows.push(
      ...ratios(
        peers.map(([name]) => name),
        results,
      ),
    );
    rows.push(agreement(results));
    const one = join(input, 'app-0000.yaml');
    const [cold = []] = inTurn(Math.max(runs, 7), [exhibit(one)]);
    rows.push(summarize('exhibit: one changed file, cold start', cold));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A policy repository with the five rules, built and signed with the program itself. */
/** The two that run the same rules must find the same number of failures, or the times compare nothing. */
function agreement([ours, theirs]: readonly ProcessRun[][]): Row {
  const report = JSON.parse(ours?.[0]?.stdout ?? '{}') as { results?: { verdict: string; file?: string }[] };
  const failing = new Set(
    report.results?.filter((result) => result.verdict === 'fail').map((result) => result.file),
  ).size;
  const files = JSON.parse(theirs?.[0]?.stdout ?? '[]') as { failures?: unknown[] }[];
  const theirFailing = files.filter((file) => (file.failures ?? []).length > 0).length;
  return {
    name: 'manifests that fail, exhibit',
    value: failing,
    unit: 'manifests',
    note: theirs === undefined ? 'no peer' : `conftest: ${theirFailing}`,
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const row of checkBench({ manifests: 1_000, runs: 3 }))
    process.stdout.write(`${JSON.stringify(row)}\n`);
}
