import { describe, expect, it } from 'vitest';
import type { UnnumberedRecord } from '../../../engine/index.ts';
import { ingest } from '../../records/ingest.ts';
import { openReport } from '../../report/open.ts';
import { fixturePath, fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';
import { asff } from './asff.ts';

const control = (changes: Record<string, unknown>) =>
  JSON.stringify([
    { ...(JSON.parse(fixtureText('securityhub-event/afsbp-ec2.2.json')) as object), ...changes },
  ]);
const verdicts = async (text: string) =>
  (await readText(text, 'a.json')).outcomes.map(({ verdict }) => verdict);

describe('AWS Security Finding Format', () => {
  it('takes a control that no resource falls under as not applicable, though Security Hub says passed', async () => {
    const { detected, outcomes, problems } = await readFixture('asff/config_one_finding.json');
    expect(detected).toMatchObject({
      source: { id: 'asff' },
      why: 'its findings have SchemaVersion, ProductArn and GeneratorId',
    });
    expect(problems).toEqual([]);
    expect(outcomes).toMatchObject([
      {
        check: 'IAM.5',
        tool: 'securityhub',
        verdict: 'not_applicable',
        severity: 'info',
        observed_at: '2020-06-14T21:02:53.940Z',
        subject: { type: 'AwsAccount', id: 'AWS::::Account:012345678912' },
        details: { reasons: ['CONFIG_EVALUATIONS_EMPTY'], status: 'PASSED' },
      },
    ]);
  });

  it('gives a finding that stands there twice one id', async () => {
    // jq '.findings|length' is 2, and both have one Id and UpdatedAt.
    const { outcomes } = await readFixture('asff/config_repeated_findings.json');
    expect(outcomes).toHaveLength(2);
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(1);
  });

  it.each([
    ['config.1', 'Config.1'],
    ['ec2.2', 'EC2.2'],
    ['iam.8-nodetails', 'IAM.8'],
  ])('reads the bare finding %s', async (name, check) => {
    const { outcomes, detected } = await readFixture(`securityhub-event/afsbp-${name}.json`);
    expect(detected.why).toBe('it has ProductArn, GeneratorId and AwsAccountId');
    expect(outcomes).toMatchObject([{ check, tool: 'securityhub', verdict: 'fail' }]);
  });

  it('names GuardDuty, Inspector and Trivy as the tools of what they found', async () => {
    const guardduty = await readFixture('asff/guardduty.json');
    // jq '.Findings[].Types[0]|split("/")[-1]'; severities MEDIUM, MEDIUM, LOW, LOW.
    expect(
      guardduty.outcomes.map(({ tool, check, verdict, severity }) => [tool, check, verdict, severity]),
    ).toEqual([
      ['guardduty', 'DefenseEvasion:EC2-UnusualDNSResolver', 'fail', 'medium'],
      ['guardduty', 'Recon:EC2-Portscan', 'fail', 'medium'],
      ['guardduty', 'UnauthorizedAccess:EC2-SSHBruteForce', 'fail', 'low'],
      ['guardduty', 'IAMUser-AnomalousBehavior', 'fail', 'low'],
    ]);
    // LastObservedAt of the first is in the year 2200: no time of an observation. UpdatedAt stands for it.
    expect(guardduty.outcomes[0]?.observed_at).toBe('2024-01-17T11:33:21.196Z');
    const inspector = await readFixture('asff/many_vulns.json');
    // jq '.[].Severity.Label': HIGH, MEDIUM, MEDIUM, HIGH, MEDIUM.
    expect(inspector.outcomes.map(({ tool, severity }) => [tool, severity])).toEqual(
      ['high', 'medium', 'medium', 'high', 'medium'].map((severity) => ['inspector', severity]),
    );
    expect((await readFixture('asff/issue_10956.json')).outcomes).toMatchObject([
      { tool: 'inspector', check: 'CVE-2024-1234', verdict: 'fail', severity: 'medium' },
    ]);
    const trivy = await readFixture('trivy/alpine-310.asff.golden');
    expect(trivy.outcomes.map(({ tool, check }) => [tool, check])).toEqual(
      ['CVE-2019-1549', 'CVE-2019-1551', 'CVE-2019-1549', 'CVE-2019-1551'].map((check) => ['trivy', check]),
    );
    // Trivy gives both packages of one vulnerability one Id.
    expect(new Set(trivy.outcomes.map(({ source_id }) => source_id)).size).toBe(4);
  });

  it('makes records whose tool is the one that found it', async () => {
    const { report } = await openReport(fixturePath('asff/guardduty.json'), 'a.json');
    const batches = ingest(asff.read(report), {
      source: asff,
      report: 'a.json',
      raw_digest: `sha256:${'0'.repeat(64)}`,
      emitter: 'test',
      attribution: {},
      now: Date.UTC(2026, 0, 1),
      random: (size) => new Uint8Array(size),
    });
    const records: UnnumberedRecord[] = [];
    for await (const batch of batches) records.push(...batch);
    expect(records.map(({ record_type, tool, format }) => [record_type, tool, format])).toEqual([
      ...Array.from({ length: 4 }, () => ['decision', 'guardduty', 'asff']),
      ['run', 'securityhub', 'asff'],
    ]);
    expect(records[0]?.policy_id).toBe('guardduty/DefenseEvasion:EC2-UnusualDNSResolver');
  });

  it('reads events: a custom action, imported findings, and those in OCSF', async () => {
    const action = await readFixture('securityhub-event/event-securityhub-iamkey-finding-action.json');
    expect(action.detected.why).toBe('it is an event Security Hub Findings - Custom Action');
    // No label: ProductFields have it; without that, Normalized 50 is medium, too.
    expect(action.outcomes).toMatchObject([
      {
        tool: 'guardduty',
        check: 'UnauthorizedAccess:IAMUser-ConsoleLogin',
        verdict: 'fail',
        severity: 'medium',
      },
    ]);
    const findings = JSON.parse(control({})) as unknown[];
    const imported = {
      'detail-type': 'Security Hub Findings - Imported',
      source: 'aws.securityhub',
      detail: { findings },
    };
    expect((await readText(JSON.stringify(imported), 'e.json')).outcomes).toMatchObject([{ check: 'EC2.2' }]);
    // Members as the solution "Automated Security Response on AWS" tests them.
    const ocsf = {
      class_uid: 2003,
      time: 1672531200,
      severity: 'High',
      cloud: { account: { uid: '123456789012' }, region: 'us-east-1' },
      finding_info: {
        uid: 'arn:aws:securityhub:x/finding/test',
        modified_time_dt: '2023-01-01T00:00:00Z',
        title: 'T',
      },
      compliance: { status: 'fail', control: 'S3.1', standards: ['standard1'] },
      resources: [{ type: 'AWS::S3::Bucket', uid: 'test-bucket' }],
      metadata: {
        product: { uid: 'arn:aws:securityhub:us-east-1::product/aws/securityhub', name: 'Security Hub' },
      },
    };
    const second = {
      'detail-type': 'Findings Imported V2',
      source: 'aws.securityhub',
      detail: { findings: [ocsf] },
    };
    expect((await readText(JSON.stringify(second), 'e.json')).outcomes).toMatchObject([
      {
        tool: 'securityhub',
        check: 'S3.1',
        verdict: 'fail',
        severity: 'high',
        observed_at: '2023-01-01T00:00:00.000Z',
      },
    ]);
  });

  it.each([
    [{ Compliance: { Status: 'PASSED' } }, 'pass'],
    [
      { Compliance: { Status: 'PASSED', StatusReasons: [{ ReasonCode: 'CONFIG_EVALUATIONS_EMPTY' }] } },
      'not_applicable',
    ],
    [{ Compliance: { Status: 'WARNING' } }, 'not_evaluated'],
    [{ Compliance: { Status: 'NOT_AVAILABLE' } }, 'not_evaluated'],
    [
      {
        Compliance: {
          Status: 'NOT_AVAILABLE',
          StatusReasons: [{ ReasonCode: 'CONFIG_RETURNS_NOT_APPLICABLE' }],
        },
      },
      'not_applicable',
    ],
    [
      {
        Compliance: {
          Status: 'NOT_AVAILABLE',
          StatusReasons: [{ ReasonCode: 'CONFIG_RULE_EVALUATION_ERROR' }],
        },
      },
      'error',
    ],
    [{ Compliance: { Status: 'passed' } }, 'not_evaluated'],
    [{ Compliance: { Status: 'PASSED' }, RecordState: 'ARCHIVED' }, 'not_evaluated'],
    // A person's word does not make a failed control a pass.
    [{ Compliance: { Status: 'FAILED' }, Workflow: { Status: 'RESOLVED' } }, 'fail'],
    [{ Compliance: undefined, Workflow: { Status: 'RESOLVED' } }, 'not_evaluated'],
    [{ Compliance: undefined }, 'fail'],
  ])('judges %j as %s', async (changes, verdict) => {
    expect(await verdicts(control(changes))).toEqual([verdict]);
  });

  it('keeps what is suppressed a fail, with who and why', async () => {
    const { outcomes } = await readText(
      control({ Workflow: { Status: 'SUPPRESSED' }, Note: { Text: 'accepted', UpdatedBy: 'ann' } }),
      'a.json',
    );
    expect(outcomes).toMatchObject([
      { verdict: 'fail', suppressed: { kind: 'workflow status SUPPRESSED', reason: 'accepted', by: 'ann' } },
    ]);
  });

  it.each([
    [
      { Compliance: { Status: 'FAILED', SecurityControlId: 'IAM.6' }, GeneratorId: 'security-control/IAM.6' },
      'IAM.6',
    ],
    [{ ProductFields: {}, GeneratorId: 'security-control/IAM.6' }, 'IAM.6'],
    [{ ProductFields: {}, GeneratorId: 'aws-foundational-security-best-practices/v/1.0.0/IAM.5' }, 'IAM.5'],
    [
      {
        ProductFields: { RuleId: '1.3' },
        GeneratorId: 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.3',
      },
      'CIS.1.3',
    ],
  ])('finds the control of %j', async (changes, check) => {
    expect((await readText(control(changes), 'a.json')).outcomes).toMatchObject([
      { check, tool: 'securityhub' },
    ]);
  });

  it('is another record after a change, and the same at a resend', async () => {
    const id = async (changes: Record<string, unknown>) =>
      (await readText(control(changes), 'a.json')).outcomes[0]?.source_id;
    expect(await id({})).toBe(await id({}));
    expect(await id({})).not.toBe(await id({ UpdatedAt: '2021-02-18T00:00:00Z' }));
    expect(await id({})).not.toBe(await id({ Workflow: { Status: 'RESOLVED' } }));
  });
});
