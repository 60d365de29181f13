import { describe, expect, it } from 'vitest';
import { eventsOf, linesOf } from '../../testing/detection-rules.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';

describe('Wiz, issues', () => {
  it('reads webhooks of a detection rule; resolved is no pass', async () => {
    const { detected, outcomes, problems } = await readText(
      linesOf(eventsOf('wiz/wiz_issue_alert_passthrough.yml')),
      'a.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'wiz' },
      why: 'it has trigger, issue, control and resource',
    });
    expect(problems).toEqual([]);
    expect(outcomes.map(({ verdict, severity }) => [verdict, severity])).toEqual([
      ['fail', 'high'],
      ['fail', 'low'],
      ['not_evaluated', 'low'],
    ]);
    expect(outcomes[0]).toMatchObject({
      check: 'cer-awsguardduty-recon-ec2-portprobeunprotectedport',
      subject: { type: 'virtualMachine', id: 'jenkins-aws' },
      // A space instead of T, and no zone.
      details: { time_without_zone: '2025-07-25 13:09:25.306109000' },
    });
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(3);
  });

  it.each([
    ['OPEN', 'fail', undefined],
    ['IN_PROGRESS', 'fail', undefined],
    ['RESOLVED', 'not_evaluated', undefined],
    ['REJECTED', 'not_evaluated', 'issue rejected'],
    ['ANYTHING', 'not_evaluated', undefined],
  ])('reads an issue of the API that is %s', async (status, verdict, kind) => {
    const issue = {
      id: 'i1',
      status,
      severity: 'CRITICAL',
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-02T00:00:00Z',
      resolutionReason: 'ISSUE_FIXED',
      sourceRule: {
        id: 'wc-id-1',
        name: 'Public bucket',
        securitySubCategories: [{ title: '5.1', category: { framework: { name: 'CIS' } } }],
      },
      entitySnapshot: { id: 'e', type: 'BUCKET', name: 'b', providerId: 'arn:aws:s3:::b' },
      notes: [{ text: 'accepted' }],
    };
    for (const value of [{ data: { issues: { nodes: [issue] } } }, [issue], { issues: { nodes: [issue] } }]) {
      const { outcomes } = await readText(JSON.stringify(value), 'a.json');
      expect(outcomes).toMatchObject([
        {
          check: 'wc-id-1',
          verdict,
          severity: 'critical',
          observed_at: '2026-01-02T00:00:00.000Z',
          subject: { id: 'arn:aws:s3:::b' },
          details: { frameworks: ['CIS: 5.1'] },
        },
      ]);
      expect(outcomes[0]?.suppressed?.kind).toBe(kind);
    }
  });
});

describe('Wiz CLI', () => {
  it('reads rules and secrets, with the counts that the scan states', async () => {
    const { detected, outcomes, problems, facts } = await readFixture('wiz/wizcli_iac_many_vul.json');
    expect(detected).toMatchObject({
      source: { id: 'wiz-cli' },
      why: 'it has status and result.ruleMatches',
    });
    expect(problems).toEqual([]);
    // Matches by severity 1 + 2 + 5 + 1 + 0 = 9, and 16 secrets: 25.
    expect(facts).toMatchObject({ scanned: 22, stated: { fail: 25 }, started: '2024-07-16T12:17:35.187Z' });
    expect(outcomes).toHaveLength(25);
    expect(outcomes.filter(({ severity }) => severity === 'medium')).toHaveLength(5);
    expect(outcomes[0]).toMatchObject({
      check: '4ac84116-456f-4d60-9e12-187607266faf',
      verdict: 'fail',
      severity: 'info',
      file: 'Dockerfile',
      line: 8,
    });
    // jq '.result.secrets|group_by(.type)': 9 passwords, 3 public keys, 2 private keys, a certificate, a key of an API.
    expect(outcomes.filter(({ check }) => check === 'secret-password')).toHaveLength(9);
    expect(outcomes.filter(({ check }) => check.startsWith('secret-'))).toHaveLength(16);
  });

  it('reads a scan with nothing but a secret, without its text', async () => {
    const { outcomes, facts } = await readFixture('wiz/wizcli_iac_one_vul.json');
    expect(facts).toMatchObject({ scanned: 74, stated: { fail: 1 } });
    expect(outcomes).toMatchObject([{ check: 'secret-password', file: 'docker-compose.yml', line: 58 }]);
    expect(JSON.stringify(outcomes)).not.toContain('postgres');
  });

  it('says that a scan failed, and that queries did', async () => {
    const scan = {
      status: { state: 'FAILED' },
      result: {
        ruleMatches: null,
        secrets: null,
        scanStatistics: { filesParsed: 0, queriesExecutionFailed: 3 },
      },
    };
    const { facts, problems } = await readText(JSON.stringify(scan), 'a.json');
    expect(facts).toMatchObject({ failed: 'its state is FAILED', scanned: 0 });
    expect(problems).toMatchObject([{ message: '3 queries of the scan failed to run' }]);
  });
});
