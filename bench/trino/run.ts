import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import {
  catalogueTables,
  daysOf,
  type QueryAnswer,
  type QueryRequest,
  query,
  queryRemote,
  readNamed,
  trinoEngine,
  trinoStatements,
} from '../../src/lake/index.ts';
import { openReader } from '../../src/ledger/index.ts';
import { eachOf, type S3Store } from '../../src/store/index.ts';
import { administrator, become, lockedBucket, storeOn } from '../../tests/interop/s3/bucket.ts';
import { startS3 } from '../../tests/interop/s3/start.ts';
import { startTrino } from '../../tests/interop/trino/server.ts';
import { makeReal } from '../lake/real.ts';
import { closeDays } from '../lake/year.ts';
import { median, type Row } from '../measure.ts';
import { showProgress } from '../progress.ts';

// node bench/trino/run.ts --days 20 --records 54795
// node bench/trino/run.ts --days 365 --records 54795 --ledger FOLDER --gigabytes 6
// The same questions to DuckDB over the folder and to Trino over the copy in a bucket of Ceph, in turn, on one machine. Answers are compared.
// With --ledger the folder is one that is there, made of as many days, and only what the questions read is copied.
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '10' },
    records: { type: 'string', default: '54795' },
    ledger: { type: 'string' },
    gigabytes: { type: 'string', default: '2' },
  },
});
const [days, perDay] = [Number(values.days), Number(values.records)];
const RUNS = 5;
const NAME = 'bench';

const root = await mkdtemp(join(tmpdir(), 'exhibit-bench-trino-'));
const start = Date.parse('2026-01-01T00:00:00.000Z');
const dayAt = (at: number) => new Date(start + at * 86_400_000).toISOString().slice(0, 10);
const period = { from: dayAt(0), to: dayAt(days - 1) };
const folder = values.ledger ?? join(root, 'ledger');
if (values.ledger === undefined) await makeLedger();
const ledger = await openReader(folder);
const s3 = await startS3({ gigabytes: Number(values.gigabytes) });
const trino = await startTrino(s3, { heap: '3G', warm: true });
try {
  become(s3.credentials);
  const client = administrator(s3);
  const location = `s3://${await lockedBucket(client)}/prod`;
  client.destroy();
  const store = storeOn(s3, { url: location });
  await copyLake(store);
  const engine = trinoEngine({ server: trino.url, user: 'bench' });
  const named = await readNamed(ledger);
  for (const sql of trinoStatements(catalogueTables({ location, name: NAME, ...named }), engine.catalog))
    await engine.statement(sql);
  const control = { framework: 'soc2', control: 'cc6.1' };
  const questions: [string, QueryRequest][] = [
    ['verdicts by day of one control', { name: 'verdicts-by-day', ...control, ...period }],
    ['time to pass of one control', { name: 'failures-and-recovery', ...control, ...period }],
    ['all controls of a framework', { name: 'framework-verdicts', framework: 'soc2', ...period }],
  ];
  const size = `${days} days of ${perDay.toLocaleString('en-US')} records`;
  for (const [label, request] of questions) {
    // The log is read from the folder both times: what differs is the engine and where its files lie.
    const ways: (() => Promise<QueryAnswer>)[] = [
      () => query(ledger, request, { check: 'size' }),
      () =>
        queryRemote(ledger, request, engine, {
          lake: { location, name: NAME },
          objects: store,
          check: 'size',
        }),
    ];
    const times: number[][] = [[], []];
    let digests: string[] = [];
    for (let run = 0; run <= RUNS; run += 1) {
      digests = [];
      for (const [at, way] of ways.entries()) {
        const start = performance.now();
        const answer = await way();
        digests.push(answer.result_digest);
        // The first warms both.
        if (run > 0) times[at]?.push(performance.now() - start);
      }
    }
    if (new Set(digests).size !== 1) throw new Error(`${label}: the answers differ`);
    const [here = [], there = []] = times;
    const row = (name: string, of: number[]): Row => ({
      name: `${label}, ${name}, ${size}`,
      value: Math.round(median(of)),
      unit: 'ms',
      min: Math.round(Math.min(...of)),
      max: Math.round(Math.max(...of)),
    });
    console.log(JSON.stringify(row('DuckDB over a folder', here)));
    console.log(
      JSON.stringify({
        ...row('Trino over Ceph', there),
        note: `${Math.round((median(there) / median(here)) * 100) / 100} times DuckDB; the same digest`,
      }),
    );
  }
  store.close();
} finally {
  await trino.stop();
  await s3.stop();
  await rm(root, { recursive: true, force: true });
}

/** Makes the days in a ledger of its own, and closes them. */
async function makeLedger(): Promise<void> {
  const year = await makeReal(folder, days * perDay, days);
  await closeDays(year, daysOf(period));
  await year.ledger.close();
}

/** What the questions read: counts, manifests and the files of one framework. */
async function copyLake(to: S3Store): Promise<void> {
  const bar = showProgress('files copied');
  const files = (
    await Promise.all(
      ['daily_counts', 'manifests', 'evidence/soc2'].map((part) =>
        readdir(join(folder, part), { recursive: true, withFileTypes: true }),
      ),
    )
  ).flatMap((entries) => entries.filter((entry) => entry.isFile()));
  let done = 0;
  await eachOf(files, async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    await to.put(relative(folder, path).split(sep).join('/'), await readFile(path));
    done += 1;
    bar.update(done, files.length);
  });
  bar.end();
}
