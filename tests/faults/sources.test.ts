import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../src/sources/index.ts';
import { caseAt, emptied, fixedCases, originals, SECRET, withSecrets } from './sources/cases.ts';
import { beyond, itemsOf, readBytes, recorded } from './sources/read.ts';
import { named } from './sources/speaking.ts';
import type { Told } from './sources/worker.ts';

/** Random cases beyond the fixed ones. */
const RUNS = 3_000;
/** Readings at least, by as many more cases as that takes: `EXHIBIT_FUZZ_EXECUTIONS=1000000` is the long run. */
const EXECUTIONS = Number(process.env.EXHIBIT_FUZZ_EXECUTIONS ?? 0);
const SEED = Number(process.env.EXHIBIT_FUZZ_SEED ?? 20_261_126);
/** No report may keep a reader busy for longer than this, on a machine that does other things too. */
const HANG = 60_000;

const all = originals();

describe('reports that are damaged or made to harm', () => {
  it('make no crash, no hang and no pass that the original had not', {
    timeout: 48 * 3_600_000,
  }, async () => {
    const end = fixedCases(all) + RUNS;
    const told = await run(0, end);
    expect(told.faults).toEqual([]);
    expect(told.done).toBeGreaterThanOrEqual(end);
    expect(told.executions).toBeGreaterThanOrEqual(EXECUTIONS);
    // No reader is left out.
    for (const { id } of SOURCES) expect([id, told.byFormat[id] ?? 0]).not.toEqual([id, 0]);
    // The law is worth nothing where nothing passes.
    expect(told.passes).toBeGreaterThan(1_000);
    process.stdout.write(
      `${told.done} damaged reports of ${all.length} files, ${told.executions} readings by ${SOURCES.length} formats (the least: ${Math.min(...Object.values(told.byFormat))}), ${told.passes} passes, each of its original; no crash, no hang\n`,
    );
  });

  it('in UTF-16 say the same', async () => {
    for (const { bytes, name } of all) {
      const plain = await readBytes(bytes, name);
      const wide = await readBytes(Buffer.from(`\ufeff${bytes}`, 'utf16le'), name);
      expect([name, wide.source?.id, wide.outcomes, wide.passes]).toEqual([
        name,
        plain.source?.id,
        plain.outcomes,
        plain.passes,
      ]);
    }
  });

  it('without results are not complete, unless only failures are ever in them', async () => {
    let empty = 0;
    for (const { bytes, name, values } of all) {
      const { source } = await readBytes(bytes, name);
      if (values === undefined || source === undefined) continue;
      const text = values.map((each) => JSON.stringify(emptied(each)) ?? '').join('\n');
      const items = await itemsOf(Buffer.from(text), name.replace(/\.ya?ml$/, '.json'), source);
      const { result } = await recorded(items, source);
      const judged = items.some(({ type }) => type === 'outcome');
      const failuresOnly = (result.facts.population ?? source.population) === 'failures';
      if (!judged) empty += 1;
      if (!judged && !failuresOnly) expect([name, result.complete]).toEqual([name, false]);
      if (!judged) expect([name, result.counts.pass]).toEqual([name, 0]);
    }
    expect(empty).toBeGreaterThan(20);
  });

  it('with secrets in what they say make records without them', async () => {
    let redacted = 0;
    for (const { bytes, name, values } of all) {
      const { source } = await readBytes(bytes, name);
      if (values === undefined || source === undefined) continue;
      const text = values.map((each) => JSON.stringify(withSecrets(each)) ?? '').join('\n');
      const items = await itemsOf(Buffer.from(text), name.replace(/\.ya?ml$/, '.json'), source);
      const { records } = await recorded(items, source);
      const written = JSON.stringify(records);
      expect([name, written.includes(SECRET)]).toEqual([name, false]);
      if (JSON.stringify(items).includes(SECRET) && written.includes('[redacted]')) redacted += 1;
    }
    expect(redacted).toBeGreaterThan(30);
  });

  it('are the same cases from the same seed', () => {
    const index = fixedCases(all) + 5;
    expect(caseAt(index, SEED, all)).toEqual(caseAt(index, SEED, all));
    expect(beyond(['a', 'a', 'b'], ['a', 'b'])).toEqual(['a']);
  });

  it('are of every format that has passes and whose words are named', async () => {
    const passing = new Set<string | undefined>();
    for (const { bytes, name } of all) {
      const { source, passes } = await readBytes(bytes, name);
      if (passes.length > 0) passing.add(source?.id);
    }
    // KICS lists failures only.
    const never = SOURCES.filter(({ population }) => population === 'failures').map(({ id }) => id);
    for (const { id } of SOURCES.filter((each) => !never.includes(each.id) && named.includes(each.id)))
      expect([...passing]).toContain(id);
  });
});

/** One worker; it is ended where it does not come to its next case in time. */
function run(from: number, to: number): Promise<Told> {
  const progress = new SharedArrayBuffer(4);
  const at = new Int32Array(progress);
  const worker = new Worker(join(import.meta.dirname, 'sources/worker.ts'), {
    workerData: { from, to, atLeast: EXECUTIONS, seed: SEED, progress },
  });
  return new Promise((resolve, reject) => {
    let last = -1;
    const watchdog = setInterval(() => {
      const now = Atomics.load(at, 0);
      if (now === last) {
        void worker.terminate();
        reject(new Error(`a reader hangs at case ${now}: ${caseAt(now, SEED, all).what}`));
      }
      last = now;
    }, HANG);
    worker.on('message', (told: Told) => {
      if (told.ended) resolve(told);
      else if (EXECUTIONS > 0)
        process.stdout.write(`${told.executions} readings, ${told.faults.length} faults\n`);
    });
    worker.once('error', reject);
    worker.once('exit', () => clearInterval(watchdog));
  });
}
