import { initLedger, openLedger, verifyLedger } from '../../src/ledger/index.ts';
import type { RandomBytes } from '../../src/record/index.ts';
import { decisions, pooledRandom, renew } from './records.ts';

export interface BenchOptions {
  records: number;
  /** An empty folder. */
  folder: string;
  /** Records of one append call. */
  batch?: number;
  /** Threads of the verification. */
  threads?: number;
}

export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  records: number;
  seconds: number;
  /** Processor time of all threads, microseconds a record: what does not depend on who else uses the machine. */
  cpu_us: number;
  /** Bytes of one record in the log. */
  record_bytes: number;
  peak_rss_mb: number;
}

const CALL = 2048;
/** Append calls that are under way at once. */
const UNDER_WAY = 4;

/** Appends durably from validated objects, seals, verifies; one row each, and one for append and seal together. */
export async function benchLedger(options: BenchOptions): Promise<BenchRow[]> {
  const { records, folder, batch = CALL } = options;
  const random = pooledRandom();
  const clock = () => Date.now();
  await initLedger(folder, { origin: 'bench.example/ledger', random, clock });
  const ledger = await openLedger(folder, { clock, random });
  const append = await appendAll(ledger, records, batch, random);
  const seal = await timed(() => ledger.seal());
  const { size } = await ledger.checkpoint();
  if (size !== records) throw new Error(`the log has ${size} records instead of ${records}`);
  const { bytes } = await ledger.entry(size - 1);
  await ledger.close();
  const row = rowOf(records, bytes.length);
  const rows = [
    row('append', append),
    row('seal', seal),
    row('append and seal', { seconds: append.seconds + seal.seconds, cpu: append.cpu + seal.cpu }),
  ];
  const threads = options.threads;
  const verify = await timed(() => verifyLedger(folder, threads === undefined ? {} : { threads }));
  const hashes = await timed(() =>
    verifyLedger(folder, { records: false, ...(threads === undefined ? {} : { threads }) }),
  );
  return [...rows, row('verify hashes and records', verify), row('verify hashes', hashes)];
}

type Appending = Awaited<ReturnType<typeof openLedger>>;

/** Seconds of appending, with as many calls under way as a server with some busy connections has. */
async function appendAll(
  ledger: Appending,
  records: number,
  batch: number,
  random: RandomBytes,
): Promise<Time> {
  let left = records;
  const connection = async () => {
    const objects = decisions(batch, 'bench/gate', Date.now(), random);
    while (left > 0) {
      const call = objects.slice(0, Math.min(batch, left));
      left -= call.length;
      renew(call, Date.now(), random);
      await ledger.append('bench/gate', call, { validated: true });
    }
  };
  return timed(() => Promise.all(Array.from({ length: UNDER_WAY }, connection)));
}

interface Time {
  seconds: number;
  cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function rowOf(records: number, recordBytes: number) {
  return (name: string, { seconds, cpu }: Time): BenchRow => ({
    name,
    value: Math.round(records / seconds),
    unit: 'records/s',
    records,
    seconds: Math.round(seconds * 100) / 100,
    cpu_us: Math.round((cpu / records) * 1e7) / 10,
    record_bytes: recordBytes,
    peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  });
}
