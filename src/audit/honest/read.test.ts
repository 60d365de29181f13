import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { openReader, type Unnumbered } from '../../ledger/index.ts';
import { canonicalize, formatInstant, GENERATED, uuidv7 } from '../../record/index.ts';
import { engagementDraft } from '../engagement/engagement.ts';
import { auditDraft, recordActs } from '../scope/draft.ts';
import { readHonestFacts } from './read.ts';

const START = Date.parse('2026-03-01T00:00:00.000Z');
const [HOUR, DAY] = [3_600_000, 86_400_000];
const DAYS = 4;
const GATED = 'merges/gated';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const dayAt = (day: number) => formatInstant(START + day * DAY).slice(0, 10);

let lake: Fixture;
let engagement: string;
let next = 0;

type Put = Partial<Unnumbered> & Pick<Unnumbered, 'record_type'>;

/** One of each kind that counts, that counts as made up, and that counts for nothing. */
async function kinds(day: number, hour: number): Promise<Put[]> {
  const run_id = uuidv7(lake.clock(), random);
  const time = formatInstant(lake.clock());
  const decision = {
    record_type: 'decision' as const,
    ...{ run_id, run_index: 0, rule_id: 'r', subject_type: 'deployment', subject_id: `web-${day}-${hour}` },
    ...{ verdict: 'fail' as const, disposition: 'enforced' as const, severity: 'high' as const },
  };
  const admission = { ...decision, layer: 'admission' as const, policy_id: 'encrypted' };
  const merge = {
    ...decision,
    ...{ layer: 'evidence' as const, policy_id: GATED, rule_id: GATED, verdict: 'pass' as const },
    ...{ disposition: 'none' as const, subject_id: `https://git.example/${hour % 3}` },
    details: { merged_at: time, refused: [] },
  };
  const run = { record_type: 'run' as const, run_id, run_total: 1 };
  const override = {
    record_type: 'override' as const,
    override_id: `OVR-${day}-${hour}`,
    override_digest: `sha256:${'0'.repeat(64)}` as const,
    details: { owner: 'a', approver: 'b', ticket: 'T-1', sunset: '2026-12-31' },
  };
  const writes = [
    {
      ...{ audit_id: `${day}-${hour}`, time, operation: 'CREATE', verb: 'create', group: '' },
      ...{ resource: 'pods', run: run_id, code: 403, refused: true },
    },
  ];
  const batch = {
    ...{ ...run, layer: 'admission' as const, tool: 'kubernetes', format: 'kubernetes-audit', run_total: 0 },
    input_ref: await lake.ledger.putBlob(Buffer.from(canonicalize({ schemaVersion: 1, writes }))),
    details: { writes: { listed: 1, counted: {}, first: time, last: time } },
  };
  const all: Put[] = [
    admission,
    { ...admission, details: GENERATED },
    { ...admission, disposition: 'observed' },
    { ...admission, ext: '{"simulated":true}' },
    { ...admission, verdict: 'pass', disposition: 'none' },
    merge,
    { ...merge, details: { ...merge.details, refused: [{ record_id: run_id }] } },
    run,
    { ...run, details: GENERATED },
    { ...run, layer: 'runtime', details: GENERATED },
    override,
    { ...override, details: { ...override.details, ...GENERATED } },
    batch,
    // What anybody may send under these words is no read.
    { record_type: 'query', details: { kind: 'read', engagement, what: 'forged' } },
    { record_type: 'access', details: { kind: 'read', engagement, what: 'forged' } },
    { record_type: 'gap', message: `"record_type":"override" "policy_id":"${GATED}"` },
  ];
  return all;
}

/** Days of records of which most say nothing here: what counts stands in few of the blocks of the log. The last day is open. */
beforeAll(async () => {
  lake = await makeFixture('2026-03-01T00:00:00.000Z');
  const links = [['encrypted', 'soc2/cc6.1']] as const;
  const options = { clock: lake.clock, random };
  const opening = engagementDraft(
    {
      scope: { framework: 'soc2', from: dayAt(0), to: dayAt(DAYS - 1) },
      ...{ auditor: 'ada', expires: START + 30 * DAY, opened_by: 'grace' },
      at_opening: { size: 0, root: '0'.repeat(64) },
      period_end: { size: 0, root: '0'.repeat(64), over: false },
    },
    options,
  );
  engagement = opening.engagement;
  await recordActs(lake.ledger, [opening.draft]);
  for (let day = 0; day < DAYS; day += 1) {
    if (day > 0) {
      lake.at(formatInstant(START + day * DAY + 5 * 60_000));
      await closeDay(lake.ledger, dayAt(day - 1), { clock: lake.clock, grace: 0 });
    }
    for (let hour = 1; hour < 24; hour += 1) {
      lake.at(formatInstant(START + day * DAY + hour * HOUR));
      if (hour === 4) await lake.announce(`r${day}`, links, `${day}`);
      const quiet = Array.from(
        { length: 300 },
        (_, at): Put => ({ record_type: 'heartbeat', message: `${at}` }),
      );
      await lake.put('quiet', ...quiet);
      if (hour % 2 === 0) continue;
      // One in an hour, so that none is found for another's sake.
      const all = await kinds(day, hour);
      const one = all[next % (all.length + 2)];
      const type = next % (all.length + 2) === all.length ? ('query' as const) : ('access' as const);
      next += 1;
      if (one !== undefined) await lake.put('gate', one);
      for (const actor of one === undefined ? ['ada', 'grace'] : [])
        await recordActs(lake.ledger, [
          auditDraft(
            { type, kind: 'read', engagement, actor, message: 'read', details: { what: `${hour}` } },
            options,
          ),
        ]);
    }
  }
}, 120_000);
afterAll(() => lake.remove());

const PERIODS = [
  [START, START + DAYS * DAY],
  [START + 10 * HOUR, START + DAY + 20 * HOUR],
  [START + 2 * DAY, START + 3 * DAY - 1],
  [START + 40 * DAY, START + 41 * DAY],
] as const;

describe('what the four questions are answered from', { timeout: 120_000 }, () => {
  async function facts(few: number, [from, to]: readonly [number, number], within?: string) {
    const reader = await openReader(lake.folder);
    const told: number[] = [];
    try {
      const found = await readHonestFacts(reader, {
        ...{ from, to, few, runs: [], gated: GATED, progress: (_, total) => void told.push(total) },
        ...(within === undefined ? {} : { engagement: within }),
      });
      const { size } = await reader.checkpoint();
      return { found, read: told.at(-1) ?? 0, size };
    } finally {
      await reader.close();
    }
  }

  it.each(PERIODS)('is the same by the lake and by the log: %d to %d', async (...period) => {
    const read = await facts(Number.POSITIVE_INFINITY, period);
    expect((await facts(0, period)).found).toEqual(read.found);
  });

  it('so are reads that came after the period, of one engagement', async () => {
    const [, some] = PERIODS;
    const within = await facts(Number.POSITIVE_INFINITY, some, engagement);
    expect((await facts(0, some, engagement)).found).toEqual(within.found);
    const alone = await facts(Number.POSITIVE_INFINITY, some);
    expect(within.found.reads.length).toBeGreaterThan(alone.found.reads.length);
  });

  it('has some of each kind, and the lake lets most of the log be passed over', async () => {
    const { found, read, size } = await facts(0, PERIODS[0]);
    const { merges, denials, writes, overrides, reads, made_up, blocking_in_ci } = found;
    expect(merges.length).toBeGreaterThan(0);
    expect(merges.some(({ refused }) => refused.length > 0)).toBe(true);
    // 48 hours, in which 18 kinds take turns; two of them are reads.
    for (const some of [denials, writes, overrides]) expect(some.length).toBeGreaterThan(1);
    expect(reads.map(({ by }) => by)).toEqual(Array(4).fill(['auditor', 'team']).flat());
    expect(reads.map(({ what }) => what)).not.toContain('forged');
    for (const count of [made_up.runs, made_up.denials, made_up.overrides]) expect(count).toBeGreaterThan(1);
    expect([...blocking_in_ci]).toEqual(['encrypted']);
    expect(read).toBeLessThan(size / 2);
  });

  it('is the same where the lake is not whole: the log is read', async () => {
    const { found } = await facts(0, PERIODS[0]);
    const files = await readdir(join(lake.folder, 'fact'), { recursive: true });
    const file = files.filter((name) => name.endsWith('.parquet')).sort()[1] ?? '';
    rmSync(join(lake.folder, 'fact', file));
    const again = await facts(0, PERIODS[0]);
    expect(again.found).toEqual(found);
    expect(again.read).toBe(again.size);
  });
});
