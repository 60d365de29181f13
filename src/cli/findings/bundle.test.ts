import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { openLedger } from '../../ledger/index.ts';
import { commitAll, writeFixture } from '../../policy/testing/fixture.ts';
import { formatInstant, SCHEMA, uuidv7 } from '../../record/index.ts';
import { Machine } from '../testing/program.ts';
import { findingsSchema } from './schema.ts';

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describeWithOpa('findings and the overrides of a real bundle', () => {
  it('an override holds from when a run announced it until a later bundle leaves it out', async () => {
    const machine = new Machine('2026-11-10T12:00:00Z');
    const repository = await writeFixture({ '.gitignore': '/.exhibit/\n' });
    const done = async (...args: string[]) => {
      const { code, stderr } = await machine.run(...args);
      expect(`${code} ${stderr}`).toMatch(/^0 /);
    };
    const announce = async (time: string) => {
      await commitAll(repository, time);
      await done('policy', 'build', repository);
      await done('policy', 'sign', repository);
      const built = join(repository, '.exhibit');
      const key = join(built, 'keys', 'bundle.pub.pem');
      await done(
        ...['check', 'boxes.json', '--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', key],
        ...['--evidence', 'evidence', '--emitter', 'ci'],
      );
    };
    const fail = async () => {
      const ledger = await openLedger(join(machine.folder, 'evidence'), { clock: () => machine.now, random });
      const run_id = uuidv7(machine.now, random);
      await ledger.append('watch', [
        {
          ...{
            schema: SCHEMA,
            record_id: uuidv7(machine.now, random),
            record_type: 'decision',
            run_id,
            run_index: 0,
          },
          ...{ observed_at: formatInstant(machine.now), emitter: 'watch', layer: 'runtime', tool: 'exhibit' },
          ...{ policy_id: 'box-sealed', rule_id: 'box-sealed', subject_type: 'box', subject_id: 'box/7' },
          ...{ verdict: 'fail', disposition: 'observed', severity: 'high' },
        },
      ]);
      await ledger.seal();
      await ledger.close();
    };
    const state = async () => {
      const { stdout } = await machine.run(
        'findings',
        'list',
        '--all',
        '--evidence',
        'evidence',
        '-o',
        'json',
      );
      return findingsSchema.parse(JSON.parse(stdout)).findings.map((each) => each.state);
    };
    await done('ledger', 'init', 'evidence');
    writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": [{"id": "box/1", "sealed": true}]}');
    await fail();
    expect(await state()).toEqual(['open']);
    machine.at('2026-11-10T13:00:00Z');
    await announce('2026-11-01T12:00:00Z');
    expect(await state()).toEqual(['waived']);
    machine.at('2026-11-11T13:00:00Z');
    rmSync(join(repository, 'overrides', 'ok.yaml'));
    await announce('2026-11-11T12:00:00Z');
    expect(await state()).toEqual(['reopened']);
    // The whole policy leaves the repository: nobody judges by it, which mends nothing.
    const policy = join(repository, 'policies', 'box', 'box-sealed');
    const kept = readFileSync(join(policy, 'policy.rego'), 'utf8');
    const layers = kept.replace(
      'ci: enforce, pre-commit: warn',
      'ci: enforce, pre-commit: warn, runtime: observe',
    );
    writeFileSync(join(policy, 'policy.rego'), layers);
    machine.at('2026-11-12T13:00:00Z');
    await announce('2026-11-12T12:00:00Z');
    expect(await state()).toEqual(['reopened']);
    writeFileSync(join(policy, 'policy.rego'), kept);
    machine.at('2026-11-13T13:00:00Z');
    await announce('2026-11-13T12:00:00Z');
    expect(await state()).toEqual(['withdrawn']);
    const { code, stdout } = await machine.run('findings', 'list', '--evidence', 'evidence');
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 withdrawn')]);
    expect(stdout).toContain('nothing shows that it was mended');
    writeFileSync(join(policy, 'policy.rego'), layers);
    machine.at('2026-11-14T13:00:00Z');
    await announce('2026-11-14T12:00:00Z');
    expect(await state()).toEqual(['reopened']);
  }, 60_000);
});
