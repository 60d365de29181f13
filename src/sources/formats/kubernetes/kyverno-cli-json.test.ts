import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { kyvernoCliJson } from './kyverno-cli-json.ts';

const result = (policy: string, said: string, more: Record<string, unknown> = {}) => ({
  source: 'kyverno',
  policy,
  rule: 'r',
  timestamp: { seconds: 1_795_676_853, nanos: 0 },
  result: said,
  scored: true,
  resources: [{ kind: 'Pod', namespace: 'a', name: said, apiVersion: 'v1' }],
  properties: { process: 'background scan', ...more },
});
const report = {
  kind: 'ClusterReport',
  apiVersion: 'openreports.io/v1alpha1',
  metadata: { name: 'merged' },
  source: '',
  summary: { pass: 1, fail: 1, warn: 0, error: 0, skip: 2 },
  results: [
    result('p', 'pass'),
    result('p', 'fail'),
    result('p', 'skip'),
    result('q', 'skip', { exceptions: 'ex' }),
  ],
};
const WARNING =
  'Warning: p.yaml: kyverno.io/v1 ClusterPolicy is deprecated and will be removed in a future release\n';
const applied = `${WARNING}Applying 2 policy rule(s) to 4 resource(s)...\n${JSON.stringify(report)}\n`;
const tested = `Loading test  ( kyverno-test.yaml ) ...
  Loading values/variables ...
  ${WARNING}  Checking results ...

[
  {
    "ID": 1,
    "POLICY": "p",
    "REASON": "Ok",
    "RESOURCE": "v1/Pod/a/good",
    "RESULT": "Pass",
    "RULE": "r"
  },
  {
    "ID": 2,
    "POLICY": "p",
    "REASON": "Want pass, got fail",
    "RESOURCE": "v1/Pod/a/bad",
    "RESULT": "Fail",
    "RULE": "r"
  }
]


Test Summary: 1 tests passed and 1 tests failed

`;

describe('Kyverno CLI', () => {
  it.each([
    ['with its warnings', applied, 'it has lines and a report of kyverno apply'],
    ['alone', JSON.stringify(report), 'its report is named merged, as only the command line does'],
  ])('reads a report of apply %s', async (_, text, why) => {
    const { detected, outcomes, problems } = await readText(text, 'out.txt');
    expect(detected).toMatchObject({ source: { id: 'kyverno-cli-json' }, why });
    expect(problems).toEqual([]);
    expect(outcomes.map(({ verdict, layer, suppressed }) => [verdict, layer, suppressed?.reason])).toEqual([
      ['pass', 'ci', undefined],
      ['fail', 'ci', undefined],
      ['not_applicable', 'ci', undefined],
      ['not_evaluated', 'ci', 'ex'],
    ]);
  });

  it('reads YAML, one report a document', async () => {
    const text = `${WARNING}apiVersion: openreports.io/v1alpha1
kind: ClusterReport
metadata:
  name: merged
results:
- policy: p
  result: fail
  resources:
  - kind: Namespace
    name: x
summary:
  fail: 1

---
apiVersion: openreports.io/v1alpha1
kind: PolicyReport
metadata:
  name: policy-report-ns-a
  namespace: a
results:
- policy: q
  result: pass
summary:
  pass: 1
`;
    const { detected, outcomes, problems } = await readText(text, 'out.yaml');
    expect(detected.source.id).toBe('kyverno-cli-json');
    expect(problems).toEqual([]);
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['p', 'fail'],
      ['q', 'pass'],
    ]);
  });

  it('takes the result of a test for that of the test, and not of the policy', async () => {
    const { detected, outcomes, problems, facts } = await readText(tested, 'out.txt');
    expect(detected).toMatchObject({
      source: { id: 'kyverno-cli-json' },
      why: 'it has lines and results of kyverno test',
    });
    expect(problems).toEqual([]);
    expect(facts.stated).toEqual({ pass: 1, fail: 1 });
    expect(outcomes.map(({ tool, verdict, message }) => [tool, verdict, message])).toEqual([
      ['kyverno-test', 'pass', 'Ok'],
      ['kyverno-test', 'fail', 'Want pass, got fail'],
    ]);
  });

  it('invents no pass where the output is cut off, or holds no report', async () => {
    expect(await cutOff(applied, 'out.txt', kyvernoCliJson)).toBe(19);
    expect(await cutOff(tested, 'out.txt', kyvernoCliJson)).toBeGreaterThan(10);
    const { problems } = await readText('Error: failed to load policies\n', 'out.txt', kyvernoCliJson);
    expect(problems.map(({ message }) => message)).toEqual([
      'kyverno says: Error: failed to load policies',
      'no report and no test results are in the output',
    ]);
  });
});
