// Decisions of manifests that a gate recorded, all performed again: by the whole program, with its start.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchBundle } from '../check/bundle.ts';
import { writeManifests } from '../check/manifests.ts';
import { median, type ProcessRun, type Row, runOnce } from '../measure.ts';

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
    // Other work beside takes time by the clock, and little of this.
    const rates = all.map(({ cpu_seconds }) => asked / cpu_seconds);
    const clock = all.map(({ seconds }) => Math.round(asked / seconds));
    return [
      {
        name: `replay: ${asked} decisions of ${manifests} manifests, with the start of the program`,
        value: median(rates),
        min: Math.min(...rates),
        max: Math.max(...rates),
        unit: 'decisions by second of processor time',
        peak_rss_mb: Math.max(...all.map(({ peak_rss_mb }) => peak_rss_mb)),
        note: `${same} of ${asked} the same; by the clock ${Math.min(...clock)} to ${Math.max(...clock)}/s; load of the machine ${(loadavg()[0] ?? 0).toFixed(1)}; goal 5000`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename)
  for (const row of replayBench({ manifests: 4_000, runs: 3 }))
    process.stdout.write(`${JSON.stringify(row)}\n`);
