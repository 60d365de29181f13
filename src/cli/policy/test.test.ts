import { expect, it } from 'vitest';
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

it('policy test without the tool of a policy is neither passed nor failed: exit 3, and it says how to get the tool', async () => {
  const folder = await writeFixture({ 'policies/k8s/team-named/kyverno.yaml': POLICY });
  let stdout = '';
  const sink = (write: (text: string) => void) => ({ write, isTTY: false, columns: 200 });
  const context: Context = {
    env: { ...process.env, EXHIBIT_KYVERNO: '/nowhere/kyverno' },
    cwd: folder,
    clock: () => 0,
    random: (length) => new Uint8Array(length),
    stdout: sink((text) => {
      stdout += text;
    }),
    stderr: sink(() => undefined),
  };
  expect(await main(['policy', 'test', folder], context)).toBe(3);
  const flat = stdout.replace(/\s+/g, ' ');
  expect(flat).toContain('not tested 1 policy, such as team-named: kyverno 1.17 or newer was not found');
  expect(flat).toContain('set EXHIBIT_KYVERNO to its path');
  expect(flat).toContain('7 of 7 examples are judged as named');
});
