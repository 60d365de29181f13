import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';

const location = { filename: '/src/main.tf', start_line: 4 };

describe('tfsec, -f json', () => {
  it('reads failures', async () => {
    const { outcomes, problems, detected } = await readFixture('tfsec/many_findings_current.json');
    expect(detected.source.id).toBe('tfsec-json');
    // CRITICAL 14, HIGH 3, LOW 1, MEDIUM 1: 19
    expect([tally(outcomes), problems]).toEqual([{ fail: 19 }, []]);
    expect(severities(outcomes)).toEqual({ critical: 14, high: 3, medium: 1, low: 1 });
  });

  it('takes an empty report, which may be of nothing, for no pass', async () => {
    const { complete, problems } = await ingested(await readFixture('tfsec/no_findings.json'));
    expect([complete, problems.length]).toEqual([false, 1]);
    expect(problems[0]?.hint).toContain('--include-passed');
  });

  it('reads the words of old versions and the numbers of version 1', async () => {
    const rows = [
      {
        rule_id: 'AVD-AWS-0107',
        long_id: 'aws-ec2-no-public-ingress-sgr',
        status: 0,
        resource: 'aws_security_group_rule.a',
        location,
      },
      { rule_id: 'A', status: 1, location },
      { rule_id: 'A', status: 2, location },
      { rule_id: 'A', status: 'ignored', location },
      { rule_id: 'A', status: 'passed', location },
      { rule_id: 'A', status: 7, location },
      { rule_id: 'A', location },
      { rule_id: 'A', passed: false, location },
    ];
    const { outcomes, facts } = await readText(JSON.stringify({ results: rows }), 'r.json');
    expect(outcomes.map(({ verdict }) => verdict)).toEqual([
      'fail',
      'pass',
      'not_evaluated',
      'not_evaluated',
      'pass',
      'not_evaluated',
      'not_evaluated',
      'fail',
    ]);
    expect(outcomes[0]).toMatchObject({
      check: 'aws-ec2-no-public-ingress-sgr',
      subject: { id: 'aws_security_group_rule.a' },
    });
    expect([tally(outcomes).suppressed, facts.population]).toEqual([2, 'all']);
  });
});
