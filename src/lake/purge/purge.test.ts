import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyLedger } from '../../ledger/index.ts';
import { parseRecord } from '../../record/index.ts';
import {
  closeDay,
  lakeStatus,
  PURGE_STEPS,
  type PurgeOptions,
  purgeLake,
  query,
  rebuildLake,
  verifyLake,
} from '../index.ts';
import { CC61, CC72, DAILY, FACT, type Fixture, firstOfMarch, makeFixture } from '../testing/fixture.ts';

const DAY = '2026-03-01';
const REASON = 'Kept for seven years';
let lake: Fixture;

beforeEach(async () => {
  lake = await makeFixture(`${DAY}T10:00:00.000Z`);
  const map = await firstOfMarch(lake);
  lake.at('2026-03-02T12:00:00.000Z');
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  lake.at('2026-03-03T02:00:00.000Z');
  for (const day of [DAY, '2026-03-02']) await closeDay(lake.ledger, day, { clock: lake.clock });
});
afterEach(() => lake.remove());

const purge = (framework: string, onStep?: NonNullable<PurgeOptions['onStep']>) =>
  purgeLake(
    lake.ledger,
    { folder: lake.folder },
    {
      ...{ framework, before: '2026-03-02', clock: lake.clock },
      decision: { observed_at: '2026-03-03T02:00:00.000Z', actor: 'actor:1', reason: REASON },
      ...(onStep === undefined ? {} : { onStep }),
    },
  );
const there = (key: string) =>
  stat(join(lake.folder, key)).then(
    () => true,
    () => false,
  );
async function tombstones() {
  const { size } = await lake.ledger.checkpoint();
  const found: unknown[] = [];
  for await (const { index, bytes } of lake.ledger.entries(0, size)) {
    const record = parseRecord(bytes);
    if (record.record_type === 'tombstone') found.push({ index, ...record.details });
  }
  return found;
}

describe('a purge', () => {
  test('takes the files of one framework before a day, after a tombstone says so', async () => {
    let sealed = -1;
    const before = await purge('soc2', (step) => {
      if (step === 'tombstones sealed') sealed = 0;
      if (step === 'file purged') expect(sealed).toBe(0);
    });
    expect(before).toMatchObject({ days: 1, files: 2, tombstones: 1, facts_kept: { needed: 1, locked: 0 } });
    expect(await Promise.all([CC61, CC72, FACT, DAILY].map(there))).toEqual([false, false, true, true]);
    expect(await there(CC61.replace('day=01', 'day=02'))).toBe(true);
    expect(await tombstones()).toEqual([
      expect.objectContaining({ kind: 'purge', day: DAY, framework: 'soc2', files: 2, reason: REASON }),
    ]);
    // The list of what was purged is a blob of the log.
    expect((await verifyLedger(lake.folder)).blobs).toMatchObject({ missing: 0, differ: 0 });
  });

  test('is what verify, status and queries say, and no rebuild undoes it', async () => {
    await purge('soc2');
    const [tombstone] = (await tombstones()) as { index: number }[];
    const log_index = tombstone?.index;
    const verified = await verifyLake(lake.ledger);
    expect(verified.problems).toEqual([]);
    expect(verified.purged).toEqual([{ day: DAY, reason: REASON, log_index, files: 2 }]);
    expect(await lakeStatus(lake.ledger)).toMatchObject({
      problems: [],
      files: { expected: 10, found: 8, purged: 2 },
    });
    const { coverage, row_count } = await query(lake.ledger, {
      ...{ name: 'decisions', framework: 'soc2', control: 'cc6.1', from: DAY, to: DAY },
    });
    expect(row_count).toBe(0);
    expect(coverage).toMatchObject({ complete: false, found: 0, expected: 1 });
    expect(coverage.gaps[0]).toMatchObject({
      kind: 'purged',
      key: CC61,
      message: `${CC61} was purged: ${REASON} (tombstone at record ${log_index})`,
    });
    expect(coverage.gaps.map(({ kind }) => kind)).not.toContain('file_missing');
    const { days } = await rebuildLake(lake.ledger);
    expect(days.map(({ restored }) => restored)).toEqual([[], []]);
    expect(await there(CC61)).toBe(false);
  });

  test('does not cover a file that is missing without a tombstone', async () => {
    await purge('soc2');
    const other = CC61.replace('day=01', 'day=02');
    await rm(join(lake.folder, other));
    expect((await verifyLake(lake.ledger)).problems).toEqual([
      expect.objectContaining({ kind: 'missing', key: other }),
    ]);
  });

  test('takes facts and counts when no framework needs the day any more', async () => {
    await purge('soc2');
    expect(await purge('iso27001')).toMatchObject({ files: 3, tombstones: 2, facts_kept: { needed: 0 } });
    expect(await Promise.all([FACT, DAILY].map(there))).toEqual([false, false]);
    expect((await verifyLake(lake.ledger)).problems).toEqual([]);
  });

  test.each(PURGE_STEPS)('goes on where it broke off: %s', async (at) => {
    const stop = purge('soc2', (step) => {
      if (step === at) throw new Error('stopped');
    });
    await expect(stop).rejects.toThrow('stopped');
    expect((await verifyLake(lake.ledger)).problems).toEqual([]);
    expect(await purge('soc2')).toMatchObject({ files: 2, tombstones: 0 });
    expect(await Promise.all([CC61, CC72].map(there))).toEqual([false, false]);
    expect(await tombstones()).toHaveLength(1);
  });

  test('of a framework that has no files purges nothing', async () => {
    expect(await purge('nis2')).toMatchObject({ files: 0, tombstones: 0 });
    expect(await tombstones()).toEqual([]);
  });
});
