import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';

describe('Terrascan, -o json', () => {
  it('reads violations; kinds of code that are not there are a note', async () => {
    const read = await readFixture('terrascan/many_findings.json');
    // scan_summary: violated_policies 9, high 7, medium 2
    expect(tally(read.outcomes)).toEqual({ fail: 9 });
    expect(severities(read.outcomes)).toEqual({ high: 7, medium: 2 });
    expect(read.facts).toMatchObject({
      ended: '2021-05-19T13:13:06.083Z',
      population: 'failures',
      note: 'not there: kustomize, helm',
    });
    expect((await ingested(read)).complete).toBe(true);
    expect(read.outcomes[0]).toMatchObject({
      check: 'accurics.gcp.NS.109',
      subject: { id: 'google_container_cluster.k8s_cluster' },
      line: 52,
    });
  });

  it('reads passes, skipped violations and errors', async () => {
    const rule = { rule_id: 'AC_AWS_1', severity: 'HIGH' };
    const { outcomes, problems, facts } = await readText(
      JSON.stringify({
        results: {
          violations: null,
          passed_rules: [rule],
          skipped_violations: [
            { ...rule, resource_name: 'a', resource_type: 'aws_s3_bucket', comment: 'known' },
          ],
          scan_errors: [{ iac_type: 'terraform', directory: 'x', errMsg: 'cannot parse main.tf' }],
          scan_summary: { 'file/folder': '/src', policies_validated: 2, violated_policies: 0 },
        },
      }),
      'r.json',
    );
    expect(tally(outcomes)).toEqual({ pass: 1, not_evaluated: 1, suppressed: 1 });
    expect([facts.population, problems[0]?.message]).toEqual(['all', 'terrascan: cannot parse main.tf']);
  });
});
