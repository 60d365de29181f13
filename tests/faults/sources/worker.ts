// Judges cases one after the other and says before each one which it is: whoever started it can tell a hang from work.
import { parentPort, workerData } from 'node:worker_threads';
import { SOURCES } from '../../../src/sources/index.ts';
import { caseAt, type Original, originals } from './cases.ts';
import { beyond, open, readBytes, readOpened, type Seen } from './read.ts';
import { mayAdd, speaks } from './speaking.ts';

export interface Told {
  done: number;
  /** Readings, of all and by the format that read. */
  executions: number;
  byFormat: Record<string, number>;
  faults: string[];
  passes: number;
  /** False for what is told on the way. */
  ended: boolean;
}

const { from, to, atLeast, seed, progress } = workerData as {
  from: number;
  to: number;
  /** Goes on after the last case until there were so many readings. */
  atLeast: number;
  seed: number;
  progress: SharedArrayBuffer;
};
/** Readers of other tools that get each case. */
const OTHERS = atLeast > 0 ? 15 : 3;
// Where a crash was is told by its first lines, and damaged reports make errors by the thousand.
Error.stackTraceLimit = 4;
const at = new Int32Array(progress);
const all = originals();
const told: Told = { done: 0, executions: 0, byFormat: {}, faults: [], passes: 0, ended: false };
const before: Seen[] = [];
/** Passes of an original by a named reader, by its number and the reader's id. */
const named = new Map<string, string[]>();
for (const { bytes, name, values } of all) {
  const seen = await readBytes(bytes, name);
  // Mutants are JSON, which cannot be cut off without being noticed: what YAML without a summary does not pass, JSON may.
  if (/\.ya?ml$/.test(name) && values !== undefined) {
    const text = values.map((each) => JSON.stringify(each)).join('\n');
    const { passes } = await readBytes(Buffer.from(text), name.replace(/\.ya?ml$/, '.json'));
    if (passes.length > seen.passes.length) seen.passes = passes;
  }
  before.push(seen);
}

for (let index = from; (index < to || told.executions < atLeast) && told.faults.length < 20; index += 1) {
  Atomics.store(at, 0, index);
  const one = caseAt(index, seed, all);
  const own = before[one.of[0] as number]?.source;
  // Also through readers of other tools' reports, which change from case to case.
  const others = Array.from(
    { length: OTHERS },
    (_, step) => SOURCES[(index * OTHERS + step) % SOURCES.length],
  );
  const readers = new Set([undefined, own, ...others]);
  let detected: Seen['source'];
  const opened = await open(one.bytes, one.name);
  for (const reader of readers)
    try {
      // Detected as its own it was read by it already.
      if (reader !== undefined && reader === detected) continue;
      const seen = await readOpened(opened, reader, index % 8 === 0);
      if (reader === undefined) detected = seen.source;
      told.executions += 1;
      const format = seen.source?.id ?? 'none';
      told.byFormat[format] = (told.byFormat[format] ?? 0) + 1;
      told.passes += seen.passes.length;
      if (one.free === true || seen.passes.length === 0 || seen.source === undefined) continue;
      const allowed = await passesOf(one.of, reader);
      if (one.member !== undefined && speaks(seen.source.id, one.member)) {
        if (seen.passes.length > allowed.length && !mayAdd(seen.source.id, one.member))
          told.faults.push(`case ${index}, ${one.what}, read as ${seen.source.id}: one pass more`);
        continue;
      }
      const invented = beyond(seen.passes, allowed);
      if (invented.length > 0)
        told.faults.push(
          `case ${index}, ${one.what}, read as ${seen.source.id}: invented pass ${invented[0]}`,
        );
    } catch (error) {
      const why =
        error instanceof Error ? `${error.stack?.split('\n').slice(0, 4).join(' ')}` : String(error);
      told.faults.push(`case ${index}, ${one.what}, read as ${reader?.id ?? 'detected'}: ${why}`);
    }
  told.done += 1;
  if (told.done % 5_000 === 0) parentPort?.postMessage(told);
}
parentPort?.postMessage({ ...told, ended: true });

/** Passes of the originals, by detection and, where a reader is named, by it. */
async function passesOf(
  of: readonly number[],
  reader: (typeof SOURCES)[number] | undefined,
): Promise<string[]> {
  const passes = of.map((each) => before[each]?.passes ?? []);
  if (reader !== undefined)
    for (const each of of) {
      if (before[each]?.source === reader) continue;
      const key = `${each} ${reader.id}`;
      const { bytes, name } = all[each] as Original;
      const read = named.get(key) ?? (await readBytes(bytes, name, reader)).passes;
      named.set(key, read);
      passes.push(read);
    }
  return passes.flat();
}
