import { describe, expect, it } from 'vitest';
import { eventsOf, linesOf } from '../../testing/detection-rules.ts';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';

const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');
const notification = () =>
  JSON.parse(fixtureText('gcp-scc/network-finding.json')) as { finding: Record<string, unknown> };
const changed = (finding: Record<string, unknown>) => ({
  ...notification(),
  finding: { ...notification().finding, ...finding },
});

describe('Security Command Center', () => {
  it.each([
    ['audit_logging_disabled.json', 'AUDIT_LOGGING_DISABLED', 'low', '2019-10-22T21:01:08.832Z'],
    ['bad_ip_scc.json', 'C2: Bad IP', undefined, '2019-11-22T18:34:36.153Z'],
    ['network-finding.json', 'FLOW_LOGS_DISABLED', 'low', '2021-03-16T20:21:34.229Z'],
    ['public_bucket_acl.json', 'PUBLIC_BUCKET_ACL', 'high', '2019-09-23T17:20:27.204Z'],
    [
      'get-v1-organizations-111111111111-sources---findings_1.json',
      'BUCKET_LOGGING_DISABLED',
      'low',
      '2021-03-31T00:49:31.333Z',
    ],
  ])('reads %s', async (name, check, severity, observed_at) => {
    const { detected, outcomes, problems } = await readFixture(`gcp-scc/${name}`);
    expect(detected).toMatchObject({
      source: { id: 'gcp-scc', population: 'failures' },
      why: 'it has a finding with category, whose name ends in sources/…/findings/…',
    });
    expect(problems).toEqual([]);
    expect(outcomes).toMatchObject([{ check, verdict: 'fail', observed_at }]);
    expect(outcomes[0]?.severity).toBe(severity);
  });

  it('keeps the standards that the finding names, in the old place and in the new', async () => {
    const old = await readFixture('gcp-scc/get-v1-organizations-111111111111-sources---findings_1.json');
    expect(old.outcomes[0]?.details).toMatchObject({ compliance: ['cis 5.3'], project: 'cloud-custodian' });
    const now = await read(changed({ compliances: [{ standard: 'cis', version: '1.2', ids: ['3.8'] }] }));
    expect(now.outcomes[0]?.details).toMatchObject({ compliance: ['cis 1.2 3.8'] });
  });

  it('takes inactive for no pass, and muted for a suppression', async () => {
    expect((await read(changed({ state: 'INACTIVE' }))).outcomes).toMatchObject([
      { verdict: 'not_evaluated' },
    ]);
    expect((await read(changed({ state: undefined }))).outcomes).toMatchObject([
      { verdict: 'not_evaluated' },
    ]);
    const muted = await read(
      changed({
        mute: 'MUTED',
        muteInitiator: 'user:ann',
      }),
    );
    expect(muted.outcomes).toMatchObject([
      { verdict: 'fail', suppressed: { kind: 'muted finding', by: 'user:ann' } },
    ]);
    expect((await read(changed({ mute: 'UNMUTED' }))).outcomes[0]?.suppressed).toBeUndefined();
  });

  it('reads messages of Pub/Sub: pushed, pulled, as a trigger; one that holds no JSON is a problem', async () => {
    const data = Buffer.from(JSON.stringify(notification())).toString('base64');
    for (const value of [
      { message: { data, messageId: '1', publishTime: 'x' }, subscription: 's' },
      [{ ackId: 'a', message: { data, messageId: '1' } }],
      { receivedMessages: [{ ackId: 'a', message: { data, messageId: '1' } }] },
      { '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage', data },
    ])
      expect((await read(value)).outcomes).toMatchObject([{ check: 'FLOW_LOGS_DISABLED', verdict: 'fail' }]);
    const two = await read([
      { message: { data, messageId: '1' } },
      { message: { data: data.slice(0, 40), messageId: '2' } },
    ]);
    expect(two.outcomes).toHaveLength(1);
    expect(two.problems).toMatchObject([{ message: expect.stringContaining('message.data') }]);
  });

  it('is one record in both versions of the API, and another after a change', async () => {
    const id = async (finding: Record<string, unknown>) =>
      (await read(changed(finding))).outcomes[0]?.source_id;
    const second = 'organizations/111111111111/sources/123456789/locations/global/findings/333333333333';
    expect(await id({ name: second })).toBe(await id({}));
    expect(await id({ state: 'INACTIVE' })).not.toBe(await id({}));
    expect(await id({ eventTime: '2021-03-17T00:00:00Z' })).not.toBe(await id({}));
  });
});

describe('violations in Cloud Audit Logs', () => {
  it('reads a perimeter’s denial of a detection rule, and nothing of its other entry', async () => {
    const [other, denied] = eventsOf('gcp-vpcsc/gcp_access_attempts_violating_vpc_service_controls.yml');
    const { detected, outcomes, problems } = await readText(linesOf([denied, other]), 'a.json');
    expect(detected).toMatchObject({
      source: { id: 'gcp-policy-violation' },
      why: 'its logName is that of policy denials',
    });
    expect(problems).toEqual([]);
    expect(outcomes).toMatchObject([
      {
        tool: 'gcp-vpc-service-controls',
        check: 'accessPolicies/123456789012/servicePerimeters/test_perimeter',
        rule: 'NO_MATCHING_ACCESS_LEVEL',
        verdict: 'fail',
        disposition: 'enforced',
        observed_at: '2023-03-09T16:28:40.890Z',
        actor: 'user1@serviceaccount.gcp.com',
        subject: {
          type: 'storage.googleapis.com',
          id: 'projects/_/buckets/test-restricted-bucket/objects/test1.txt',
        },
      },
    ]);
  });

  it('says observed for a dry run', async () => {
    const [, denied] = eventsOf('gcp-vpcsc/gcp_access_attempts_violating_vpc_service_controls.yml');
    const payload = denied?.protoPayload as Record<string, Record<string, unknown>>;
    payload.metadata = { ...payload.metadata, dryRun: true };
    expect((await read([denied])).outcomes).toMatchObject([{ disposition: 'observed' }]);
  });

  it('reads each constraint of an organization policy that was violated', async () => {
    // Members of google.cloud.audit.OrgPolicyViolationInfo.
    const entry = (code: number) => ({
      insertId: 'i',
      timestamp: '2026-01-02T03:04:05.678901Z',
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fpolicy',
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        serviceName: 'compute.googleapis.com',
        methodName: 'v1.compute.instances.insert',
        resourceName: 'projects/p/zones/z/instances/i',
        status: { code },
        policyViolationInfo: {
          orgPolicyViolationInfo: {
            resourceType: 'compute.googleapis.com/Instance',
            violationInfo: [
              {
                constraint: 'constraints/compute.vmExternalIpAccess',
                errorMessage: 'not allowed',
                policyType: 2,
              },
              { constraint: 'constraints/compute.requireOsLogin', policyType: 'BOOLEAN_CONSTRAINT' },
            ],
          },
        },
      },
    });
    const { outcomes } = await read([entry(9)]);
    expect(outcomes.map(({ check, disposition, verdict }) => [check, disposition, verdict])).toEqual([
      ['compute.vmExternalIpAccess', 'enforced', 'fail'],
      ['compute.requireOsLogin', 'enforced', 'fail'],
    ]);
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(2);
    expect((await read([entry(0)])).outcomes[0]?.disposition).toBe('observed');
  });

  it('leaves entries of other services alone', async () => {
    const { detected, outcomes } = await readFixture('gcp-audit/k8s_create_cluster.json');
    expect({ taken: detected.source.id, outcomes }).toEqual({ taken: 'kubernetes-audit', outcomes: [] });
  });
});

describe('list of organization policies', () => {
  it('does not judge the values of a list', async () => {
    const { detected, outcomes } = await readFixture(
      'gcp-orgpolicy/post-v1-organizations-870080179722-listOrgPolicies_1.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'gcp-orgpolicy' },
      why: 'its policies name constraints/…',
    });
    expect(outcomes).toMatchObject([
      {
        check: 'iam.allowedPolicyMemberDomains',
        rule: 'in-force',
        verdict: 'not_evaluated',
        details: { set_at: '2023-05-16T18:35:38.633Z', values: { allowedValues: ['is:C03xgje4y'] } },
      },
    ]);
  });

  it('says what is enforced, in both versions of the API, and nothing of conditions', async () => {
    const first = await read({
      policies: [
        { constraint: 'constraints/a.b', booleanPolicy: { enforced: true } },
        { constraint: 'constraints/a.c', booleanPolicy: {} },
      ],
    });
    expect(first.outcomes.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
    const name = 'projects/p/policies/a.b';
    const second = await read({
      policies: [
        { name, spec: { rules: [{ enforce: true }] } },
        { name, spec: { rules: [{ enforce: false }] } },
        { name, spec: { rules: [{ enforce: true, condition: { expression: 'x' } }] } },
        { name, spec: { rules: [{ values: { allowedValues: [] } }] } },
        { name, dryRunSpec: { rules: [{ enforce: true }] } },
      ],
    });
    expect(second.outcomes.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'fail',
      'not_evaluated',
      'not_evaluated',
      'not_evaluated',
    ]);
    expect(second.outcomes[0]).toMatchObject({
      check: 'a.b',
      subject: { id: name },
      details: { set_on: 'projects/p' },
    });
  });
});
