// One measurement in a process of its own, so that its peak memory is its own: node one.ts FILE json|values|items|records
import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { detectSource, holdYoungSpace, ingest, openReport } from '../../src/sources/index.ts';

const [path = '', what = 'values'] = process.argv.slice(2);
const { report, sample } = await openReport(path, 'report.json');
const began = process.hrtime.bigint();
const before = process.cpuUsage();
let count = 0;
let format = '';
/** Processor time, where less than all of it is measured. */
let spent: NodeJS.CpuUsage | undefined;
if (what === 'json') count = await parseAlone();
else if (what === 'values') {
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
    })) {
      count += batch.length;
      holdYoungSpace();
    }
}

const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const { user, system } = spent ?? process.cpuUsage(before);
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

/**
 * What JSON allows: the texts of the same file, cut where the bench put them together, and each given to `JSON.parse`. Only that is timed: not reading,
 * not decoding, not finding the cuts; and nothing is checked.
 */
async function parseAlone(): Promise<number> {
  let parsed = 0;
  let rest = '';
  spent = { user: 0, system: 0 };
  for await (const part of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    const texts = (rest + part).split(sample.shape === 'json-array' ? /(?<=^\}),(?=\{$)/m : '\n');
    rest = texts.pop() ?? '';
    parsed += parseTimed(texts, spent);
  }
  return parsed + parseTimed([rest], spent);
}

function parseTimed(texts: readonly string[], sum: NodeJS.CpuUsage): number {
  // Copies, so that what is parsed is no part of a longer text.
  const bare = texts
    .map((text) => Buffer.from(text.replace(/^\[|\]$/g, '')).toString())
    .filter((text) => text !== '');
  const start = process.cpuUsage();
  for (const text of bare) JSON.parse(text);
  const used = process.cpuUsage(start);
  sum.user += used.user;
  sum.system += used.system;
  return bare.length;
}
