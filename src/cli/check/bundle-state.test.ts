import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from '../../ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { type EvidenceRecord, parseRecord } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
const SEALED = '{"boxes": [{"id": "box/1", "sealed": true}]}';
const OPEN = '{"boxes": [{"id": "box/1"}]}';

/** Bundles of three commits of one repository, signed by one key on 20 November; `weekly` holds seven days. */
const bundles = { first: '', second: '', weekly: '', renewed: '', strange: '', other: '', newer: '' };
let key = '';

beforeAll(async () => {
  const signer = new Machine('2026-11-20T00:00:00Z');
  const repository = await writeFixture({ '.gitignore': '/.exhibit/\n', 'overrides/ok.yaml': undefined });
  key = join(repository, '.exhibit', 'keys', 'bundle.pub.pem');
  const publish = async (name: keyof typeof bundles, ...flags: string[]) => {
    for (const args of [
      ['build', repository],
      ['sign', repository, ...flags],
    ]) {
      const { code, stderr } = await signer.run('policy', ...args);
      if (code !== 0) throw new Error(stderr);
    }
    bundles[name] = join(signer.folder, `${name}.tar.gz`);
    copyFileSync(join(repository, '.exhibit', 'bundle.tar.gz'), bundles[name]);
  };
  await commitAll(repository, '2026-11-01T00:00:00Z');
  await publish('first');
  writeFileSync(join(repository, POLICY), `${FIXTURE[POLICY]}\n# Second.\n`);
  await commitAll(repository, '2026-11-10T00:00:00Z');
  await publish('second');
  await publish('weekly', '--valid-days', '7');
  signer.at('2026-11-26T00:00:00Z');
  await publish('renewed', '--valid-days', '7');
  const bytes = readFileSync(bundles.second);
  bundles.strange = join(signer.folder, 'strange.tar.gz');
  writeFileSync(bundles.strange, bytes.subarray(0, bytes.length - 600));
  writeFileSync(
    join(repository, 'exhibit.yaml'),
    (FIXTURE['exhibit.yaml'] ?? '').replace('fixture', 'other'),
  );
  await commitAll(repository, '2026-11-05T00:00:00Z');
  await publish('other');
  writeFileSync(join(repository, POLICY), `${FIXTURE[POLICY]}\n# Third.\n`);
  await commitAll(repository, '2026-11-15T00:00:00Z');
  await publish('newer');
}, 120_000);

/** A gate whose mirror serves what it likes. */
class Gate extends Machine {
  mirror = join(this.folder, 'bundle.tar.gz');

  elsewhere(): this {
    this.mirror = join(this.folder, 'elsewhere.tar.gz');
    return this;
  }

  serve(bundle: keyof typeof bundles): this {
    copyFileSync(bundles[bundle], this.mirror);
    return this;
  }

  async check(input: string, ...more: string[]): Promise<{ code: number; stderr: string; report: Report }> {
    writeFileSync(join(this.folder, 'boxes.json'), input);
    const flags = [
      '--bundle',
      this.mirror,
      '--bundle-key',
      key,
      '--evidence',
      'evidence',
      '-o',
      'json',
      ...more,
    ];
    const { code, stdout, stderr } = await this.run('check', 'boxes.json', ...flags);
    return { code, stderr, report: stdout === '' ? ({} as Report) : (JSON.parse(stdout) as Report) };
  }

  async records(type: string): Promise<EvidenceRecord[]> {
    const reader = await openReader(join(this.folder, 'evidence'));
    const all: EvidenceRecord[] = [];
    for await (const { bytes } of reader.entries(0, (await reader.checkpoint()).size))
      all.push(parseRecord(bytes));
    await reader.close();
    return all.filter(({ record_type }) => record_type === type);
  }
}

interface Report {
  bundle: { revision: string };
  results: { policy_id: string; verdict: string; disposition: string }[];
  reason: string;
}
const verdicts = ({ results }: Report) =>
  results.filter(({ policy_id }) => policy_id === 'box-sealed').map(({ verdict }) => verdict);
/** Commit times: Unix seconds of 1, 10 and 15 November 2026. */
const SERIAL = { first: 1_793_491_200, second: 1_794_268_800, newer: 1_794_700_800 };

let gate: Gate;
beforeEach(async () => {
  gate = new Gate('2026-11-21T12:00:00Z');
  expect((await gate.run('ledger', 'init', 'evidence')).code).toBe(0);
});

describe('a mirror that serves an old bundle', () => {
  it('is noticed when it goes back: the last good bundle goes on, and that is a record', async () => {
    expect((await gate.serve('first').check(SEALED)).code).toBe(0);
    const good = await gate.serve('second').check(SEALED);
    const back = await gate.serve('first').check(OPEN);
    expect({ ...good, report: verdicts(good.report) }).toMatchObject({ code: 0, report: ['pass'] });
    expect({ ...back, report: verdicts(back.report) }).toMatchObject({ code: 1, report: ['fail'] });
    expect(back.report.bundle.revision).toBe(good.report.bundle.revision);
    expect(back.stderr).toMatch(/is older than the one used last.*The last good one goes on/);
    const [state, ...more] = await gate.records('bundle_state');
    expect(more).toEqual([]);
    expect(state).toMatchObject({
      layer: 'ci',
      details: {
        state: 'rolled_back',
        action: 'kept_last',
        code: 'BUNDLE_ROLLBACK',
        serial: SERIAL.first,
        used: { serial: SERIAL.second, revision: good.report.bundle.revision },
      },
    });
    const decided = (await gate.records('decision')).at(-1);
    expect(state?.details).toMatchObject({ used: { digest: decided?.bundle_digest } });
    expect(decided?.bundle_digest).not.toBe(state?.bundle_digest);
  });

  it('is noticed when it goes back to one of another lineage that the same key signed', async () => {
    expect((await gate.serve('second').check(SEALED)).code).toBe(0);
    const back = await gate.serve('other').check(OPEN);
    expect(back.stderr).toMatch(/is older than the one used last.*The last good one goes on/);
    expect(await gate.records('bundle_state')).toMatchObject([
      { details: { state: 'rolled_back', action: 'kept_last', used: { serial: SERIAL.second } } },
    ]);
    // From another place, where nothing was used before, it is what it is.
    expect((await gate.elsewhere().serve('other').check(SEALED)).code).toBe(0);
  });

  it('is noticed when it serves a newer one of another repository, which is used only where that is asked for', async () => {
    const good = await gate.serve('second').check(SEALED);
    const other = await gate.serve('newer').check(OPEN);
    expect({ ...other, report: verdicts(other.report) }).toMatchObject({ code: 1, report: ['fail'] });
    expect(other.report.bundle.revision).toBe(good.report.bundle.revision);
    expect(other.stderr).toMatch(
      /is of the policy repository other, and not of fixture.*The last good one goes on/,
    );
    expect(await gate.records('bundle_state')).toMatchObject([
      {
        layer: 'ci',
        details: {
          state: 'other_lineage',
          action: 'kept_last',
          code: 'BUNDLE_LINEAGE',
          serial: SERIAL.newer,
          used: { serial: SERIAL.second },
        },
      },
    ]);
    // A name that is not the bundle's own accepts nothing.
    const third = await gate.check(SEALED, '--accept-lineage', 'third');
    expect(third.code).toBe(3);
    expect(third.stderr).toContain('is of the policy repository other, and not of third');
    const accepted = await gate.check(SEALED, '--accept-lineage', 'other');
    expect(accepted.code).toBe(0);
    expect(accepted.report.bundle.revision).not.toBe(good.report.bundle.revision);
    // From then on this is the one of the place, and going back is the change.
    expect((await gate.check(SEALED)).report.bundle.revision).toBe(accepted.report.bundle.revision);
    expect((await gate.serve('second').check(SEALED)).report.bundle.revision).toBe(
      accepted.report.bundle.revision,
    );
  });

  it('is noticed when it freezes: once the signature has ended nothing passes, and that is a record', async () => {
    expect((await gate.serve('weekly').check(SEALED)).code).toBe(0);
    expect((await gate.at('2026-11-26T23:59:59Z').check(SEALED)).code).toBe(0);
    const late = await gate.at('2026-11-27T00:00:00Z').check(SEALED);
    expect(late.code).toBe(3);
    expect(late.report.reason).toBe('the bundle expired at 2026-11-27T00:00:00.000Z: nothing passes by it');
    expect(verdicts(late.report)).toEqual(['not_evaluated']);
    // What it finds wrong is wrong.
    const failed = await gate.check(OPEN);
    expect({ ...failed, report: verdicts(failed.report) }).toMatchObject({ code: 1, report: ['fail'] });
    const states = await gate.records('bundle_state');
    expect(states.map(({ details }) => details)).toEqual(
      [1, 2].map(() =>
        expect.objectContaining({
          state: 'stale',
          action: 'nothing_passes',
          serial: SERIAL.second,
          expires: '2026-11-27T00:00:00.000Z',
        }),
      ),
    );
    expect((await gate.records('decision')).filter(({ verdict }) => verdict === 'pass')).toHaveLength(2);
    // Signed again, the same policies pass again.
    expect((await gate.serve('renewed').check(SEALED)).code).toBe(0);
  });

  it('that freezes after a renewal does no harm while the kept one holds', async () => {
    gate.at('2026-11-26T12:00:00Z');
    expect((await gate.serve('renewed').check(SEALED)).code).toBe(0);
    const late = await gate.serve('weekly').at('2026-11-28T00:00:00Z').check(SEALED);
    expect(late.code).toBe(0);
    const [state] = await gate.records('bundle_state');
    expect(state?.details).toMatchObject({
      state: 'stale',
      action: 'kept_last',
      expires: '2026-11-27T00:00:00.000Z',
      used: { expires: '2026-12-03T00:00:00.000Z' },
    });
  });
});

describe('a clock that is set back', () => {
  it('does not make an expired bundle hold again: nothing is judged, and that is a record', async () => {
    gate.serve('weekly');
    expect((await gate.at('2026-11-26T12:00:00Z').check(SEALED)).code).toBe(0);
    // Expired: nothing passes. Then somebody turns the clock back to a day on which it held.
    expect((await gate.at('2026-11-28T00:00:00Z').check(SEALED)).code).toBe(3);
    const decided = (await gate.records('decision')).length;
    const back = await gate.at('2026-11-25T00:00:00Z').check(SEALED);
    expect(back.code).toBe(3);
    expect(back.stderr).toContain('BUNDLE_CLOCK');
    expect(back.stderr).toContain('--accept-clock');
    expect(await gate.records('decision')).toHaveLength(decided);
    expect((await gate.records('bundle_state')).at(-1)).toMatchObject({
      details: { state: 'unverifiable', action: 'refused', code: 'BUNDLE_CLOCK' },
    });
    // Asked for once, the time is this one from then on.
    expect((await gate.check(SEALED, '--accept-clock')).code).toBe(0);
    expect((await gate.check(SEALED)).code).toBe(0);
  });

  it('may go back five minutes, in one step or in many', async () => {
    gate.serve('second');
    expect((await gate.at('2026-11-26T12:00:00Z').check(SEALED)).code).toBe(0);
    expect((await gate.at('2026-11-26T11:57:00Z').check(SEALED)).code).toBe(0);
    expect((await gate.at('2026-11-26T11:55:00Z').check(SEALED)).code).toBe(0);
    expect((await gate.at('2026-11-26T11:54:59Z').check(SEALED)).code).toBe(3);
  });

  it('is noticed while a kept bundle goes on as well', async () => {
    expect((await gate.at('2026-11-26T12:00:00Z').serve('weekly').check(SEALED)).code).toBe(0);
    gate.at('2026-11-28T00:00:00Z').serve('strange');
    expect((await gate.check(SEALED)).code).toBe(3);
    const back = await gate.at('2026-11-26T12:00:00Z').check(SEALED);
    expect(back.stderr).toContain('BUNDLE_CLOCK');
  });
});

describe('a bundle that does not verify', () => {
  it('is not used: the last good one goes on', async () => {
    expect((await gate.serve('second').check(SEALED)).code).toBe(0);
    const damaged = await gate.serve('strange').check(OPEN);
    expect({ ...damaged, report: verdicts(damaged.report) }).toMatchObject({ code: 1, report: ['fail'] });
    const [state] = await gate.records('bundle_state');
    expect(state?.details).toMatchObject({
      state: 'unverifiable',
      action: 'kept_last',
      used: { serial: SERIAL.second },
    });
  });

  it('stops the gate where there is no last good one, and that is a record', async () => {
    const refused = await gate.serve('strange').check(SEALED);
    expect(refused.code).toBe(3);
    expect(await gate.records('decision')).toEqual([]);
    const [state] = await gate.records('bundle_state');
    expect(state?.details).toMatchObject({ state: 'unverifiable', action: 'refused' });
  });

  it('is not replaced by a kept one that somebody exchanged for an older one', async () => {
    expect((await gate.serve('second').check(SEALED)).code).toBe(0);
    const kept = join(gate.folder, 'state', 'bundles');
    for (const name of readdirSync(kept)) copyFileSync(bundles.first, join(kept, name));
    expect((await gate.serve('strange').check(SEALED)).code).toBe(3);
    expect((await gate.records('bundle_state')).at(-1)?.details).toMatchObject({ action: 'refused' });
  });
});
