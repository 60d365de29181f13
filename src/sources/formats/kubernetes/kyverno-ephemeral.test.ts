import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { kyvernoEphemeral } from './kyverno-ephemeral.ts';

describe('Kyverno, intermediate reports', () => {
  it('reads an EphemeralReport: the whole name stands in an annotation', async () => {
    const { detected, outcomes, problems } = await readFixture('kyverno/ephemeral-report.yaml');
    expect(detected).toMatchObject({
      source: { id: 'kyverno-ephemeral' },
      why: 'it has an intermediate report of Kyverno',
      also: [],
    });
    expect(problems).toEqual([]);
    // One report with one result.
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({
      tool: 'kyverno',
      check: 'validate-long-resource-labels',
      rule: 'check-label-length',
      verdict: 'fail',
      layer: 'admission',
      subject: {
        type: 'VeryLongResource',
        id: 'VeryLongResource/very-long-resource-name-testing-label-length',
      },
    });
  });

  it('reads an AdmissionReport of before', async () => {
    const text = `apiVersion: kyverno.io/v1alpha2
kind: AdmissionReport
metadata: {name: x, namespace: shop, ownerReferences: [{kind: Pod, name: web}]}
spec:
  results: [{policy: disallow-latest-tag, result: pass}, {policy: require-limits, result: skip, properties: {exceptions: e}}]
  summary: {pass: 1, skip: 1}
`;
    const { outcomes, problems } = await readText(text, 'r.yaml');
    expect(problems).toEqual([]);
    expect(outcomes.map(({ subject, verdict, layer }) => [subject.id, verdict, layer])).toEqual([
      ['Pod/shop/web', 'pass', 'admission'],
      ['Pod/shop/web', 'not_evaluated', 'admission'],
    ]);
  });

  it('invents no pass of a damaged file', async () => {
    await cutOff(fixtureText('kyverno/ephemeral-report.yaml'), 'r.yaml', kyvernoEphemeral);
    const { problems } = await readText('{"apiVersion":"v1","kind":"Secret"}', 'r.json', kyvernoEphemeral);
    expect(problems).toMatchObject([{ message: 'the value is no intermediate report of Kyverno' }]);
  });
});
