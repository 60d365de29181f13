import { beforeAll, describe, expect, it } from 'vitest';
import { findOpa, type Opa, readRepository, type TestReport, testRepository } from '../../policy/index.ts';
import { FIXTURE, writeFixture } from '../../policy/testing/fixture.ts';
import { judgeExamples } from './judge-examples.ts';

const BOX = 'policies/box/box-sealed';
let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});

async function test(changes: Record<string, string | undefined> = {}): Promise<TestReport> {
  const repository = await readRepository(await writeFixture(changes), { opa });
  return testRepository(repository, { opa, judge: judgeExamples });
}
const policy = (change: (rego: string) => string) => change(FIXTURE[`${BOX}/policy.rego`] ?? '');

describe('examples judged with the bundle', () => {
  it('are as named in all styles and both syntaxes', async () => {
    const report = await test();
    expect(report.failures).toEqual([]);
    expect(report.examples.every(({ ok }) => ok)).toBe(true);
    expect(report.examples).toHaveLength(7);
  });

  it('show where WebAssembly and the interpreter differ: a list that is indexed by 0.0', async () => {
    const changed = policy((rego) =>
      rego.replace(
        'some box in boxes.all\n\tnot box.sealed',
        'box := input.boxes[json.unmarshal("0.0")]\n\tnot box.sealed',
      ),
    );
    const report = await test({ [`${BOX}/policy.rego`]: changed });
    expect(report.failures).toEqual([
      `${BOX}/examples/bad-open.json: a bad example: OPA fails box/1, but the bundle's WebAssembly nothing`,
    ]);
  });

  it('are judged at noon of the day since when the policy is in force, by both', async () => {
    const noon = `${Date.parse('2026-11-01T12:00:00Z')}000000`;
    const late = `\n\nviolations contains {"subject": "box/1", "message": "late"} if time.now_ns() != ${noon}\n`;
    const report = await test({ [`${BOX}/policy.rego`]: policy((rego) => `${rego}${late}`) });
    // Its own tests run at the machine's clock.
    expect(report.examples.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.examples).toHaveLength(7);
  });

  it('show a violation whose subject is not in the population, which a check would not believe', async () => {
    const changed = policy((rego) => rego.replace('"subject": box.id', '"subject": "elsewhere"'));
    const report = await test({ [`${BOX}/policy.rego`]: changed });
    expect(report.failures).toEqual([
      expect.stringMatching(
        /bad-open\.json: a bad example: the policy is in error in its bundle: .*elsewhere/,
      ),
    ]);
  });

  it('say so where there is no bundle, and tests and interpreter still answer', async () => {
    const report = await test({
      'lib/clock.rego': 'package lib.clock\n\nhost := opa.runtime().env\n',
    });
    expect(report.failures).toEqual([
      'lib/clock.rego:3:9: The built-in opa.runtime is not there at run time.',
    ]);
    expect(report.examples.every(({ ok }) => ok)).toBe(true);
    expect(report.tests).toHaveLength(4);
  });
});
