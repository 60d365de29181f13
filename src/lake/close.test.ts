import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseRecord } from '../record/index.ts';
import { leafHash } from '../verify/index.ts';
import { closeDay, lakeStatus, query, verifyLake } from './index.ts';
import { manifestKey } from './keys.ts';
import { manifestId, sha256 } from './manifest.ts';
import { CC61, CC72, DAILY, FACT, type Fixture, firstOfMarch, makeFixture } from './testing/fixture.ts';

let lake: Fixture;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
});
afterEach(() => lake.remove());

const close = (day: string, grace?: number) =>
  closeDay(lake.ledger, day, { clock: lake.clock, ...(grace === undefined ? {} : { grace }) });

const copy = (day: string) => join(lake.folder, manifestKey(day));

describe('closing a day', () => {
  test('writes one fact file and one file per control in force, also without rows, and a manifest in the log', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    const closed = await close('2026-03-01');
    const rows = Object.fromEntries(closed.files.map((file) => [file.key, file.rows]));
    expect(rows).toEqual({
      [FACT]: 5,
      // encrypted: failed, passed, and passed without a control map.
      [DAILY]: 3,
      [CC61]: 3,
      [CC72]: 0,
      'evidence/iso27001/a.8.24/year=2026/month=03/day=01/evidence.parquet': 3,
    });
    expect(closed.details).toMatchObject({ from_index: 0, to_index: 5, rows: 5, late: 0, files: 5 });
    expect(closed.details.gaps).toEqual([expect.objectContaining({ kind: 'no_control_map', count: 1 })]);
    const index = await lake.ledger.find(manifestId(lake.ledger.origin, '2026-03-01'));
    expect(index).toBe(closed.log_index);
    const record = parseRecord((await lake.ledger.entry(closed.log_index)).bytes);
    expect(record).toMatchObject({
      record_type: 'manifest',
      emitter: 'exhibit-lake',
      details: closed.details,
    });
    expect((await stat(join(lake.folder, FACT))).mode & 0o222).toBe(0);
    expect(await verifyLake(lake.ledger)).toMatchObject({ days: 1, files: 5, problems: [] });
  });

  test('is refused before the day and its grace time are over', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T00:59:59.999Z');
    await expect(close('2026-03-01')).rejects.toMatchObject({ code: 'LAKE_DAY_OPEN' });
    expect((await close('2026-03-01', 0)).details.rows).toBe(5);
  });

  test('is refused a second time', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    await close('2026-03-01');
    await expect(close('2026-03-01')).rejects.toMatchObject({ code: 'LAKE_DAY_CLOSED' });
  });

  test('of two calls at once closes once', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-02T01:00:00.000Z');
    const results = await Promise.allSettled([close('2026-03-01'), close('2026-03-01')]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await verifyLake(lake.ledger)).toMatchObject({ problems: [] });
  });

  test('seals what waits, and that goes into the day on which it is sealed', async () => {
    const map = await firstOfMarch(lake);
    const { size } = await lake.ledger.checkpoint();
    await lake.ledger.append('late', [
      {
        ...{ schema: 'exhibit.record/1', record_id: '019ca8d7-2d00-7def-90be-371efe15a809', emitter: 'late' },
        ...{ record_type: 'run', run_id: '019ca8d7-2d00-7def-90be-371efe15a80a', run_total: 0 },
        ...{ observed_at: '2026-03-01T22:00:00.000Z', layer: 'ci', tool: 'exhibit', ...map },
      },
    ]);
    lake.at('2026-03-02T01:00:00.000Z');
    const first = await close('2026-03-01');
    expect(first.details).toMatchObject({ to_index: size, late: 0 });
    lake.at('2026-03-03T01:00:00.000Z');
    const second = await close('2026-03-02');
    expect(second.details).toMatchObject({ from_index: size, late: 1 });
    const answer = await query(lake.ledger, { name: 'late-records', from: '2026-03-02', to: '2026-03-02' });
    // 22:00 to 01:00 the next day is three hours.
    expect(answer.rows.map((row) => [row[0], row[2], row.at(-1)])).toEqual([[size, 'run', 180]]);
  });

  test('out of order is allowed, and said', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-03T01:00:00.000Z');
    expect((await close('2026-03-02')).earlier_open).toEqual(['2026-03-01']);
    expect((await lakeStatus(lake.ledger)).missing).toEqual(['2026-03-01']);
    expect((await close('2026-03-01')).earlier_open).toEqual([]);
    expect((await lakeStatus(lake.ledger)).closed).toEqual(['2026-03-01', '2026-03-02']);
  });

  test('a later day costs no look-up for each day that was closed before it, and their copies are still put right', async () => {
    await firstOfMarch(lake);
    const find = vi.spyOn(lake.ledger, 'find');
    const looked: number[] = [];
    for (let day = 1; day <= 6; day += 1) {
      lake.at(`2026-03-0${day + 1}T01:00:00.000Z`);
      find.mockClear();
      expect((await close(`2026-03-0${day}`)).earlier_open).toEqual([]);
      looked.push(find.mock.calls.length);
      if (day === 5) await rm(copy('2026-03-02'));
    }
    // The sixth reads the manifest whose copy is gone.
    expect(new Set(looked.slice(2, 5))).toEqual(new Set([looked[2]]));
    expect(JSON.parse(await readFile(copy('2026-03-02'), 'utf8'))).toMatchObject({
      details: { day: '2026-03-02' },
    });
  });

  test('an empty day has files without rows; a day before the log has none', async () => {
    await firstOfMarch(lake);
    lake.at('2026-03-04T01:00:00.000Z');
    await close('2026-03-01');
    // The manifest of the first day was recorded on the fourth.
    const empty = await close('2026-03-02');
    expect(empty.details).toMatchObject({ rows: 0, from_index: 5, to_index: 5 });
    expect(empty.files.map(({ rows }) => rows)).toEqual([0, 0, 0, 0, 0]);
    await expect(close('2026-02-28')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('of an empty ledger is refused, and its status says so', async () => {
    expect(await lakeStatus(lake.ledger)).toMatchObject({ closed: [], missing: [], tail: { records: 0 } });
    lake.at('2026-03-02T01:00:00.000Z');
    await expect(close('2026-03-01')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('waits for the ledger’s own clock', async () => {
    await firstOfMarch(lake);
    const ahead = () => Date.parse('2026-03-02T05:00:00.000Z');
    await expect(closeDay(lake.ledger, '2026-03-01', { clock: ahead })).rejects.toMatchObject({
      code: 'LAKE_DAY_OPEN',
    });
  });

  test('keeps leaf hashes that are those of the log, and values as they were', async () => {
    const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
    const message = `it's "quoted" \u2028 \u{1f600} {"record_type":"policy"}`;
    const details = { z: [1, 2.5, 'x'], a: { nested: true } };
    await lake.decide(map, [
      'encrypted',
      "db'1",
      'fail',
      { message, details, line: 3, column: 9, ext: '{"k":1}' },
    ]);
    lake.at('2026-03-02T01:00:00.000Z');
    await close('2026-03-01');
    const sql = `SELECT leaf_hash, message, details, ext, line_number, column_number, subject_id, origin FROM evidence`;
    const answer = await query(lake.ledger, { sql, from: '2026-03-01', to: '2026-03-01' });
    const { bytes } = await lake.ledger.entry(1);
    const leaf = Buffer.from(leafHash(sha256, bytes)).toString('hex');
    const text = '{"a":{"nested":true},"z":[1,2.5,"x"]}';
    expect(answer.rows).toEqual([[leaf, message, text, '{"k":1}', 3, 9, "db'1", 'test.example/lake']]);
    expect(answer.coverage).toMatchObject({ expected: 1, found: 1, complete: true, gaps: [] });
  });
});
