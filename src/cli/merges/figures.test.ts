import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { writeFixture } from '../../policy/testing/fixture.ts';
import type { OverrideReport } from '../override/report-schema.ts';
import { Machine } from '../testing/program.ts';

const PLACE = 'https://github.com/example/shop';
const shas = { 7: '7'.repeat(40), 8: '8'.repeat(40), 9: '9'.repeat(40), 10: 'a'.repeat(40) };

let lake: Fixture;
let machine: Machine;
beforeEach(async () => {
  lake = await makeFixture('2026-03-02T09:00:00.000Z');
  machine = new Machine('2026-03-03T09:00:00Z');
});
afterEach(() => lake.remove());

/** A run with one decision a policy: its severity is high, and a fail blocks. */
async function gate(commit: string, run: number, verdicts: Record<string, 'pass' | 'fail'>): Promise<void> {
  lake.at('2026-03-02T11:00:00.000Z');
  const about = {
    ...{ repository: PLACE, commit, run_id: `01900000-0000-7000-8000-00000000000${run}` },
    ...(await lake.announce('r1', [['encrypted', 'soc2/cc6.1']])),
  };
  const decisions = Object.entries(verdicts).map(([policy_id, verdict], run_index) => ({
    ...{ record_type: 'decision' as const, run_index, policy_id, rule_id: policy_id, verdict, ...about },
    ...{ subject_type: 'database', subject_id: 'db', severity: 'high' as const, details: {} },
    disposition: verdict === 'fail' ? ('enforced' as const) : ('none' as const),
  }));
  const end = { record_type: 'run' as const, run_total: decisions.length, details: { fail_on: 'high' } };
  await lake.put('ci/shop', ...decisions, { ...end, ...about });
}

const pull = (number: keyof typeof shas) => ({
  ...{ number, html_url: `${PLACE}/pull/${number}`, title: 'A change', labels: [] },
  ...{ merged_at: '2026-03-02T12:00:00Z', merged_by: { login: 'ada' } },
  ...{ head: { sha: shas[number] }, base: { ref: 'main' } },
});
async function imported(...numbers: (keyof typeof shas)[]): Promise<void> {
  writeFileSync(join(machine.folder, 'pulls.json'), JSON.stringify(numbers.map(pull)));
  const { code } = await machine.run(
    ...['merges', 'import', 'github', '--repository', 'github.com/example/shop', '--branch', 'main'],
    ...['--evidence', lake.folder, '--file', 'pulls.json'],
  );
  expect(code).toBe(1);
}

describeWithOpa('override report', () => {
  it('counts changes that came past the gate by repository, policy and kind, each once', async () => {
    await gate(shas[7], 1, { encrypted: 'pass' });
    await gate(shas[8], 2, { encrypted: 'fail', logged: 'fail', named: 'pass' });
    await gate(shas[9], 3, { encrypted: 'fail' });
    // The second import takes in what the first one had, too.
    await imported(7, 8);
    await imported(7, 8, 9, 10);
    const repository = await writeFixture({ 'overrides/bad.yaml': undefined });
    const asked = ['override', 'report', repository, '--evidence', lake.folder];
    const { stdout } = await machine.run(...asked, '-o', 'json');
    const { evidence } = JSON.parse(stdout) as OverrideReport;
    // By hand: 7 was clean; 8 failed with two policies, 9 with one of them; 10 had no run, so every policy was passed over.
    expect(evidence?.bypasses).toEqual({
      by_repository: [
        { repository: 'github.com/example/shop', changes: 4, gated: 1, bypassed: 3, unknown: 0 },
      ],
      by_policy: [
        { policy: 'encrypted', bypasses: 2 },
        { policy: 'every policy', bypasses: 1 },
        { policy: 'logged', bypasses: 1 },
      ],
      by_kind: [
        { kind: 'failing_run', bypasses: 2 },
        { kind: 'no_run', bypasses: 1 },
      ],
    });
    expect((await machine.run(...asked)).stdout).toMatch(/every policy/);
  });

  it('says nothing of bypasses where no merges were imported', async () => {
    await gate(shas[7], 1, { encrypted: 'pass' });
    const repository = await writeFixture({ 'overrides/bad.yaml': undefined });
    const { stdout } = await machine.run(
      'override',
      'report',
      repository,
      '--evidence',
      lake.folder,
      '-o',
      'json',
    );
    expect((JSON.parse(stdout) as OverrideReport).evidence).not.toHaveProperty('bypasses');
  });
});
