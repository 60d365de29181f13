import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { ingested, severities, tally } from '../../testing/tally.ts';

const MANY = 'trivy-operator/configauditreport_many.json';
const metadata = {
  name: 'r',
  labels: {
    'trivy-operator.resource.kind': 'Pod',
    'trivy-operator.resource.name': 'p',
    'trivy-operator.resource.namespace': 'n',
  },
};
const object = (kind: string, rest: object) => ({
  apiVersion: 'aquasecurity.github.io/v1alpha1',
  kind,
  metadata,
  ...rest,
});

describe('Trivy operator', () => {
  it('reads a ConfigAuditReport', async () => {
    const read = await readFixture(MANY);
    expect(read.detected).toMatchObject({ source: { id: 'trivy-operator' } });
    // summary: lowCount 11, mediumCount 2
    expect(tally(read.outcomes)).toEqual({ fail: 11 + 2 });
    expect(severities(read.outcomes)).toEqual({ low: 11, medium: 2 });
    expect(read.outcomes[0]).toMatchObject({
      check: 'KSV-0014',
      subject: { type: 'ReplicaSet', id: 'default/ReplicaSet/nginx-deployment-965685897' },
      observed_at: '2023-03-23T16:22:54.000Z',
    });
    expect((await ingested(read)).complete).toBe(true);
  });

  it('says which check has no id, and that a failure is missing by the report itself', async () => {
    const read = await readFixture('trivy-operator/configauditreport_missing_checkid.json');
    expect(read.outcomes).toEqual([]);
    expect((await ingested(read)).problems.map(({ message }) => message)).toEqual([
      'report.checks[0].checkID: Invalid input: expected string, received undefined',
      'the report says 1 fail, and 0 were read',
    ]);
  });

  it('reads lists and YAML as it reads one object', async () => {
    const one = JSON.parse(fixtureText(MANY));
    const { kind: _, ...bare } = one;
    const forms: [string, string][] = [
      [JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [one, one] }), 'r.json'],
      [
        JSON.stringify({ apiVersion: one.apiVersion, kind: 'ConfigAuditReportList', items: [bare, bare] }),
        'r.json',
      ],
      [`${stringify(one)}---\n${stringify(one)}`, 'r.yaml'],
    ];
    for (const [text, name] of forms) {
      const read = await readText(text, name);
      expect(read.detected.source.id).toBe('trivy-operator');
      expect(tally(read.outcomes)).toEqual({ fail: 26 });
      expect((await ingested(read)).problems).toEqual([]);
    }
  });

  it('reads the other kinds, and no secret', async () => {
    const read = await readText(
      JSON.stringify([
        object('VulnerabilityReport', {
          report: {
            summary: { highCount: 1 },
            vulnerabilities: [
              { vulnerabilityID: 'CVE-2020-1', resource: 'curl', installedVersion: '1', severity: 'HIGH' },
            ],
          },
        }),
        object('ExposedSecretReport', {
          report: { secrets: [{ ruleID: 'github-pat', target: '/a', severity: 'CRITICAL', match: 'ghp_x' }] },
        }),
        object('ClusterRbacAssessmentReport', { report: { checks: [{ checkID: 'KSV041', success: true }] } }),
        object('PolicyNobodyKnows', { report: {} }),
      ]),
      'r.json',
    );
    expect(read.outcomes.map(({ check, verdict, subject }) => [check, verdict, subject.id])).toEqual([
      ['CVE-2020-1', 'fail', 'n/Pod/p/curl@1'],
      ['github-pat', 'fail', 'n/Pod/p'],
      ['KSV-0041', 'pass', 'n/Pod/p'],
    ]);
    expect(read.problems.map(({ message }) => message)).toEqual(['kind PolicyNobodyKnows is not known here']);
    expect(JSON.stringify(read.outcomes)).not.toContain('ghp_x');
  });

  it('does not take a control of a compliance report without failures for passed', async () => {
    const summary = {
      summaryReport: {
        controlCheck: [
          { id: '1.0', severity: 'MEDIUM', totalFail: 0 },
          { id: '1.1', totalFail: 2 },
        ],
      },
    };
    // Trivy writes one nameless success where it found nothing, also where it looked at nothing.
    const detail = {
      detailReport: {
        results: [
          { id: '1.0', checks: [{ success: true }] },
          { id: '1.1', checks: [{ success: false }, { success: false }] },
        ],
      },
    };
    for (const status of [summary, detail]) {
      const { outcomes } = await readText(
        JSON.stringify(object('ClusterComplianceReport', { status })),
        'r.json',
      );
      expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
        ['r/1.0', 'not_evaluated'],
        ['r/1.1', 'fail'],
      ]);
    }
  });
});
