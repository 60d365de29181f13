import { describe, expect, it } from 'vitest';
import { fixtureText, readText } from '../../testing/read-fixture.ts';
import { ocsf } from './ocsf.ts';

const finding = (changes: object) => ({
  class_uid: 2003,
  time: 1694003441966,
  severity: 'High',
  metadata: { version: '1.3.0', product: { name: 'Some Scanner', version: '2.0' } },
  finding_info: { uid: 'f1', title: 'Title' },
  compliance: { control: 'S3.1', status: 'Pass', status_id: 1, standards: ['CIS'] },
  resources: [{ uid: 'r1', type: 'Bucket' }],
  ...changes,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');

describe('OCSF in general', () => {
  it('reads an array, and lines', async () => {
    const both = [finding({}), finding({ compliance: { control: 'S3.2', status: 'Fail', status_id: 3 } })];
    for (const text of [JSON.stringify(both), both.map((each) => JSON.stringify(each)).join('\n')]) {
      const { detected, outcomes } = await readText(text, 'a.json');
      expect(detected).toMatchObject({
        source: { id: 'ocsf' },
        why: "it has class_uid 2003, OCSF's Compliance Finding",
      });
      expect(outcomes).toMatchObject([
        {
          tool: 'some-scanner',
          check: 'S3.1',
          verdict: 'pass',
          severity: 'high',
          observed_at: '2023-09-06T12:30:41.966Z',
        },
        { tool: 'some-scanner', check: 'S3.2', verdict: 'fail' },
      ]);
    }
  });

  it.each([
    [{ status_id: 1 }, 'pass'],
    [{ status: 'PASSED' }, 'pass'],
    [{ status_id: 2, status: 'Warning' }, 'not_evaluated'],
    [{ status_id: 99, status: 'Other' }, 'not_evaluated'],
    [{ status_id: 0 }, 'not_evaluated'],
    [{}, 'not_evaluated'],
    // Contradiction.
    [{ status_id: 1, status: 'Fail' }, 'not_evaluated'],
    [{ status_id: 3, status: 'Pass' }, 'not_evaluated'],
  ])('judges the compliance %j as %s', async (compliance, verdict) => {
    expect((await read([finding({ compliance: { control: 'c', ...compliance } })])).outcomes).toMatchObject([
      { verdict },
    ]);
  });

  it.each([
    [{}, 'fail', undefined],
    [{ status_id: 2 }, 'fail', undefined],
    [{ status_id: 3, comment: 'known' }, 'fail', 'known'],
    [{ status_id: 4 }, 'not_evaluated', undefined],
    [{ status: 'Resolved' }, 'not_evaluated', undefined],
    [{ status_code: 'PASS' }, 'pass', undefined],
    [{ status_code: 'FAIL' }, 'fail', undefined],
    [{ status_code: 'MANUAL' }, 'not_evaluated', undefined],
  ])('judges the detection %j as %s', async (changes, verdict, reason) => {
    const { outcomes } = await read([
      finding({
        class_uid: 2004,
        compliance: undefined,
        metadata: { event_code: 'e', product: { name: 'P' } },
        ...changes,
      }),
    ]);
    expect(outcomes).toMatchObject([{ check: 'e', verdict }]);
    expect(outcomes[0]?.suppressed?.reason).toBe(reason);
  });

  it('reads each vulnerability of a finding', async () => {
    const vulnerabilities = [
      { cve: { uid: 'CVE-2026-1' }, severity: 'Critical' },
      { title: 'Bad library', advisory: { uid: 'GHSA-1' }, severity: 'Low' },
    ];
    const { outcomes } = await read([finding({ class_uid: 2002, compliance: undefined, vulnerabilities })]);
    expect(outcomes.map(({ check, verdict, severity }) => [check, verdict, severity])).toEqual([
      ['CVE-2026-1', 'fail', 'critical'],
      ['GHSA-1', 'fail', 'low'],
    ]);
    expect(new Set(outcomes.map(({ source_id }) => source_id)).size).toBe(2);
  });

  it('is a problem where a class is not known among others', async () => {
    const { outcomes, problems } = await read([finding({}), finding({ class_uid: 3002 })]);
    expect(outcomes).toHaveLength(1);
    expect(problems).toMatchObject([{ message: 'class_uid 3002 is no finding that is known here' }]);
  });

  it('reads Prowler’s findings as Prowler’s own reader does, when it is named', async () => {
    const { outcomes } = await readText(fixtureText('prowler/example_output_gcp.ocsf.json'), 'a.json', ocsf);
    expect(outcomes.map(({ tool, verdict }) => [tool, verdict])).toEqual(
      ['pass', 'fail', 'fail', 'pass', 'pass'].map((_, i) => [
        'prowler',
        JSON.parse(fixtureText('prowler/example_output_gcp.ocsf.json'))[i].status_code.toLowerCase(),
      ]),
    );
  });
});
