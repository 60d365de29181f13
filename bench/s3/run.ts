import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attachLedger, initLedger, openLedger, verifyLedger } from '../../src/ledger/index.ts';
import { administrator, become, lockedBucket, storeOn } from '../../tests/interop/s3/bucket.ts';
import { startS3 } from '../../tests/interop/s3/start.ts';
import { appendAll } from '../ledger/ledger.ts';
import { pooledRandom } from '../ledger/records.ts';
import type { Row } from '../measure.ts';

// node bench/s3/run.ts --records 300000
// A ledger that writes into a bucket of a real Ceph on the same machine: each record is in the bucket before it is acknowledged, and
// in a sealed, published log there at the end.
const { values } = parseArgs({ options: { records: { type: 'string', default: '300000' } } });
const records = Number(values.records);
const SEAL_EVERY = 500;
const clock = (): number => Date.now();

const server = await startS3();
const root = await mkdtemp(join(tmpdir(), 'exhibit-bench-s3-'));
try {
  become(server.credentials);
  const client = administrator(server);
  const [bucket, work] = [await lockedBucket(client), await lockedBucket(client, false)];
  client.destroy();
  const at = { endpoint: server.endpoint, region: server.region, path_style: true };
  const folder = join(root, 'ledger');
  const random = pooledRandom();
  await initLedger(folder, { origin: 'bench.example/s3', random, clock });
  await attachLedger(
    folder,
    {
      store: { ...at, url: `s3://${bucket}/log`, lock: { days: 1 } },
      work: { ...at, url: `s3://${work}/log` },
      lock: { kind: 's3' },
    },
    { random, clock },
  );
  const ledger = await openLedger(folder, { clock, random, sealThread: { every: SEAL_EVERY } });
  await ledger.seal();
  const before = process.cpuUsage();
  const start = performance.now();
  await appendAll(ledger, records, 2048, random);
  const acknowledged = (performance.now() - start) / 1000;
  await ledger.seal();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak_rss_mb = Math.round(process.resourceUsage().maxRSS / 1024);
  const { size } = await ledger.checkpoint();
  await ledger.close();
  const row = (name: string, value: number, unit: string, more: Partial<Row> = {}): Row => ({
    name,
    value,
    unit,
    records,
    ...more,
  });
  const rows = [
    row('durable in the bucket and acknowledged', Math.round(records / acknowledged), 'records/s'),
    row('durable, sealed and published in the bucket', Math.round(records / seconds), 'records/s', {
      peak_rss_mb,
      note: `${Math.round(((user + system) / records) * 10) / 10} µs of processor a record, without the store`,
    }),
  ];
  const store = storeOn(server, { url: `s3://${bucket}/log` });
  const from = performance.now();
  const verified = await verifyLedger(store);
  if (verified.checkpoint.size !== size || size !== records)
    throw new Error(`${size} records instead of ${records}`);
  rows.push(
    row('verified in the bucket', Math.round(records / ((performance.now() - from) / 1000)), 'records/s'),
  );
  store.close();
  for (const one of rows) console.log(JSON.stringify(one));
} finally {
  await rm(root, { recursive: true, force: true });
  await server.stop();
}
