import { mkdtemp, rm } from 'node:fs/promises';
import { type Profiler, Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { initLedger, openLedger, verifyLedger } from '../../src/ledger/index.ts';
import { attribute, type Steps } from './attribute.ts';
import { appendAll } from './ledger.ts';
import { pooledRandom } from './records.ts';

// node bench/ledger/profile.ts --records 300000
// Where each microsecond of a record goes: appending, sealing and verifying in one thread, sampled, one line a step.

const steps = (names: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([step, files]) => files.split(' ').map((f) => [f, step])),
  );

const APPEND: Steps = {
  files: steps({
    numbering: 'numbers.ts',
    'canonical JSON': 'encode.ts fields.ts canonical.ts',
    'frame of the write-ahead log: bytes, CRC-32': 'frame-builder.ts frame.ts',
    'write-ahead log: write, fdatasync, look for the name': 'wal-writer.ts durable.ts',
    'the bench: new ids': 'records.ts',
  }),
  hashes: {},
  system: 'write-ahead log: write, fdatasync, look for the name',
};
const FILES = 'files: make, write, fdatasync, rename';
const SEAL: Steps = {
  files: steps({
    'read the write-ahead log: bytes, CRC-32': 'wal-reader.ts wal-claims.ts waiting.ts frame.ts',
    'resends: look-up, index in memory and on disk':
      'key-index.ts memtable.ts intervals.ts fingerprint.ts duplicates.ts tail.ts index-files.ts bloom.ts run.ts',
    'bundles: splice recorded_at in': 'bundle-writer.ts batch.ts',
    tree: 'tree.ts merkle.ts',
    [FILES]: 'folder.ts durable.ts key.ts',
    'checkpoint: sign, commit, publish': 'signer.ts writer-state.ts published.ts sequencer.ts handover.ts',
  }),
  hashes: { 'bundles: splice recorded_at in': 'leaf hash' },
  system: FILES,
};
const VERIFY: Steps = {
  files: steps({
    'read bundles and tiles': 'folder.ts source.ts',
    'take bundles apart, compare with tiles': 'bundle.ts bundles.ts tiles.ts bytes.ts upper.ts',
    tree: 'tree.ts merkle.ts',
    'canonical form, fields, time': 'scan.ts scalar.ts entry.ts',
    'blobs that records name': 'blob-names.ts blob-look.ts verify-blobs.ts',
  }),
  hashes: { 'take bundles apart, compare with tiles': 'leaf hash' },
  system: 'read bundles and tiles',
};

const { values } = parseArgs({ options: { records: { type: 'string', default: '300000' } } });
const records = Number(values.records);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 500 });

async function measure(name: string, how: Steps, work: () => Promise<unknown>): Promise<void> {
  await session.post('Profiler.start');
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  await work();
  const [allAfter, ownAfter] = [process.cpuUsage(all), process.threadCpuUsage(own)];
  const { profile }: { profile: Profiler.Profile } = await session.post('Profiler.stop');
  const times = attribute(profile, how);
  const waiting = times.get('waiting') ?? 0;
  times.delete('waiting');
  const thread = (ownAfter.user + ownAfter.system) / 1000;
  const whole = (allAfter.user + allAfter.system) / 1000;
  // Samples also count the time in which another program had the processor: processor time says what is left of them.
  const share = thread / [...times.values()].reduce((sum, time) => sum + time, 0);
  const row = (step: string, milliseconds: number) => {
    const value = Math.round((milliseconds / records) * 1e5) / 100;
    console.log(JSON.stringify({ name: `${name}: ${step}`, value, unit: 'µs a record' }));
  };
  for (const [step, time] of [...times].sort(([, a], [, b]) => b - a)) row(step, time * share);
  row('other threads: disk, kernel, garbage collector', whole - thread);
  row('processor time together', whole);
  row('waiting for the disk (no processor time)', waiting);
}

const folder = await mkdtemp(join(tmpdir(), 'exhibit-bench-'));
const place = join(folder, 'ledger');
const clock = (): number => Date.now();
try {
  const random = pooledRandom();
  await initLedger(place, { origin: 'bench.example/ledger', random, clock });
  const ledger = await openLedger(place, { clock, random });
  await measure('append', APPEND, () => appendAll(ledger, records, 2048, random));
  await measure('seal', SEAL, () => ledger.seal());
  await ledger.close();
  await measure('verify', VERIFY, () => verifyLedger(place, { threads: 0 }));
} finally {
  await rm(folder, { recursive: true });
}
