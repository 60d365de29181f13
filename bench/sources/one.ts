// One measurement in a process of its own, so that its peak memory is its own: node one.ts FILE values|items|records
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { detectSource, ingest, openReport } from '../../src/sources/index.ts';

const [path = '', what = 'values'] = process.argv.slice(2);
const { report, sample } = await openReport(path, 'report.json');
const began = process.hrtime.bigint();
const before = process.cpuUsage();
let count = 0;
let format = '';
if (what === 'values') {
  for await (const { error } of report.values()) {
    if (error !== undefined) throw error;
    count += 1;
  }
} else {
  const { source } = detectSource(sample);
  format = source.id;
  const items = source.read(report);
  if (what === 'items') {
    for await (const { type } of items) if (type === 'outcome') count += 1;
  } else
    for await (const batch of ingest(items, {
      source,
      report: 'report.json',
      raw_digest: `sha256:${'0'.repeat(64)}`,
      emitter: 'bench',
      attribution: {},
      now: Date.now(),
      random: (size: number) => randomBytes(size),
    }))
      count += batch.length;
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({
    bytes: statSync(path).size,
    count,
    format,
    seconds,
    processor: (user + system) / 1e6,
    peak_rss_mb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  })}\n`,
);
