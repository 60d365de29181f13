import { rm } from 'node:fs/promises';
import { initLedger, openLedger, type VerifyLedgerOptions, verifyLedger } from '../../src/ledger/index.ts';
import type { RandomBytes } from '../../src/record/index.ts';
import { showProgress } from '../progress.ts';
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

/** Most records of the part in which nothing is sealed before all is appended: they lie on disk twice. */
const IN_TURN = 1_000_000;
/** Milliseconds from one seal to the next of the sealing thread. */
const SEAL_EVERY = 100;

/** Appends durably from validated objects and seals, in turn and at once; verifies. One row each. */
export async function benchLedger(options: BenchOptions): Promise<BenchRow[]> {
  const { records, folder, batch = CALL } = options;
  const atOnce = await appendAndSeal(folder, records, batch);
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  const shown = async (label: string, options: VerifyLedgerOptions) => {
    const bar = showProgress(label);
    const time = await timed(() => verifyLedger(folder, { ...options, progress: bar.update }));
    bar.end();
    return time;
  };
  const verify = await shown('records verified', threads);
  const hashes = await shown('hashes verified', { records: false, ...threads });
  const inTurn = `${folder}-in-turn`;
  const fewer = Math.min(records, IN_TURN);
  const { append, seal } = await appendThenSeal(inTurn, fewer, batch);
  await rm(inTurn, { recursive: true });
  const turn = rowOf(fewer, atOnce.bytes);
  const row = rowOf(records, atOnce.bytes);
  return [
    turn('append', append),
    turn('seal', seal),
    turn('append, then seal', sum(append, seal)),
    row('append and seal at once', atOnce.time),
    row('verify hashes and records', verify),
    row('verify hashes', hashes),
  ];
}

/** From the first append until the last record is under a published checkpoint; a thread seals what was appended. */
async function appendAndSeal(
  folder: string,
  records: number,
  batch: number,
): Promise<{ time: Time; bytes: number }> {
  const random = pooledRandom();
  await initLedger(folder, { origin: 'bench.example/ledger', random, clock });
  const ledger = await openLedger(folder, { clock, random, sealThread: { every: SEAL_EVERY } });
  // The thread starts with the first seal; a server has it running long before.
  await ledger.seal();
  const time = await timed(async () => {
    await appendAll(ledger, records, batch, random);
    await ledger.seal();
  });
  const { size } = await ledger.checkpoint();
  if (size !== records) throw new Error(`the log has ${size} records instead of ${records}`);
  const { bytes } = await ledger.entry(size - 1);
  await ledger.close();
  return { time, bytes: bytes.length };
}

async function appendThenSeal(
  folder: string,
  records: number,
  batch: number,
): Promise<{ append: Time; seal: Time }> {
  const random = pooledRandom();
  await initLedger(folder, { origin: 'bench.example/ledger', random, clock });
  const ledger = await openLedger(folder, { clock, random });
  const append = await timed(() => appendAll(ledger, records, batch, random));
  const seal = await timed(() => ledger.seal());
  await ledger.close();
  return { append, seal };
}

const clock = (): number => Date.now();

type Appending = Awaited<ReturnType<typeof openLedger>>;

/** Appends, with as many calls under way as a server with some busy connections has. */
export async function appendAll(
  ledger: Appending,
  records: number,
  batch: number,
  random: RandomBytes,
): Promise<void> {
  let left = records;
  const bar = showProgress('records appended');
  const connection = async () => {
    const objects = decisions(batch, 'bench/gate', Date.now(), random);
    while (left > 0) {
      const call = objects.slice(0, Math.min(batch, left));
      left -= call.length;
      renew(call, Date.now(), random);
      await ledger.append('bench/gate', call, { validated: true });
      bar.update(records - left, records);
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, connection));
  bar.end();
}

interface Time {
  seconds: number;
  cpu: number;
  /** Largest resident set of the process up to the end of this part, MB. */
  peak: number;
}

const sum = (a: Time, b: Time): Time => ({
  seconds: a.seconds + b.seconds,
  cpu: a.cpu + b.cpu,
  peak: Math.max(a.peak, b.peak),
});

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return {
    seconds: (performance.now() - start) / 1000,
    cpu: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS / 1024,
  };
}

function rowOf(records: number, recordBytes: number) {
  return (name: string, { seconds, cpu, peak }: Time): BenchRow => ({
    name,
    value: Math.round(records / seconds),
    unit: 'records/s',
    records,
    seconds: Math.round(seconds * 100) / 100,
    cpu_us: Math.round((cpu / records) * 1e7) / 10,
    record_bytes: recordBytes,
    peak_rss_mb: Math.round(peak),
  });
}
