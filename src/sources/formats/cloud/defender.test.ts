import { describe, expect, it } from 'vitest';
import { readFixture, readText } from '../../testing/read-fixture.ts';

const assessment = (status: object) =>
  JSON.stringify([
    {
      type: 'Microsoft.Security/assessments',
      id: '/subscriptions/s/providers/Microsoft.Compute/virtualMachines/vm/providers/Microsoft.Security/assessments/2A548cf9',
      name: '2A548cf9',
      properties: { status, metadata: { severity: 'High' } },
    },
  ]);

describe('Microsoft Defender', () => {
  it('reads a recorded answer with its members in capitals', async () => {
    const { detected, outcomes } = await readFixture(
      'defender/DefenderTest.test_azure_defender_assessments.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'defender' },
      why: 'it is of type Microsoft.Security/assessments',
    });
    expect(outcomes).toMatchObject([
      {
        check: '2a548cf9-6de3-491e-b24a-cf277fe36d4d',
        verdict: 'pass',
        message: 'test-140asbvmnetrecomm',
        subject: {
          type: 'microsoft.compute/virtualmachines',
          id: '/subscriptions/ea42f556-5106-4743-99b0-c129bfa71a47/resourceGroups/RG-140asbvmnetrecomm/providers/Microsoft.Compute/virtualMachines/vmm-140asbvmnetrecomm',
        },
      },
    ]);
  });

  it('reads vulnerabilities by machine, which are only what was found', async () => {
    const { detected, outcomes, facts } = await readFixture('defender/report_one_vuln.json');
    expect(detected.why).toBe('it has cveId and machineId');
    expect(facts.population).toBe('failures');
    expect(outcomes).toMatchObject([
      {
        check: 'CVE-1234-5678',
        verdict: 'fail',
        severity: 'low',
        message: 'packagvendor tools 1.2.3.4',
        subject: { type: 'machine', id: 'fjweoifjewiofjweoifjeowifjowei' },
      },
    ]);
  });

  it.each([
    [{ code: 'Healthy' }, 'pass', undefined],
    [{ code: 'Unhealthy' }, 'fail', undefined],
    [{ code: 'NotApplicable', cause: 'OffByPolicy' }, 'not_applicable', undefined],
    [{ code: 'NotApplicable', cause: 'Exempt' }, 'not_applicable', 'exemption'],
    [{ code: 'healthy-ish' }, 'not_evaluated', undefined],
    [{}, 'not_evaluated', undefined],
  ])('judges %j as %s', async (status, verdict, kind) => {
    const { outcomes } = await readText(assessment(status), 'a.json');
    expect(outcomes).toMatchObject([
      {
        verdict,
        severity: 'high',
        subject: { id: '/subscriptions/s/providers/Microsoft.Compute/virtualMachines/vm' },
      },
    ]);
    expect(outcomes[0]?.suppressed?.kind).toBe(kind);
  });
});
