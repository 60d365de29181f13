import { beforeAll, describe, expect, it } from 'vitest';
import { findOpa, type Opa, readRepository, type TestReport, testRepository } from './index.ts';
import { writeFixture } from './testing/fixture.ts';

let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});
const BOX = 'policies/box/box-sealed';

async function test(
  changes: Record<string, string | undefined> = {},
  threshold?: number,
): Promise<TestReport> {
  const repository = await readRepository(await writeFixture(changes), { opa });
  return testRepository(repository, { opa, ...(threshold === undefined ? {} : { threshold }) });
}

describe('testRepository', () => {
  it('runs every test and judges every example, in all styles and both syntaxes', async () => {
    const report = await test();
    expect(report.failures).toEqual([]);
    expect(report.tests.map(({ name, outcome }) => `${name} ${outcome}`).sort()).toEqual([
      'test_label pass',
      'test_missing pass',
      'test_open pass',
      'test_sealed pass',
    ]);
    expect(
      report.examples.map(({ file, ok }) => `${file.slice(file.lastIndexOf('/') + 1)} ${ok}`).sort(),
    ).toEqual([
      'bad-none.yaml true',
      'bad-none.yaml true',
      'bad-open.json true',
      'good-exempt.yaml true',
      'good-owner.yaml true',
      'good-sealed.json true',
      'good-team.yaml true',
    ]);
    const [bad] = report.examples;
    expect(bad).toEqual({
      policy_id: 'box-sealed',
      file: `${BOX}/examples/bad-open.json`,
      expected: 'bad',
      ok: true,
      message: 'box/1 is open',
      subjects: 1,
    });
  });

  it('measures the rules and not the tests, and holds a threshold', async () => {
    const { coverage, files, failures } = await test({}, 95);
    expect(files.some(({ file }) => file.endsWith('_test.rego'))).toBe(false);
    expect(files.find(({ file }) => file === `${BOX}/policy.rego`)).toMatchObject({
      percent: 100,
      uncovered: [],
    });
    // The exception of the second policy has no test: lines 9 to 11 of it.
    expect(files.find(({ percent }) => percent < 100)).toMatchObject({ uncovered: [9, 10, 11] });
    expect(failures).toEqual([`coverage is ${coverage} %, less than 95 %`]);
  });

  it('fails on a test that fails, with its place', async () => {
    const { failures, coverage } = await test({
      'lib/boxes/boxes_test.rego': 'package lib.boxes_test\n\ntest_no if 1 == 2\n',
    });
    expect(failures).toEqual(['lib/boxes/boxes_test.rego:3: test_no fails']);
    expect(coverage).toBeUndefined();
  });

  it('fails where there is no test at all', async () => {
    const { failures } = await test({
      [`${BOX}/policy_test.rego`]: undefined,
      'policies/k8s/labels/policy_test.rego': undefined,
      'policies/k8s/required/policy_test.rego': undefined,
    });
    expect(failures).toEqual(['the repository has no test']);
  });

  it.each([
    [
      'a good example that fails',
      { [`${BOX}/examples/good-sealed.json`]: '{"boxes": [{"id": "b"}]}' },
      /good-sealed\.json: a good example: b is open/,
    ],
    [
      'a bad example in which nothing fails',
      { [`${BOX}/examples/bad-open.json`]: '{"boxes": []}' },
      /bad-open\.json: a bad example: nothing in it fails/,
    ],
    [
      'an example that does not parse',
      { [`${BOX}/examples/bad-open.json`]: '{"boxes": [' },
      /bad-open\.json: a bad example: /,
    ],
    [
      'an example of a kind that the policy does not judge',
      {
        [`${BOX}/examples/bad-open.json`]: undefined,
        [`${BOX}/examples/bad-pod.yaml`]: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
      },
      /bad-pod\.yaml: .*read as kubernetes/,
    ],
  ])('names %s', async (_what, changes, message) => {
    expect((await test(changes)).failures).toEqual([expect.stringMatching(message)]);
  });

  it('judges an example at noon of the day since when its policy is in force', async () => {
    const { FIXTURE } = await import('./testing/fixture.ts');
    const rego = FIXTURE[`${BOX}/policy.rego`] ?? '';
    const late =
      '\n\nviolations contains {"subject": "box/1", "message": time.format(time.now_ns())} if true\n';
    const report = await test({ [`${BOX}/policy.rego`]: `${rego}${late}` });
    expect(report.examples.find(({ file }) => file.endsWith('good-sealed.json'))?.message).toBe(
      '2026-11-01T12:00:00Z',
    );
  });

  it('names the one policy that breaks, and judges the others', async () => {
    const conflict =
      'package lib.boxes\n\nall contains box if some box in input.boxes\n\nname(b) := b.id\n\nname(b) := "x" if b.twice\n';
    const policy = '"name": box.id} if';
    const { FIXTURE } = await import('./testing/fixture.ts');
    const report = await test({
      'lib/boxes/boxes.rego': conflict,
      [`${BOX}/policy.rego`]: (FIXTURE[`${BOX}/policy.rego`] ?? '').replace(
        policy,
        '"name": boxes.name(box)} if',
      ),
      [`${BOX}/examples/good-sealed.json`]: '{"boxes": [{"id": "b", "sealed": true, "twice": true}]}',
    });
    expect(report.failures).toEqual([
      expect.stringMatching(
        /good-sealed\.json: a good example: the policy is in error: .*eval_conflict_error/s,
      ),
    ]);
    expect(report.examples.filter(({ ok }) => ok)).toHaveLength(6);
  });
});
