import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from '../ledger/index.ts';
import { scanVersions, versionsUpTo } from './history.ts';
import { closeDay } from './index.ts';
import { manifestId } from './manifest.ts';
import { type Fixture, makeFixture } from './testing/fixture.ts';

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03'] as const;
let lake: Fixture;

/** Each day announces two versions between its decisions; the last day is open. */
beforeEach(async () => {
  lake = await makeFixture(`${DAYS[0]}T08:00:00.000Z`);
});
afterEach(() => lake.remove());

async function day(at: number, close: boolean): Promise<void> {
  const date = DAYS[at] ?? '';
  lake.at(`${date}T09:00:00.000Z`);
  for (const version of [2 * at, 2 * at + 1]) {
    const map = await lake.announce(`r${version}`, [['encrypted', 'soc2/cc6.1']]);
    await lake.decide(map, ['encrypted', 'db1', 'pass'], ['encrypted', 'db2', 'fail']);
  }
  lake.at(`${DAYS[at + 1] ?? '2026-03-04'}T02:00:00.000Z`);
  if (close) await closeDay(lake.ledger, date, { clock: lake.clock });
}

async function compared(): Promise<number> {
  const reader = await openReader(lake.folder);
  const { size } = await reader.checkpoint();
  for (let to = 0; to <= size; to += 1)
    expect([to, await versionsUpTo(reader, to)]).toEqual([to, await scanVersions(reader, 0, to)]);
  const all = await versionsUpTo(reader, size);
  await reader.close();
  return all.length;
}

describe('versions of policies before any leaf', { timeout: 60_000 }, () => {
  it('are those that reading every entry finds, over closed days and an open one', async () => {
    for (const at of DAYS.keys()) await day(at, at < 2);
    expect(await compared()).toBe(6);
  });

  it('also where no day is closed, and where a stranger took the id of a manifest', async () => {
    for (const at of DAYS.keys()) await day(at, false);
    expect(await compared()).toBe(6);
    await lake.put('stranger', {
      record_type: 'attestation',
      record_id: manifestId(lake.ledger.origin, DAYS[1]),
      message: 'no manifest',
      details: {},
    });
    expect(await compared()).toBe(6);
  });
});
