import { describe, expect, it } from 'vitest';
import { controlIds } from '../../testing/control-ids.ts';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, hasFixture, readFixture, readText } from '../../testing/read-fixture.ts';
import { policyReport } from './policy-report.ts';

const why = 'it has a report of the group wgpolicyk8s.io';
const verdicts = async (name: string) => (await readFixture(name)).outcomes.map(({ verdict }) => verdict);

describe('PolicyReport', () => {
  // Each file counted by hand: yq '.results[].result'.
  it.each([
    // Without its summary a report in YAML may have been cut off.
    ['kyverno/chainsaw-step-03-assert-1.yaml', ['not_evaluated']],
    ['kyverno/kyverno--audit-annotations--report-assert.yaml', ['pass']],
    ['kyverno/kyverno--exception--report-assert.yaml', ['not_evaluated']],
    ['kyverno/kyverno--with-binding-fail--report-assert.yaml', ['fail']],
    ['kyverno/report-assert.yaml', ['pass', 'fail', 'pass']],
    ['kyverno/report.yaml', ['fail']],
    ['policyreport/sample-falco-policy.yaml', ['fail', 'fail']],
  ])('%s', async (name, expected) => {
    const { detected, problems } = await readFixture(name);
    expect(detected).toMatchObject({ source: { id: 'policy-report' }, why, also: [] });
    expect(problems).toEqual([]);
    expect(await verdicts(name)).toEqual(expected);
  });

  it('keeps three engines with one policy name apart', async () => {
    const { outcomes } = await readFixture('kyverno/report-assert.yaml');
    expect(outcomes.map(({ tool, check, details }) => [tool, check, details?.source])).toEqual([
      ['kyverno', 'report-background-sample', 'KyvernoValidatingPolicy'],
      ['kyverno', 'report-background-sample', 'KyvernoImageValidatingPolicy'],
      ['validating-admission-policy', 'report-background-sample', 'ValidatingAdmissionPolicy'],
    ]);
    expect(outcomes[0]?.subject).toEqual({
      type: 'Deployment',
      id: 'Deployment/test-deployment-vpol-background',
      name: 'test-deployment-vpol-background',
    });
  });

  it('takes a skip by a PolicyException for a suppression, and for no pass', async () => {
    const { outcomes } = await readFixture('kyverno/kyverno--exception--report-assert.yaml');
    expect(outcomes[0]).toMatchObject({
      check: 'require-labels',
      rule: 'require-team',
      verdict: 'not_evaluated',
      suppressed: { kind: 'PolicyException', reason: 'mynewpolex' },
    });
  });

  it('takes a change by Kyverno for no pass', async () => {
    // As Kyverno 1.19.1 wrote it of a pod that it changed, shortened.
    const result = (message: string, source = 'kyverno') => ({
      policy: 'p',
      rule: 'r',
      result: 'pass',
      message,
      source,
    });
    const report = {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      metadata: { name: 'r', namespace: 'shop' },
      scope: { apiVersion: 'v1', kind: 'Pod', name: 'good', namespace: 'shop' },
      results: [
        result('mutated Pod/good in namespace shop'),
        result("validation rule 'r' passed."),
        result('mutated image digest'),
        result('mutated Pod/good in namespace shop', 'other'),
      ],
      summary: { pass: 4 },
    };
    const { outcomes, problems } = await readText(JSON.stringify(report), 'r.json');
    expect(problems).toEqual([]);
    expect(outcomes.map(({ verdict, disposition }) => [verdict, disposition])).toEqual([
      ['not_applicable', 'enforced'],
      ['pass', undefined],
      ['pass', undefined],
      ['pass', undefined],
    ]);
    expect(outcomes[0]?.details).toMatchObject({ result: 'pass' });
  });

  it('tells a skip of Kyverno for its preconditions from a skip of others', async () => {
    const report = (source: string) => `apiVersion: wgpolicyk8s.io/v1beta2
kind: PolicyReport
metadata: {name: r, namespace: n}
results: [{policy: p, result: skip, source: ${source}}, {policy: p, result: warn, source: ${source}}]
summary: {skip: 1, warn: 1}
`;
    const of = async (source: string) =>
      (await readText(report(source), 'r.yaml')).outcomes.map(({ verdict }) => verdict);
    expect(await of('kyverno')).toEqual(['not_applicable', 'fail']);
    expect(await of('other')).toEqual(['not_evaluated', 'fail']);
  });

  it('says which report lists fewer results than its summary counts', async () => {
    const text = fixtureText('kyverno/report-assert.yaml').replace('pass: 2', 'pass: 40');
    const { problems, outcomes } = await readText(text, 'r.yaml');
    expect(outcomes).toHaveLength(3);
    expect(problems.map(({ message }) => message)).toEqual([
      'PolicyReport: the summary says 40 pass, and 2 are listed',
    ]);
  });

  it('says what is no report in a list, and reads the others', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'wgpolicyk8s.io/v1alpha2',
          kind: 'PolicyReport',
          metadata: { name: 'a' },
          results: [{ policy: 'p', result: 'pass' }, { result: 'pass' }],
        },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
        7,
      ],
    };
    const { outcomes, problems } = await readText(JSON.stringify(list), 'l.json');
    expect(outcomes).toHaveLength(1);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^items\[0\]\.results\[1\]\.policy: /),
      'items[1]: a ConfigMap is no report of wgpolicyk8s.io',
      'items[2]: a value without a kind is no report of wgpolicyk8s.io',
    ]);
  });

  it('takes no unknown word for a pass, nor what was cut off', async () => {
    const text = fixtureText('kyverno/report-assert.yaml').replaceAll('result: pass', 'result: Passed');
    expect((await readText(text, 'r.yaml')).outcomes.map(({ verdict }) => verdict)).toEqual([
      'not_evaluated',
      'fail',
      'not_evaluated',
    ]);
    await cutOff(fixtureText('kyverno/report-assert.yaml'), 'r.yaml', policyReport);
  });

  it('names the rules of Falco and the policies of Kyverno as the control map does', async () => {
    const falco = await readText(
      'apiVersion: wgpolicyk8s.io/v1alpha2\nkind: PolicyReport\nmetadata: {name: f}\nresults: [{source: Falco, policy: syscall, rule: Terminal shell in container, result: fail}]\n',
      'f.yaml',
    );
    const [outcome] = falco.outcomes;
    expect(controlIds('falco')).toContain(`${outcome?.tool}/${outcome?.check}`);
  });

  const large = 'policyreport/policy-report.yaml';
  it.skipIf(!hasFixture(large))(
    `reads ${large} whole (skipped where the larger fixtures are not beside the checkout)`,
    async () => {
      const { outcomes, problems } = await readFixture(large);
      expect(problems).toEqual([]);
      // Of 122 results 37 pass; 36 fail and 49 warn, which says that the requirements are not met: 36 + 49 = 85.
      expect(outcomes.filter(({ verdict }) => verdict === 'pass')).toHaveLength(37);
      expect(outcomes.filter(({ verdict }) => verdict === 'fail')).toHaveLength(85);
      expect(outcomes.filter(({ details }) => details?.result === 'warn')).toHaveLength(49);
      expect(outcomes).toHaveLength(122);
      expect(outcomes[0]).toMatchObject({
        rule: '1.1.1',
        subject: { id: 'PolicyReport/default/cis-dummy-policy' },
      });
    },
  );
});
