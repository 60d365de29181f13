// Reports of other tools: a Prowler OCSF file and a Kubernetes audit log, made of real records. --full: of 1 GB, else of 100 MB.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectSource, openReport } from '../../src/sources/index.ts';
import { median, type Row } from '../measure.ts';
import { showProgress } from '../progress.ts';
import { writeReport } from './make.ts';

const { values } = parseArgs({ options: { full: { type: 'boolean', default: false } } });
const BYTES = values.full ? 1_000_000_000 : 100_000_000;
const RUNS = values.full ? 1 : 3;
const KINDS = { prowler: 'Prowler OCSF', audit: 'Kubernetes audit log' } as const;
const STEPS = {
  json: 'JSON.parse alone',
  values: 'split and parsed',
  items: 'split, parsed and read',
  records: 'the whole way to records',
} as const;

interface One {
  bytes: number;
  count: number;
  format: string;
  seconds: number;
  processor: number;
  peak_rss_mb: number;
}

const folder = mkdtempSync(join(tmpdir(), 'exhibit-bench-sources-'));
const rows: Row[] = [];
const bar = showProgress('reports read');
let done = 0;
try {
  for (const [kind, title] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    const file = join(folder, `${kind}.json`);
    const count = writeReport(kind, file, BYTES);
    for (const [step, words] of Object.entries(STEPS)) {
      if (step !== 'json' && step !== 'values' && !(await isKnown(file))) continue;
      const runs = Array.from({ length: RUNS }, () => {
        bar.update(done++, Object.keys(KINDS).length * Object.keys(STEPS).length * RUNS);
        return one(file, step);
      });
      rows.push(rowOf(`${title} of ${values.full ? '1 GB' : '100 MB'}: ${words}`, runs, count));
    }
    rmSync(file);
  }
} finally {
  bar.end();
  rmSync(folder, { recursive: true, force: true });
}
for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);

async function isKnown(file: string): Promise<boolean> {
  const { sample } = await openReport(file, 'report.json');
  try {
    return detectSource(sample).source.id !== '';
  } catch {
    return false;
  }
}

function one(file: string, step: string): One {
  const text = execFileSync(process.execPath, [join(import.meta.dirname, 'one.ts'), file, step], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(text) as One;
}

/** MB of 10^6 bytes by second of processor time, of all threads together. */
function rowOf(name: string, runs: readonly One[], records: number): Row {
  const speeds = runs.map(({ bytes, processor }) => bytes / 1e6 / processor);
  const [{ count = 0 } = {}] = runs;
  return {
    name,
    value: Math.round(median(speeds)),
    unit: 'MB/s per core',
    min: Math.round(Math.min(...speeds)),
    max: Math.round(Math.max(...speeds)),
    peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
    note: `${records.toLocaleString('en-US')} records of the tool${count === records ? '' : `, ${count.toLocaleString('en-US')} of ours`}`,
  };
}
