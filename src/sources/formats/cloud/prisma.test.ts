import { describe, expect, it } from 'vitest';
import { fixtureText, readFixture, readText } from '../../testing/read-fixture.ts';

const alert = (changes: object) => ({
  id: 'P-1234',
  status: 'open',
  reason: 'NEW_ALERT',
  firstSeen: 1694003441966,
  lastSeen: 1694003441966,
  alertTime: 1694003441966,
  policy: {
    policyId: 'ad23603d',
    name: 'Policy',
    policyType: 'config',
    severity: 'high',
    complianceMetadata: [{ standardName: 'CIS', requirementId: '1' }],
  },
  resource: {
    rrn: 'rrn:aws:x',
    id: 'arn:x',
    name: 'x',
    accountId: '1',
    regionId: 'us-east-1',
    resourceType: 'INSTANCE',
    cloudType: 'aws',
  },
  ...changes,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');

describe('Prisma Cloud, alerts', () => {
  it.each([
    ['open', 'fail', undefined],
    ['resolved', 'not_evaluated', undefined],
    ['dismissed', 'not_evaluated', 'alert dismissed'],
    ['snoozed', 'not_evaluated', 'alert snoozed'],
  ])('reads one that is %s', async (status, verdict, kind) => {
    for (const value of [[alert({ status })], { items: [alert({ status })], totalRows: 1 }]) {
      const { detected, outcomes } = await read(value);
      expect(detected).toMatchObject({
        source: { id: 'prisma-cloud' },
        why: 'its alerts have policy.policyId, resource and status',
      });
      // date -u -d @1694003441
      expect(outcomes).toMatchObject([
        {
          check: 'ad23603d',
          verdict,
          severity: 'high',
          observed_at: '2023-09-06T12:30:41.966Z',
          subject: { type: 'INSTANCE', id: 'rrn:aws:x' },
        },
      ]);
      expect(outcomes[0]?.suppressed?.kind).toBe(kind);
    }
  });

  it('keeps who dismissed, why and until when', async () => {
    const { outcomes } = await read([
      alert({
        status: 'dismissed',
        dismissedBy: 'ann',
        dismissalNote: 'known',
        dismissalUntilTs: 1798761600000,
      }),
    ]);
    expect(outcomes[0]?.suppressed).toEqual({
      kind: 'alert dismissed',
      by: 'ann',
      reason: 'known',
      until: '2027-01-01T00:00:00.000Z',
    });
  });

  it('reads the webhook, one or several', async () => {
    const hook = {
      alertId: 'P-1',
      alertStatus: 'open',
      policyId: 'p1',
      policyName: 'Policy',
      severity: 'low',
      resourceId: 'r1',
      resourceName: 'r',
      resourceType: 'VM',
      firstSeen: 1694003441966,
    };
    for (const value of [hook, [hook]])
      expect((await read(value)).outcomes).toMatchObject([
        { check: 'p1', verdict: 'fail', severity: 'low', subject: { id: 'r1' } },
      ]);
  });

  it('is another record after a change of its state', async () => {
    const id = async (changes: object) => (await read([alert(changes)])).outcomes[0]?.source_id;
    expect(await id({})).toBe(await id({}));
    expect(await id({})).not.toBe(await id({ status: 'resolved' }));
    expect(await id({})).not.toBe(await id({ lastSeen: 1694003441967 }));
  });
});

describe('Prisma Cloud Compute', () => {
  it('reads twistcli, and keeps the counts that the file states', async () => {
    const { detected, outcomes, facts } = await readFixture('prisma-cloud/many_vulns.json');
    expect(detected.source.id).toBe('prisma-compute');
    // One compliance and five vulnerabilities; the file itself says 1 + 4, which ingest reports as a difference.
    expect(outcomes.map(({ check, severity }) => [check, severity])).toEqual([
      ['Sensitive information provided in environment variables', 'high'],
      ['CVE-2013-7459', 'critical'],
      ['CVE-2018-6485', 'high'],
      ['CVE-2018-1000001', 'high'],
      ['CVE-2018-9234', 'low'],
      ['CVE-2019-6465', 'low'],
    ]);
    expect(facts).toMatchObject({ scanned: 1, stated: { fail: 5 } });
  });

  it('reads the CSV of a host', async () => {
    const { detected, outcomes, problems } = await readFixture('prisma-cloud/prismacloud_sample.csv');
    expect(detected).toMatchObject({
      source: { id: 'prisma-compute' },
      why: 'its first line names Hostname, CVE ID and Compliance ID',
    });
    // Python's csv: 94 rows, 65 with a CVE, 29 with only a compliance id.
    expect(problems).toEqual([]);
    expect(outcomes).toHaveLength(94);
    expect(outcomes.filter(({ check }) => check.startsWith('CVE-'))).toHaveLength(65);
    // critical 23; high 30 and important 9; moderate 14 and medium 3; low 15.
    const by = (severity: string) => outcomes.filter((each) => each.severity === severity).length;
    expect(['critical', 'high', 'medium', 'low'].map(by)).toEqual([23, 39, 17, 15]);
  });

  it('says which row has no check', async () => {
    const text = fixtureText('prisma-cloud/prismacloud_sample.csv').replace(
      'redhat-RHEL7,,60522,',
      'redhat-RHEL7,,,',
    );
    const { outcomes, problems } = await readText(text, 'a.csv');
    expect(outcomes).toHaveLength(93);
    expect(problems).toMatchObject([
      { message: expect.stringContaining('neither CVE ID nor Compliance ID') },
    ]);
  });
});
