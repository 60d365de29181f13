import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { Machine } from '../testing/program.ts';
import { type ImpactReport, impactSchema } from './schema.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
const BOXES = '{"boxes": [{"id": "box/1", "sealed": true}, {"id": "box/2"}, {"id": "pallet/1"}]}';

let machine: Machine;
let repository: string;

/** A gate that judged three boxes on 20 November, and recorded it. */
beforeEach(async () => {
  machine = new Machine('2026-11-20T12:00:00Z');
  repository = await writeFixture({ '.gitignore': '/.exhibit/\n', 'overrides/ok.yaml': undefined });
  await commitAll(repository);
  await done('policy', 'build', repository);
  await done('policy', 'sign', repository);
  await done('ledger', 'init', 'evidence');
  writeFileSync(join(machine.folder, 'boxes.json'), BOXES);
  await check();
}, 60_000);

const check = async (...flags: string[]) => {
  const bundle = join(repository, '.exhibit', 'bundle.tar.gz');
  const key = join(repository, '.exhibit', 'keys', 'bundle.pub.pem');
  const args = ['--bundle', bundle, '--bundle-key', key, '--evidence', 'evidence', ...flags];
  return machine.run('check', 'boxes.json', ...args);
};

async function done(...args: string[]): Promise<void> {
  const { code, stderr } = await machine.run(...args);
  expect({ code, stderr }).toMatchObject({ code: 0 });
}

const edit = (...edits: [string, string][]) =>
  writeFileSync(
    join(repository, POLICY),
    edits.reduce((text, [from, to]) => text.replace(from, to), FIXTURE[POLICY] ?? ''),
  );

async function impact(...flags: string[]): Promise<{ code: number; report: ImpactReport }> {
  const args = ['--evidence', 'evidence', '--bundle', repository, '-o', 'json', ...flags];
  const { code, stdout, stderr } = await machine.run('policy', 'impact', ...args);
  expect({ code, stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(/./) });
  return { code, report: impactSchema.parse(JSON.parse(stdout)) };
}
const rows = ({ differences }: ImpactReport) =>
  differences.map(({ policy_id, subject_id, old, new: now, cause }) => [
    policy_id,
    subject_id,
    old,
    now,
    cause,
  ]);

describe('the impact of a change', () => {
  it('is none where the policies stay', async () => {
    const { code, report } = await impact();
    expect(code).toBe(0);
    expect(report).toMatchObject({
      period: { from: '2026-10-22', to: '2026-11-20' },
      inputs: { judged: 1, not_stored: 0 },
      verdicts: { same: 3, different: 0, transitions: [] },
      complete: true,
    });
  });

  it('lists every verdict that would change, also where a subject comes or goes', async () => {
    edit(
      ['if some box in boxes.all', 'if {\n\tsome box in boxes.all\n\tnot startswith(box.id, "pallet")\n}'],
      ['\tnot box.sealed\n', '\tbox.sealed\n'],
    );
    const { code, report } = await impact();
    expect(code).toBe(0);
    expect(rows(report)).toEqual([
      ['box-sealed', 'box/1', 'pass', 'fail', 'policy'],
      ['box-sealed', 'box/2', 'fail', 'pass', 'policy'],
      ['box-sealed', 'pallet/1', 'fail', 'none', 'policy'],
    ]);
    expect(report.verdicts.transitions).toEqual([
      { old: 'fail', new: 'none', count: 1 },
      { old: 'fail', new: 'pass', count: 1 },
      { old: 'pass', new: 'fail', count: 1 },
    ]);
    const { stdout } = await machine.run(
      'policy',
      'impact',
      '--evidence',
      'evidence',
      '--bundle',
      repository,
    );
    expect(stdout).toContain('0 verdicts stay, 3 would change');
    expect(stdout).toContain('  pass to fail  box/1  (ci, boxes.json)');
  });

  it('tells a change by the policies from what redaction took away', async () => {
    // The key of a box is redacted before its input is stored, so that no rule that reads it can be performed again.
    edit(['\tnot box.sealed\n', '\tbox.key != "open-sesame"\n']);
    await commitAll(repository, '2026-11-19T00:00:00Z');
    await done('policy', 'build', repository);
    await done('policy', 'sign', repository);
    writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": [{"id": "box/9", "key": "open-sesame"}]}');
    machine.at('2026-11-21T00:00:00Z');
    expect((await check()).code).toBe(0);
    const { report } = await impact('--from', '2026-11-21');
    expect(rows(report)).toEqual([['box-sealed', 'box/9', 'pass', 'fail', 'not_reproduced']]);
  });

  it('is not complete where inputs are gone or there are none, and says so', async () => {
    expect((await impact('--from', '2026-11-21', '--to', '2026-11-22')).report).toMatchObject({
      decisions: { total: 0 },
      inputs: { judged: 0, not_stored: 0 },
      complete: false,
    });
    const [{ input_ref = '' } = {}] = (await withChange()).differences;
    const hex = input_ref.slice('sha256:'.length);
    const blobs = readdirSync(join(machine.folder, 'evidence'), { recursive: true, encoding: 'utf8' });
    for (const name of blobs.filter((one) => one.replaceAll('/', '').endsWith(hex)))
      rmSync(join(machine.folder, 'evidence', name));
    const { code, report } = await impact();
    expect(code).toBe(3);
    expect(report).toMatchObject({
      inputs: { judged: 0, not_stored: 1 },
      verdicts: { same: 0, different: 0 },
    });
  });

  async function withChange(): Promise<ImpactReport> {
    edit(['\tnot box.sealed\n', '\tbox.sealed\n']);
    return (await impact()).report;
  }

  it('leaves simulations out, and counts them', async () => {
    await check('--effective-time', '2027-01-01T00:00:00Z');
    const { report } = await impact();
    expect(report.decisions.simulated).toBeGreaterThan(0);
    expect(report.inputs.judged).toBe(1);
  });
});
