import { createHash, randomBytes } from 'node:crypto';
import { initLedger, type Ledger, openLedger } from '../../src/ledger/index.ts';
import { canonicalize, type Digest, derivedId, formatInstant, SCHEMA } from '../../src/record/index.ts';

export const CONTROLS = 32;
const POLICIES = 120;
const DAY = 86_400_000;

export interface Year {
  ledger: Ledger;
  /** Days of the year, from the first. */
  start: number;
  clock: { now: number };
  /** Makes the records of one day, counted from 0, before its close is timed. */
  prepare(day: number): Promise<void>;
}

const encode = (value: unknown) => new TextEncoder().encode(canonicalize(value));
const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
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
  const made = makeRecords(start, records, days, await real.putBlob(encode(controlMap())));
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

/** A record that makeRecords makes is shorter. */
const MOST_BYTES = 1_200;

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

/** 20 controls of soc2 and 12 of iso27001; each policy supports two or three of them. */
export function controlMap() {
  const control = (at: number) => (at < 20 ? `soc2/cc${at}.1` : `iso27001/a.${at}`);
  const entries = Array.from({ length: POLICIES }, (_, at) =>
    Array.from({ length: 2 + (at % 4 === 0 ? 1 : 0) }, (_one, link) => ({
      policy_id: `policy-${at}`,
      control: control((at + 11 * link) % CONTROLS),
      rationale: 'bench',
      strength: 'partial',
    })),
  );
  return { schema: 'exhibit.control-map/1', entries: entries.flat() };
}

/** The record at an index, the same each time: 94 of 100 pass, 5 fail, 1 is waived. */
export function makeRecords(start: number, records: number, days: number, map: Digest) {
  const bundle: Digest = `sha256:${'b'.repeat(64)}`;
  return (index: number): Uint8Array => {
    const time = formatInstant(start + Math.floor((index * days * DAY) / records));
    const hash = createHash('sha256').update(`${index}`).digest('hex');
    const uuid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-7${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
    const common = {
      schema: SCHEMA,
      record_id: uuid,
      observed_at: time,
      recorded_at: time,
      emitter: `ci-${index % 4}`,
      sequence: Math.floor(index / 4),
      layer: 'ci',
      tool: 'exhibit',
      tool_version: '0.1.0',
      bundle_digest: bundle,
      control_map_digest: map,
      policy_revision: 'c0ffee',
    };
    if (index === 0) {
      const record_id = derivedId('bundle', bundle, sha256);
      return encode({ ...common, record_id, record_type: 'policy' });
    }
    const kind = Number.parseInt(hash.slice(32, 36), 16) % 100;
    const policy_id = `policy-${Number.parseInt(hash.slice(36, 40), 16) % POLICIES}`;
    const verdict = kind < 94 ? 'pass' : 'fail';
    return encode({
      ...common,
      record_type: 'decision',
      run_id: uuid,
      run_index: 0,
      policy_id,
      rule_id: policy_id,
      engine: 'opa-wasm',
      subject_type: 'database',
      subject_id: `arn:aws:rds:eu-central-1:123456789012:db:orders-${Number.parseInt(hash.slice(40, 46), 16) % 36_000}`,
      environment: index % 3 === 0 ? 'production' : 'staging',
      verdict,
      disposition: verdict === 'pass' ? 'none' : kind === 99 ? 'waived' : 'enforced',
      severity: 'high',
      ...(verdict === 'fail' ? { message: 'storage is not encrypted' } : {}),
      ...(kind === 99 ? { override_id: 'OV-1', override_digest: bundle } : {}),
      repository: 'github.com/example/orders',
      commit: hash.slice(0, 40),
      input_digest: `sha256:${hash}`,
    });
  };
}
