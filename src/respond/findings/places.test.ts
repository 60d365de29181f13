import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, type InForce, makeFixture } from '../../lake/testing/fixture.ts';
import { openReader } from '../../ledger/index.ts';
import type { Layer, RecordDraft, Verdict } from '../../record/index.ts';
import { placesByLake, placesByLog } from './places.ts';
import { readFacts } from './read.ts';

const RUNTIME: readonly Layer[] = ['runtime'];
const BOTH: readonly Layer[] = ['runtime', 'admission'];
const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'] as const;
const VERDICTS = ['pass', 'pass', 'fail', 'error', 'not_applicable'] as const;
const LAYERS = ['runtime', 'admission', 'ci', 'pre-commit'] as const;
const WAIVED = { override_id: 'OV-1', override_digest: `sha256:${'1'.repeat(64)}` } as const;

let lake: Fixture;
let map: InForce;

/** Three days, the last one open: each subject judged at one layer, over 256 records apart and within one block. */
beforeEach(async () => {
  lake = await makeFixture(`${DAYS[0]}T08:00:00.000Z`);
  map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  for (const [day, date] of DAYS.entries()) {
    lake.at(`${date}T10:00:00.000Z`);
    const judged = Array.from({ length: 400 }, (_, at) => decision(day * 400 + at));
    await lake.decide(map, ...judged);
    const said = { layer: 'runtime', subject_id: 'db9' } as const;
    await lake.put('watcher', {
      record_type: 'gap',
      message: 'deleted',
      ...said,
      details: { subject_state: 'gone' },
    });
    const overrides_digest = await lake.ledger.putBlob(Buffer.from('[]'));
    await lake.put('policy', {
      record_type: 'policy',
      layer: 'evidence',
      ...map,
      details: { lineage: 'shop', overrides_digest },
    });
    await lake.put('exhibit', {
      record_type: 'response',
      layer: 'evidence',
      message: '"layer":"runtime" in a text',
      details: { finding: 'f', action: 'comment' },
    });
    if (day === 2) break;
    lake.at(`${DAYS[day + 1]}T02:00:00.000Z`);
    await closeDay(lake.ledger, date, { clock: lake.clock });
  }
}, 120_000);
afterEach(() => lake.remove());

function decision(at: number): readonly [string, string, Verdict, Partial<RecordDraft>] {
  const subject = (at * 7) % 23;
  const layer = LAYERS[(at * 5) % 4] ?? 'ci';
  // Some subjects never fail; one fails on the last day alone.
  const verdict = subject < 8 && at < 1_100 ? 'pass' : (VERDICTS[(at * 3) % 5] ?? 'pass');
  const waived = verdict === 'fail' && at % 3 === 0;
  return [
    'encrypted',
    `db${subject}`,
    verdict,
    { layer, severity: 'high', ...(waived ? { disposition: 'waived' as const, ...WAIVED } : {}) },
  ];
}

const quiet = () => undefined;

describe('what findings are made of', { timeout: 120_000 }, () => {
  it.each([[RUNTIME], [BOTH]])('is the same by the lake and by the log: %j', async (layers) => {
    const reader = await openReader(lake.folder);
    const { size } = await reader.checkpoint();
    const [told, read] = [
      await placesByLake(reader, size, layers),
      await placesByLog(reader, size, layers, quiet),
    ];
    expect(told?.failed).toEqual(read.failed);
    expect(told?.judged).toBe(read.judged);
    expect(read.judged).toBeGreaterThan(250);
    const admission = layers.length > 1;
    const facts = (few: number) => readFacts(reader, { admission, few });
    const found = await facts(0);
    expect(found).toEqual(await facts(Number.POSITIVE_INFINITY));
    const kinds = new Set(found.facts.map(({ what }) => what));
    for (const what of ['bundle', 'pass', 'fail', 'waived', 'unknown', 'gone', 'response'] as const)
      expect([what, kinds.has(what)]).toEqual([what, true]);
    expect(found.facts.length).toBeGreaterThan(100);
    await reader.close();
  });

  it('and the lake is not believed where a file of it is not there, or is another', async () => {
    const reader = await openReader(lake.folder);
    const { size } = await reader.checkpoint();
    const file = firstFile(join(lake.folder, 'fact'));
    const whole = await readFacts(reader, { admission: false, few: 0 });
    truncateSync(file, statSync(file).size - 1);
    expect(await placesByLake(reader, size, RUNTIME)).toBeUndefined();
    rmSync(file);
    expect(await placesByLake(reader, size, RUNTIME)).toBeUndefined();
    expect(await readFacts(reader, { admission: false, few: 0 })).toEqual(whole);
    await reader.close();
  });

  it('and what was recorded after the log was looked at is not in it', async () => {
    const reader = await openReader(lake.folder);
    const before = await placesByLog(reader, 100, RUNTIME, quiet);
    const told = await placesByLake(reader, 100, RUNTIME);
    expect(told?.judged).toBe(before.judged);
    expect(told?.failed).toEqual(before.failed);
    await reader.close();
  });
});

function firstFile(folder: string): string {
  expect(existsSync(folder)).toBe(true);
  const [name = ''] = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((one) => one.endsWith('.parquet'))
    .sort();
  return join(folder, name);
}
