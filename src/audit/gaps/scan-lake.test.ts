import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { openReader } from '../../ledger/index.ts';
import { sha256 } from '../../policy/index.ts';
import { derivedId, formatInstant, type RecordDraft, SCHEMA, type Verdict } from '../../record/index.ts';
import { findGaps } from './find.ts';
import { scanByLake } from './scan-lake.ts';

const START = Date.parse('2026-03-01T00:00:00.000Z');
const HOUR = 3_600_000;
const DAYS = 5;
const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'error', 'not_applicable'];
const EXPECTED = [
  { name: 'gate@*', owner: 'platform', cadence: 'PT6H', since: '2026-03-01' },
  { name: 'scanner', owner: 'platform', cadence: 'P1D', heartbeat: 'PT2H', since: '2026-03-02' },
  { name: 'nobody', owner: 'platform', cadence: 'P1D', since: '2026-02-01', until: '2026-03-03' },
];

let lake: Fixture;
let seed = 7;
/** The minimal standard generator of Park and Miller: the same log in each run. */
const chance = (below: number) => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
};
const idOf = (name: string) => derivedId('test', name, sha256);

/** Runs and signs of life at odd times, with numbers that are left out and decisions that are lost; the last day is open. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T00:00:00.000Z');
  const links = [['encrypted', 'soc2/cc6.1']] as const;
  const map = await lake.announce('r1', links, 'first', [], EXPECTED);
  const next = new Map<string, number>();
  let closed = 0;
  for (let now = START; now < START + DAYS * 24 * HOUR; now += HOUR + chance(4 * HOUR)) {
    const day = Math.floor((now - START) / (24 * HOUR));
    if (day > closed) {
      lake.at(formatInstant(START + day * 24 * HOUR + 5 * 60_000));
      await closeDay(lake.ledger, formatInstant(START + closed * 24 * HOUR).slice(0, 10), {
        clock: lake.clock,
        grace: 0,
      });
      closed += 1;
    }
    lake.at(formatInstant(Math.max(now, START + closed * 24 * HOUR + 6 * 60_000)));
    const emitter = ['gate@1', 'gate@2', 'scanner', 'stranger'][chance(4)] ?? '';
    const run_id = idOf(`${now}`);
    const total = chance(4);
    const numbered = (fields: Partial<RecordDraft>, at: number) => {
      const sequence = (next.get(emitter) ?? 0) + (chance(9) === 0 ? 1 + chance(5) : 0);
      next.set(emitter, sequence + 1);
      return {
        ...{ schema: SCHEMA as typeof SCHEMA, record_id: idOf(`${now} ${at}`), emitter, sequence },
        ...{ observed_at: formatInstant(now), layer: 'ci' as const, tool: emitter, run_id },
        ...fields,
      } as RecordDraft;
    };
    const decisions = Array.from({ length: Math.max(0, total - chance(2)) }, (_, at) =>
      numbered(
        {
          ...{ record_type: 'decision', run_index: at, policy_id: 'encrypted', rule_id: 'encrypted' },
          ...{ subject_type: 'database', subject_id: `db${at}`, severity: 'high', disposition: 'none' },
          ...{ verdict: VERDICTS[chance(4)] ?? 'pass', ...map },
        },
        at,
      ),
    );
    const run: Partial<RecordDraft> = { record_type: 'run', run_total: total, details: {} };
    const alive: Partial<RecordDraft> = { record_type: 'heartbeat' };
    const end = numbered(chance(3) === 0 ? alive : run, 99);
    await lake.ledger.appendNumbered([...decisions, end]);
    await lake.ledger.seal();
    if (chance(6) === 0) await lake.put('gate@1', { record_type: 'gap', message: 'no run came' });
  }
}, 120_000);
afterAll(() => lake.remove());

describe('what did not come', { timeout: 120_000 }, () => {
  const last = START + DAYS * 24 * HOUR;
  it.each([
    [START, last],
    [START + 24 * HOUR, START + 48 * HOUR - 1],
    [START + 30 * HOUR + 12_345, START + 71 * HOUR + 54_321],
    [START + 96 * HOUR, last + 50 * HOUR],
    [START + 13 * HOUR, START + 14 * HOUR],
  ])('is the same by the lake and by the log: %d to %d', async (from, now) => {
    const reader = await openReader(lake.folder);
    const ask = (few: number) => findGaps(reader, { from, now, asOf: true, few });
    const read = await ask(Number.POSITIVE_INFINITY);
    expect(await ask(0)).toEqual(read);
    await reader.close();
  });

  it('has each kind of gap, and the lake did answer', async () => {
    const reader = await openReader(lake.folder);
    const { gaps, emitters, recorded } = await findGaps(reader, {
      from: START,
      now: last,
      asOf: true,
      few: 0,
    });
    expect(new Set(gaps.map(({ kind }) => kind))).toEqual(
      new Set(['run missing', 'heartbeat missing', 'sequence missing', 'run incomplete']),
    );
    expect(emitters.map(({ runs }) => runs > 0)).toEqual([true, true, false]);
    expect(recorded.size).toBeGreaterThan(2);
    const { size } = await reader.checkpoint();
    const stretch = { from: 0, to: size, since: 0 };
    const told = await scanByLake(reader, stretch, new Set(['encrypted']), {
      emitters: HOUR,
      policies: HOUR,
    });
    expect(told?.judged.get('encrypted')?.length).toBeGreaterThan(20);
    const often = { emitters: 30_000, policies: HOUR };
    expect(await scanByLake(reader, stretch, new Set(), often)).toBeUndefined();
    await reader.close();
  });
});
