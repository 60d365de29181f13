import { describe, expect, it } from 'vitest';
import { writeFixture } from '../../policy/testing/fixture.ts';
import type { Context } from '../context.ts';
import { main } from '../main.ts';

const POLICY = `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: team-named
  annotations:
    policies.kyverno.io/title: Pods name their team
    policies.kyverno.io/severity: low
    policies.kyverno.io/description: Every pod has the label team.
    exhibit/policy: |
      owner: platform
      controls: [{control: soc2/cc6.1, strength: supporting, rationale: Says who answers for a pod.}]
      layers: {admission: enforce}
      cadence: change
      remediation: Set the label team.
      since: "2026-11-25"
spec: {rules: []}
`;

/** What `policy test` says, in one line. */
async function test(folder: string, ...flags: string[]): Promise<{ code: number; flat: string }> {
  let written = '';
  const sink = {
    write: (text: string) => {
      written += text;
    },
    isTTY: false,
    columns: 200,
  };
  const context: Context = {
    env: { ...process.env, EXHIBIT_KYVERNO: '/nowhere/kyverno' },
    cwd: folder,
    clock: () => 0,
    random: (length) => new Uint8Array(length),
    stdout: sink,
    stderr: sink,
  };
  const code = await main(['policy', 'test', folder, ...flags], context);
  return { code, flat: written.replace(/\s+/g, ' ') };
}

describe('policy test --policy', () => {
  it('tests one policy with what it shares, and says that it was one of several', async () => {
    const { code, flat } = await test(await writeFixture(), '--policy', 'box-sealed');
    expect({ code, flat }).toEqual({ code: 0, flat: expect.stringContaining('2 of 2 tests pass') });
    expect(flat).toContain('2 of 2 examples are judged as named');
    expect(flat).toMatch(
      /1 of [2-9] policies was tested: 2 tests of its own, 1 module covered to 100\.0 %\./,
    );
    expect(flat).toMatch(/Shared by all policies: 0 tests and \d+ modules?; the counts above have both/);
  });

  it('says nothing of modules where a failed test leaves nothing measured', async () => {
    const wrong = 'package exhibit.policies.box_more_test\n\nimport rego.v1\n\ntest_wrong if false\n';
    const folder = await writeFixture({ 'policies/box/box-sealed/more_test.rego': wrong });
    const { code, flat } = await test(folder, '--policy', 'box-sealed');
    expect(code).toBe(1);
    expect(flat).toContain('was tested: 3 tests of its own. Shared by all policies: 0 tests not passed');
  });

  it('leaves out what is wrong in another policy, and finds what is wrong in this one', async () => {
    const folder = await writeFixture({ 'policies/k8s/team-named/kyverno.yaml': POLICY });
    expect((await test(folder, '--policy', 'box-sealed')).code).toBe(0);
    expect((await test(folder, '--policy', 'team-named')).code).toBe(3);
  });

  it('does not pass over an id that no policy has', async () => {
    const { code, flat } = await test(await writeFixture(), '--policy', 'box-seeled');
    expect(code).toBe(2);
    expect(flat).toContain('there is no policy box-seeled');
    expect(flat).toContain('Is box-sealed meant?');
  });
});

it('policy test without the tool of a policy is neither passed nor failed: exit 3, and it says how to get the tool', async () => {
  const folder = await writeFixture({ 'policies/k8s/team-named/kyverno.yaml': POLICY });
  const { code, flat } = await test(folder);
  expect(code).toBe(3);
  expect(flat).toContain('not tested 1 policy, such as team-named: kyverno 1.17 or newer was not found');
  expect(flat).toContain('set EXHIBIT_KYVERNO to its path');
  expect(flat).toContain('7 of 7 examples are judged as named');
});
