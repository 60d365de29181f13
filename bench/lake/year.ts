import { randomBytes } from 'node:crypto';
import { closeDay } from '../../src/lake/index.ts';
import { initLedger, type Ledger, openLedger } from '../../src/ledger/index.ts';
import { showProgress } from '../progress.ts';
import { announce } from './announced.ts';
import { MOST_BYTES, makeRecords } from './records.ts';

const DAY = 86_400_000;

export interface Year {
  ledger: Ledger;
  /** Days of the year, from the first. */
  start: number;
  clock: { now: number };
  /** Makes the records of one day, counted from 0, before its close is timed. */
  prepare(day: number): Promise<void>;
}

const random = (length: number) => new Uint8Array(randomBytes(length));

/**
 * A ledger whose first `records` leaves are made when they are read, evenly over the days, and whose later ones (manifests, blobs)
 * are in a real ledger. So the lake's own code closes a large year without the hours and gigabytes that its log would take.
 */
export async function makeYear(folder: string, records: number, days: number): Promise<Year> {
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  const clock = { now: start };
  await initLedger(folder, { origin: 'bench.example/lake', random, clock: () => clock.now });
  const real = await openLedger(folder, { clock: () => clock.now, random });
  const made = makeRecords(start, records, days, await announce(real));
  const kept: Kept = { from: 0, bytes: new Uint8Array(0), ends: new Uint32Array(0) };
  const at = (index: number) => entryOf(kept, index) ?? made(index);
  const timeOf = (index: number) => start + Math.floor((index * days * DAY) / records);
  const ledger: Ledger = {
    ...bound(real),
    async checkpoint() {
      const { origin, size, root } = await real.checkpoint();
      return { origin, size: records + size, root };
    },
    async *entries(from, to) {
      for (let index = from; index < Math.min(to, records); index += 1) yield { index, bytes: at(index) };
      if (to <= records) return;
      for await (const { index, bytes } of real.entries(Math.max(from - records, 0), to - records)) {
        yield { index: index + records, bytes };
      }
    },
    async entry(index) {
      if (index < records) return { index, bytes: at(index) };
      return { index, bytes: (await real.entry(index - records)).bytes };
    },
    async firstAt(instant) {
      const offset = (Date.parse(instant) - start) / (days * DAY);
      let index = Math.max(0, Math.min(records, Math.floor(offset * records) - 2));
      while (index < records && timeOf(index) < Date.parse(instant)) index += 1;
      return index < records ? index : records + (await real.firstAt(instant));
    },
    async find(id) {
      const index = await real.find(id);
      return index === undefined ? undefined : index + records;
    },
  };
  const prepare = async (day: number) => {
    kept.from = Math.ceil((day * records) / days);
    const end = Math.ceil(((day + 1) * records) / days);
    kept.ends = new Uint32Array(end - kept.from);
    kept.bytes = Buffer.alloc(kept.ends.length * MOST_BYTES);
    let used = 0;
    for (let i = 0; i < kept.ends.length; i += 1) {
      const entry = made(kept.from + i);
      kept.bytes.set(entry, used);
      used += entry.length;
      kept.ends[i] = used;
    }
  };
  return { ledger, start, clock, prepare };
}

/** The records of a day in one piece, as an entry bundle has them: an array for each would weigh more than its bytes. */
interface Kept {
  from: number;
  bytes: Uint8Array;
  ends: Uint32Array;
}

function entryOf({ from, bytes, ends }: Kept, index: number): Uint8Array | undefined {
  const end = ends[index - from];
  if (end === undefined) return undefined;
  return bytes.subarray(index === from ? 0 : ends[index - from - 1], end);
}

// Methods of a class instance are not copied by a spread.
function bound(real: Ledger): Ledger {
  return {
    folder: real.folder,
    place: real.place,
    bucket: real.bucket,
    origin: real.origin,
    checkpoint: () => real.checkpoint(),
    checkpointText: () => real.checkpointText(),
    rootAt: (size) => real.rootAt(size),
    consistency: (earlier, later) => real.consistency(earlier, later),
    entries: (from, to) => real.entries(from, to),
    entry: (index) => real.entry(index),
    firstAt: (instant) => real.firstAt(instant),
    find: (id) => real.find(id),
    blob: (digest) => real.blob(digest),
    cosignedText: () => real.cosignedText(),
    proof: (index) => real.proof(index),
    hold: () => real.hold(),
    append: (emitter, records) => real.append(emitter, records),
    appendEncoded: (emitter, records) => real.appendEncoded(emitter, records),
    appendNumbered: (records) => real.appendNumbered(records),
    putBlob: (bytes) => real.putBlob(bytes),
    putBlobs: (blobs) => real.putBlobs(blobs),
    seal: (options) => real.seal(options),
    close: () => real.close(),
  };
}

/** Makes each of the days of a year and closes it. @returns what closing each took, in milliseconds */
export async function closeDays(
  year: Year,
  days: readonly string[],
  bar = showProgress('days closed'),
): Promise<number[]> {
  const times: number[] = [];
  for (const [at, day] of days.entries()) {
    bar.update(at, days.length);
    await year.prepare(at);
    year.clock.now = year.start + (at + 1) * DAY + DAY / 12;
    const begun = performance.now();
    await closeDay(year.ledger, day, { clock: () => year.clock.now });
    times.push(performance.now() - begun);
  }
  bar.end();
  return times;
}
