import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';

const result = (compliance: unknown, rule = 'encrypted-volumes', recorded: unknown = 1608181430.188) => ({
  EvaluationResultIdentifier: {
    EvaluationResultQualifier: {
      ConfigRuleName: rule,
      ResourceType: 'AWS::EC2::Volume',
      ResourceId: 'vol-1',
      EvaluationMode: 'DETECTIVE',
    },
    OrderingTimestamp: 1608144398.764,
  },
  ComplianceType: compliance,
  ResultRecordedTime: recorded,
  ConfigRuleInvokedTime: 1608181429.9,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');

describe('AWS Config', () => {
  it('reads a recorded answer of the API, and guesses no zone of its dates', async () => {
    const { detected, outcomes, problems } = await readFixture(
      'aws-config/config.GetComplianceDetailsByConfigRule_1.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'aws-config-compliance' },
      why: 'it has EvaluationResults',
    });
    expect(problems).toEqual([]);
    expect(outcomes).toMatchObject([
      {
        check: 'custodian-good-vol',
        verdict: 'fail',
        subject: { type: 'AWS::EC2::Volume', id: 'vol-0c6efd2a9f5677a03' },
        message: 'Resource is not compliant with policy:good-vol',
      },
    ]);
    expect(outcomes[0]?.observed_at).toBeUndefined();
  });

  it('takes the call of a rule for no result', async () => {
    await expect(readFixture('aws-config/event-config-rule-instance.json')).rejects.toThrow(/no format/);
  });

  it('reads seconds with a fraction, and each word of AWS', async () => {
    const words = [
      'COMPLIANT',
      'NON_COMPLIANT',
      'NOT_APPLICABLE',
      'INSUFFICIENT_DATA',
      'ERROR',
      'compliant',
      null,
    ];
    const { outcomes } = await read({ EvaluationResults: words.map((word) => result(word)) });
    expect(outcomes.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'fail',
      'not_applicable',
      'not_evaluated',
      'error',
      'not_evaluated',
      'not_evaluated',
    ]);
    // date -u -d @1608181430
    expect(outcomes[0]?.observed_at).toBe('2020-12-17T05:03:50.188Z');
  });

  it.each([
    ['encrypted-volumes', 'encrypted-volumes', undefined],
    ['securityhub-encrypted-volumes-1a2b3c4d', 'encrypted-volumes', 'securityhub-encrypted-volumes-1a2b3c4d'],
    [
      'encrypted-volumes-conformance-pack-abc123xyz',
      'encrypted-volumes',
      'encrypted-volumes-conformance-pack-abc123xyz',
    ],
    ['our-own-rule', 'our-own-rule', undefined],
  ])('finds the managed rule of %s', async (name, check, rule) => {
    const { outcomes } = await read({
      ConformancePackName: 'p',
      ConformancePackRuleEvaluationResults: [result('COMPLIANT', name)],
    });
    expect(outcomes).toMatchObject([{ check, verdict: 'pass', details: { conformance_pack: 'p' } }]);
    expect(outcomes[0]?.rule).toBe(rule);
  });

  it('reads the event of a change, also in a notification, also where there is no result any more', async () => {
    const detail = {
      resourceId: 'AROAX',
      resourceType: 'AWS::IAM::Role',
      awsRegion: 'eu-west-2',
      awsAccountId: '111122223333',
      configRuleName: 'iam-role-x',
      messageType: 'ComplianceChangeNotification',
      newEvaluationResult: {
        complianceType: 'NON_COMPLIANT',
        resultRecordedTime: '2020-12-17T05:13:49.9Z',
        annotation: null,
      },
      oldEvaluationResult: null,
      notificationCreationTime: '2020-12-17T05:13:50.188Z',
    };
    const event = { 'detail-type': 'Config Rules Compliance Change', source: 'aws.config', id: 'e1', detail };
    for (const value of [event, detail, { Type: 'Notification', Message: JSON.stringify(detail) }])
      expect((await read(value)).outcomes).toMatchObject([
        {
          check: 'iam-role-x',
          verdict: 'fail',
          observed_at: '2020-12-17T05:13:49.900Z',
          subject: { id: 'AROAX' },
        },
      ]);
    const gone = await read({ ...event, detail: { ...detail, newEvaluationResult: null } });
    expect(gone.outcomes).toMatchObject([
      { verdict: 'not_evaluated', observed_at: '2020-12-17T05:13:50.188Z' },
    ]);
  });

  it('names the place of what does not fit', async () => {
    const { problems, outcomes } = await read({
      EvaluationResults: [result('COMPLIANT'), { ComplianceType: 'COMPLIANT' }],
    });
    expect(outcomes).toHaveLength(1);
    expect(problems).toMatchObject([{ message: expect.stringMatching(/^EvaluationResults\[1\]\.rule: /) }]);
  });
});
