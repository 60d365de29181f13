import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleRecords, createEngine, judgeAll, recordsOfRun } from '../../engine/index.ts';
import { bundleOf, metadata } from '../../engine/testing/bundles.ts';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { parseInput } from '../../inputs/index.ts';
import { initLedger, type Ledger, openLedger } from '../../ledger/index.ts';
import type { Bundle } from '../../policy/index.ts';
import { asks, door, doorFiles } from '../../policy/stacks/cedar/testing/door.ts';
import { type Layer, parseRecord, uuidv7 } from '../../record/index.ts';
import { byId, Performer, pageData, Replay, type Replayed } from '../index.ts';

const NOW = Date.parse('2026-05-04T12:00:00.000Z');
const random = (length: number) => new Uint8Array(randomBytes(length));
const RULES = `${metadata('big', ['inputs: [json]'])}package exhibit.policies.big

population contains {"id": "all", "type": "list", "name": "all"} if input.items

violations contains {"subject": "all", "message": sprintf("%d items", [count(input.items)])} if {
	count(input.items) > 3
}

# A list joined with itself five times comes to no end.
violations contains {"subject": "all", "message": "never"} if {
	input.hang
	count([1 | some a in input.items; some b in input.items; some c in input.items; some d in input.items; some e in input.items; a + b + c + d + e < 0]) > 0
}
`;

let folder: string;
let ledger: Ledger;
let bundle: Bundle;

describeWithOpa('what was recorded, performed again from the log alone', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exhibit-replay-'));
    const clock = () => NOW;
    await initLedger(folder, { origin: 'example.com/replay', clock, random });
    ledger = await openLedger(folder, { clock, random });
    bundle = await bundleOf({ ...doorFiles(), 'policies/big/policy.rego': RULES });
    const { records, blobs } = bundleRecords(bundle);
    await ledger.putBlobs(blobs.values());
    await ledger.appendNumbered(records);
  }, 120_000);
  afterAll(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Judges and records as a gate does. @returns ids of the decisions */
  async function recorded(value: unknown, layer: Layer, milliseconds = 60_000): Promise<string[]> {
    const engine = await createEngine(bundle, {
      clock: () => NOW,
      limits: { evaluationMilliseconds: milliseconds },
    });
    const judged = await judgeAll(engine, [parseInput('input.json', Buffer.from(JSON.stringify(value)))], {
      ...{ bundle, layer, now: NOW, onlyFound: true },
    });
    await engine.close();
    const { records, blobs } = recordsOfRun({
      ...{ ...judged, bundle, layer, random, now: NOW, emitter: 'gate', tool: 'exhibit', tool_version: '1' },
      ...{ run_id: uuidv7(NOW, random), attribution: {}, simulated: false },
    });
    await ledger.putBlobs(blobs.values());
    await ledger.append('gate', records);
    await ledger.seal();
    return records.filter(({ record_type }) => record_type === 'decision').map(({ record_id }) => record_id);
  }

  const recordAt = async (index: number) => parseRecord((await ledger.entry(index)).bytes);

  async function replayed(ids: readonly string[]) {
    const { size } = await ledger.checkpoint();
    const replay = new Replay({ reader: ledger, size, version: '1' });
    const all: Replayed[] = [];
    for await (const one of replay.perform(byId(ledger, ids))) all.push(one);
    await replay.close();
    return all;
  }

  async function pageOf(all: readonly Replayed[]) {
    const { size } = await ledger.checkpoint();
    const replay = new Replay({ reader: ledger, size, version: '1' });
    const data = await pageData(replay, all, { reader: ledger, version: '1' });
    await replay.close();
    return data;
  }

  it('by what its own run says, whatever others say of a run with its id', async () => {
    const [whole = ''] = await recorded({ items: [1, 2, 3, 4] }, 'ci');
    const at = (await ledger.find(whole)) ?? expect.fail('it is in the log');
    const { record_id: _, recorded_at: __, sequence: ___, run_id: ____, ...made } = await recordAt(at);
    const { record_id: _____, recorded_at: ______, sequence: _______, ...run } = await recordAt(at + 1);
    const [id, run_id] = [uuidv7(NOW, random), uuidv7(NOW, random)];
    const other = { ...run, record_id: uuidv7(NOW, random), emitter: 'other', run_id };
    await ledger.append('gate', [{ ...made, record_id: id, run_id }]);
    await ledger.seal();
    await ledger.append('other', [{ ...other, details: { ...run.details, advisory: true } }]);
    await ledger.seal();
    await ledger.append('gate', [{ ...run, record_id: uuidv7(NOW, random), run_id }]);
    await ledger.seal();
    expect(await replayed([id])).toMatchObject([
      { outcome: 'same', again: { verdict: 'fail', disposition: 'enforced' } },
    ]);
  });

  it('by Cedar: allowed and denied', async () => {
    const ids = [
      ...(await recorded(asks('ada', 'open', 'a', [door('a', 'ada', false)]), 'ci')),
      ...(await recorded(asks('eve', 'open', 'a', [door('a', 'ada', false)]), 'ci')),
    ];
    const all = await replayed(ids);
    expect(all.map(({ entry, outcome }) => [entry?.record.engine, entry?.record.verdict, outcome])).toEqual([
      ['cedar', 'pass', 'same'],
      ['cedar', 'fail', 'same'],
    ]);
    // And by what a page carries: Cedar, and nothing of Rego.
    const { cedar, bundles, decisions } = await pageOf(all);
    expect(cedar?.version).toBe('4.13.0');
    expect(Object.values(bundles).map(({ rego }) => rego)).toEqual([undefined]);
    for (const decision of decisions) {
      const again = decision.again ?? expect.fail(decision.why_not);
      const performer = await Performer.of(bundles[again.bundle] ?? expect.fail('no bundle'), '1');
      const input = gunzipSync(Buffer.from(decision.input ?? '', 'base64')).toString();
      expect(await performer.perform({ decision, again, input })).toEqual(decision.told);
    }
  });

  it('an input of 50 MB', { timeout: 180_000 }, async () => {
    const items = Array.from({ length: 50 }, (_, at) => String(at % 10).repeat(1_000_000));
    const [one] = await replayed(await recorded({ items }, 'ci'));
    expect(one).toMatchObject({ outcome: 'same', again: { verdict: 'fail', message: '50 items' } });
  });

  it('a rule that comes to no end here is no other verdict, and the same where it had come to none', {
    timeout: 60_000,
  }, async () => {
    const items = Array.from({ length: 400 }, (_, at) => at);
    const [ended] = await replayed(await recorded({ items, hang: true }, 'ci', 100));
    expect(ended?.entry?.record).toMatchObject({
      verdict: 'error',
      message: 'the rule was stopped after 100 ms',
    });
    expect(ended).toMatchObject({ outcome: 'same', again: { verdict: 'error' } });
    // A page has no limit of time: it would never come to the decisions below.
    const [shown] = (await pageOf(ended === undefined ? [] : [ended])).decisions;
    expect(shown).toMatchObject({ why_not: expect.stringContaining('did not come to an end') });
    expect(shown?.again).toBeUndefined();
    // As a faster machine would have recorded it: the same input, and a verdict.
    const { record } = ended?.entry ?? {};
    if (record === undefined) throw new TypeError('it is in the log');
    const { recorded_at: _at, sequence: _number, message: _message, ...draft } = record;
    const record_id = record.record_id.replace(/^.{8}/, '019c5d0e');
    await ledger.append('gate', [{ ...draft, record_id, verdict: 'pass', disposition: 'none' }]);
    await ledger.seal();
    expect(await replayed([record_id])).toMatchObject([{ outcome: 'cannot', reason: 'limit' }]);
    // And the other way round: what a slow machine had ended comes to its verdict here, and why it had not is said.
    const [quick = ''] = await recorded({ items: [1, 2, 3, 4] }, 'ci');
    const at = (await ledger.find(quick)) ?? expect.fail('it is in the log');
    const { recorded_at: ___, sequence: ____, ...made } = await recordAt(at);
    const slow = {
      record_id: uuidv7(NOW, random),
      verdict: 'error' as const,
      message: 'the rule was stopped after 100 ms',
    };
    await ledger.append('gate', [{ ...made, ...slow }]);
    await ledger.seal();
    const [differs] = await replayed([slow.record_id]);
    expect(differs).toMatchObject({ outcome: 'differs', why: [{ code: 'limit' }] });
  });
});
