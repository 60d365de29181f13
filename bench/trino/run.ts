import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  catalogueTables,
  closeDay,
  daysOf,
  LAKE_FOLDERS,
  type QueryAnswer,
  type QueryRequest,
  query,
  queryRemote,
  readNamed,
  trinoEngine,
  trinoStatements,
} from '../../src/lake/index.ts';
import { copyLedger } from '../../src/ledger/index.ts';
import { administrator, become, lockedBucket, storeOn } from '../../tests/interop/s3/bucket.ts';
import { startS3 } from '../../tests/interop/s3/start.ts';
import { startTrino } from '../../tests/interop/trino/server.ts';
import { makeReal } from '../lake/real.ts';
import { median, type Row } from '../measure.ts';
import { showProgress } from '../progress.ts';

// node bench/trino/run.ts --days 20 --records 54795
// The same questions to DuckDB over the folder and to Trino over the copy in a bucket of Ceph, in turn, on one machine. Answers are compared.
const { values } = parseArgs({
  options: { days: { type: 'string', default: '10' }, records: { type: 'string', default: '54795' } },
});
const [days, perDay] = [Number(values.days), Number(values.records)];
const RUNS = 5;
const NAME = 'bench';

const root = await mkdtemp(join(tmpdir(), 'exhibit-bench-trino-'));
const year = await makeReal(join(root, 'ledger'), days * perDay, days);
const first = new Date(year.start).toISOString().slice(0, 10);
const last = new Date(year.start + (days - 1) * 86_400_000).toISOString().slice(0, 10);
const period = { from: first, to: last };
const bar = showProgress('days closed');
for (const [at, day] of daysOf(period).entries()) {
  bar.update(at, days);
  await year.prepare(at);
  year.clock.now = year.start + (at + 1) * 86_400_000 + 7_200_000;
  await closeDay(year.ledger, day, { clock: () => year.clock.now });
}
bar.end();
const s3 = await startS3();
const trino = await startTrino(s3);
try {
  become(s3.credentials);
  const client = administrator(s3);
  const location = `s3://${await lockedBucket(client)}/prod`;
  client.destroy();
  const store = storeOn(s3, { url: location });
  await copyLedger(year.ledger.folder, store, { folders: LAKE_FOLDERS });
  const engine = trinoEngine({ server: trino.url, user: 'bench' });
  const named = await readNamed(year.ledger);
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
      () => query(year.ledger, request, { check: 'size' }),
      () =>
        queryRemote(year.ledger, request, engine, {
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
  await year.ledger.close();
  await rm(root, { recursive: true, force: true });
}
