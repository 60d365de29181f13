// Decisions of manifests that a gate recorded, all performed again: by the whole program, with its start.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchBundle } from '../check/bundle.ts';
import { writeManifests } from '../check/manifests.ts';
import { type ProcessRun, type Row, runOnce } from '../measure.ts';

const EXHIBIT = join(import.meta.dirname, '..', '..', 'bin', 'exhibit.js');

export function replayBench({ manifests, runs }: { manifests: number; runs: number }): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-replay-'));
  try {
    const input = join(folder, 'manifests');
    writeManifests(input, manifests);
    const bundle = benchBundle(folder);
    const env = { ...process.env, EXHIBIT_STATE: join(folder, 'state') };
    const evidence = ['--evidence', join(folder, 'evidence')];
    const exhibit = (...args: string[]): ProcessRun => runOnce(process.execPath, [EXHIBIT, ...args], env);
    exhibit('ledger', 'init', join(folder, 'evidence'));
    exhibit('check', input, ...bundle, '--layer', 'ci', ...evidence);
    const today = new Date().toISOString().slice(0, 10);
    const period = ['--framework', 'soc2', '--from', today, '--to', today, '--all'];
    const all = Array.from({ length: runs }, () => exhibit('replay', ...period, ...evidence, '-o', 'json'));
    const { counts } = JSON.parse(all[0]?.stdout ?? '{}') as { counts?: { asked: number; same: number } };
    const { asked = 0, same = 0 } = counts ?? {};
    const rates = all.map(({ seconds }) => asked / seconds);
    return [
      {
        name: `replay: ${asked} decisions of ${manifests} manifests, with the start of the program`,
        value: rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0,
        min: Math.min(...rates),
        max: Math.max(...rates),
        unit: 'decisions/s',
        peak_rss_mb: Math.max(...all.map(({ peak_rss_mb }) => peak_rss_mb)),
        note: `${same} of ${asked} the same; goal 5000`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename)
  for (const row of replayBench({ manifests: 4_000, runs: 3 }))
    process.stdout.write(`${JSON.stringify(row)}\n`);
