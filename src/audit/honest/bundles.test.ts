import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Machine } from '../../cli/testing/program.ts';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { openReader } from '../../ledger/index.ts';
import { commitAll, FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { readHonestFacts } from './read.ts';

const box = FIXTURE['policies/box/box-sealed/policy.rego'] ?? '';
const proven = `${box.replaceAll('box_sealed', 'box_proven').replaceAll('box-sealed', 'box-proven')}
proven if data.lib.proof.state == "attested"
`;

const PROOF = `package lib.proof

state := input.exhibit.attestation.object.state
`;

describeWithOpa('policies that ask for a pass of CI', () => {
  it('are known by what they read, in the bundle that was in force when the period began and in later ones', async () => {
    const machine = new Machine('2026-11-10T12:00:00Z');
    const repository = await writeFixture({ '.gitignore': '/.exhibit/\n' });
    const done = async (...args: string[]) => {
      const { code, stderr } = await machine.run(...args);
      expect(`${code} ${stderr}`).toMatch(/^0 /);
    };
    const announce = async (time: string) => {
      machine.now = Date.parse(time);
      await commitAll(repository, time);
      await done('policy', 'build', repository);
      await done('policy', 'sign', repository);
      const built = join(repository, '.exhibit');
      const key = join(built, 'keys', 'bundle.pub.pem');
      const bundle = ['--bundle', join(built, 'bundle.tar.gz'), '--bundle-key', key];
      await done('check', 'boxes.json', ...bundle, '--evidence', 'evidence', '--emitter', 'ci');
    };
    const facts = async (from: string, to: string) => {
      const reader = await openReader(join(machine.folder, 'evidence'));
      try {
        const period = { from: Date.parse(from), to: Date.parse(to) };
        return await readHonestFacts(reader, { ...period, runs: [], gated: 'merges/gated' });
      } finally {
        await reader.close();
      }
    };
    await done('ledger', 'init', 'evidence');
    writeFileSync(join(machine.folder, 'boxes.json'), '{"boxes": [{"id": "box/1", "sealed": true}]}');
    await announce('2026-11-10T12:00:00Z');
    const before = await facts('2026-11-09T00:00:00Z', '2026-11-11T00:00:00Z');
    expect([...before.asking_for_a_pass]).toEqual([]);
    expect([...before.blocking_in_ci]).toContain('box-sealed');
    const more = {
      'policies/box/box-proven/policy.rego': proven,
      'lib/proof/proof.rego': PROOF,
    };
    await writeFixture(more, repository);
    await announce('2026-11-12T12:00:00Z');
    const during = await facts('2026-11-11T00:00:00Z', '2026-11-13T00:00:00Z');
    expect([...during.asking_for_a_pass]).toEqual(['box-proven']);
    // Nothing was announced in this period; what was in force holds.
    const after = await facts('2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z');
    expect([...after.asking_for_a_pass]).toEqual(['box-proven']);
    expect([...after.blocking_in_ci]).toContain('box-sealed');
  }, 60_000);
});
