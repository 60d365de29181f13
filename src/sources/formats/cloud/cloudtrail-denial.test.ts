import { describe, expect, it } from 'vitest';
import { eventsOf, linesOf } from '../../testing/detection-rules.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';

const [real = {}] = eventsOf('scp-denial/aws_cloudtrail_attempt_to_leave_org.yml');
const denied = (errorMessage: string, more = {}) => ({
  ...real,
  errorMessage,
  eventTime: '2025-01-20T15:59:33Z',
  ...more,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');
const WHO =
  'User: arn:aws:iam::777788889999:user/JohnDoe is not authorized to perform: codecommit:ListRepositories';

describe('denials in CloudTrail', () => {
  it('reads the event of a detection rule, and guesses no zone of its time', async () => {
    const { detected, outcomes, facts } = await readText(linesOf([real]), 'a.json');
    expect(detected).toMatchObject({
      source: { id: 'cloudtrail-denial' },
      why: 'its events have eventSource, eventName, eventVersion and userIdentity',
    });
    expect(facts.scanned).toBe(1);
    expect(outcomes).toMatchObject([
      {
        check: 'identity-based-policy',
        verdict: 'fail',
        disposition: 'enforced',
        subject: { type: 'AWS API call', id: 'organizations:LeaveOrganization in 111122223333' },
        actor: 'arn:aws:sts::111122223333:assumed-role/SampleRole/SampleSession',
      },
    ]);
    expect(outcomes[0]?.observed_at).toBeUndefined();
  });

  // Texts of the IAM user guide, "Troubleshoot access denied error messages".
  it.each([
    [`${WHO} with an explicit deny in a service control policy`, 'service-control-policy', undefined],
    [
      `${WHO} on resource: arn:aws:s3:::b with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-x/service_control_policy/p-x1`,
      'service-control-policy',
      'p-x1',
    ],
    [
      `${WHO} with an explicit deny in a VPC endpoint policy transitively through a service control policy`,
      'service-control-policy',
      undefined,
    ],
    [
      `${WHO} because no service control policy allows the codecommit:ListRepositories action`,
      'service-control-policy',
      undefined,
    ],
    [`${WHO} with an explicit deny in a resource control policy`, 'resource-control-policy', undefined],
    [`${WHO} with an explicit deny in a permissions boundary`, 'permissions-boundary', undefined],
  ])('finds the policy of: %s', async (message, check, rule) => {
    const { outcomes } = await read({ Records: [denied(message)] });
    expect(outcomes).toMatchObject([{ check, observed_at: '2025-01-20T15:59:33.000Z' }]);
    expect(outcomes[0]?.rule).toBe(rule);
    // Nothing says explicit or implicit, and the caller stands in no text.
    expect(JSON.stringify({ ...outcomes[0], actor: undefined })).not.toMatch(/explicit|JohnDoe/);
  });

  it('leaves out calls that went well, and counts denials that name no policy', async () => {
    const { outcomes, facts } = await read([
      denied(`${WHO}`),
      denied('You are not authorized to perform this operation. Encoded authorization failure message: abc', {
        errorCode: 'Client.UnauthorizedOperation',
      }),
      { ...denied('mentions a service control policy'), errorCode: 'ValidationException' },
      { ...real, errorCode: undefined, errorMessage: undefined },
    ]);
    expect(outcomes).toEqual([]);
    expect(facts).toMatchObject({
      scanned: 4,
      note: '2 of 4 events are denied without a policy named: they are not here',
    });
    const clean = await readFixture('cloudtrail/event-cloud-trail-create-bucket.json');
    expect([
      clean.detected.source.id,
      clean.outcomes.length,
      clean.facts.scanned,
      clean.problems.length,
    ]).toEqual(['cloudtrail-denial', 0, 1, 0]);
  });

  it('is one record however often the event comes', async () => {
    const message = `${WHO} with an explicit deny in a service control policy`;
    const ids = [
      await read([denied(message)]),
      await read({ 'detail-type': 'AWS API Call via CloudTrail', detail: denied(message) }),
    ];
    expect(new Set(ids.map(({ outcomes }) => outcomes[0]?.source_id)).size).toBe(1);
    expect(ids[0]?.outcomes[0]?.source_id).toContain('f52c1358-4ddb-4453-a676-3f4dbc64d713');
  });
});
