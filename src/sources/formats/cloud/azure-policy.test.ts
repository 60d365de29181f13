import { describe, expect, it } from 'vitest';
import { eventsOf, linesOf } from '../../testing/detection-rules.ts';
import { readText } from '../../testing/read-fixture.ts';

const RESOURCE = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a';
const DEFINITION =
  '/providers/microsoft.authorization/policydefinitions/2A1A9CDF-e04d-429a-8416-3bfb72a1b26f';
const state = (complianceState: unknown, more = {}) => ({
  timestamp: '2021-03-27T18:37:42.4496956Z',
  policyAssignmentId: '/subscriptions/s/providers/microsoft.authorization/policyassignments/asg',
  policyDefinitionId: DEFINITION,
  policyDefinitionReferenceId: '',
  complianceState,
  resourceId: RESOURCE,
  policyDefinitionGroupNames: ['azure_security_benchmark_v3.0_dp-4'],
  ...more,
});
const read = (value: unknown) => readText(JSON.stringify(value), 'a.json');

describe('Azure Policy', () => {
  it('reads what the activity log of a detection rule holds', async () => {
    // Three entries of category Policy with one policy each, one of another category: 3.
    const { detected, outcomes, problems } = await readText(
      linesOf(eventsOf('azure-policy/azure_policy_violation.yml').slice(0, 3)),
      'a.json',
    );
    expect(detected).toMatchObject({
      source: { id: 'azure-policy' },
      why: 'its operationName is an action of Microsoft.Authorization/policies',
    });
    expect(problems).toEqual([]);
    expect(
      outcomes.map(({ check, verdict, disposition, details }) => [
        check,
        verdict,
        disposition,
        details?.effect,
      ]),
    ).toEqual([
      ['2a1a9cdf-e04d-429a-8416-3bfb72a1b26f', 'fail', 'observed', 'audit'],
      ['Storage accounts should prevent shared key access', 'fail', 'observed', 'audit'],
      ['Network Watcher should be enabled', 'fail', 'observed', 'auditifnotexists'],
    ]);
    expect(outcomes[0]).toMatchObject({
      observed_at: '2025-12-22T10:30:00.000Z',
      subject: { type: 'microsoft.storage/storageaccounts' },
      details: { compliance_scan: false },
    });
    expect(outcomes[1]?.details).toMatchObject({ compliance_scan: true });
  });

  it('does not take an entry that changes something for a verdict, and says where no policy is named', async () => {
    const events = eventsOf('azure-policy/azure_policy_deployifnotexists.yml').slice(0, 3);
    const { outcomes, problems } = await readText(linesOf(events), 'a.json');
    // The resource of the first and third is a definition; the second stands on an assignment and has no properties.
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['autodeploybackdoor', 'not_evaluated'],
      ['maliciouspolicy', 'not_evaluated'],
    ]);
    expect(problems).toMatchObject([{ message: expect.stringContaining('names no policy') }]);
  });

  it('takes the files of detection rules for no report', async () => {
    const { fixtureText } = await import('../../testing/read-fixture.ts');
    for (const name of ['violation', 'deployifnotexists'])
      await expect(readText(fixtureText(`azure-policy/azure_policy_${name}.yml`), 'r.yml')).rejects.toThrow(
        /no format/,
      );
  });

  it('tells a denied request from one that a scan would deny', async () => {
    const entry = (isComplianceCheck: string) => ({
      time: '2025-12-22T10:30:00Z',
      resourceId: RESOURCE,
      operationName: { value: 'Microsoft.Authorization/policies/deny/action' },
      correlationId: 'c',
      properties: {
        entity: RESOURCE,
        isComplianceCheck,
        policies: JSON.stringify([
          { policyDefinitionId: DEFINITION },
          { policyDefinitionId: `${DEFINITION}2` },
        ]),
      },
    });
    const denied = await read({ records: [entry('False')] });
    expect(denied.outcomes.map(({ disposition, verdict }) => [disposition, verdict])).toEqual([
      ['enforced', 'fail'],
      ['enforced', 'fail'],
    ]);
    expect(new Set(denied.outcomes.map(({ source_id }) => source_id)).size).toBe(2);
    expect((await read([entry('True')])).outcomes[0]?.disposition).toBe('observed');
  });

  it.each([
    ['Compliant', 'pass'],
    ['compliant', 'pass'],
    ['NonCompliant', 'fail'],
    ['Exempt', 'not_evaluated'],
    ['Conflict', 'not_evaluated'],
    ['NotStarted', 'not_evaluated'],
    ['Unknown', 'not_evaluated'],
    ['', 'not_evaluated'],
    [null, 'not_evaluated'],
  ])('judges the state %s as %s', async (word, verdict) => {
    const { detected, outcomes } = await read({ '@odata.nextLink': null, value: [state(word)] });
    expect(detected.why).toBe('it has complianceState and policyDefinitionId');
    expect(outcomes).toMatchObject([
      {
        check: '2a1a9cdf-e04d-429a-8416-3bfb72a1b26f',
        verdict,
        observed_at: '2021-03-27T18:37:42.449Z',
        details: { groups: ['azure_security_benchmark_v3.0_dp-4'] },
      },
    ]);
    expect(outcomes[0]?.suppressed?.kind).toBe(word === 'Exempt' ? 'policy exemption' : undefined);
  });

  it('reads events of Event Grid and CloudEvents, and answers no validation', async () => {
    const data = state('NonCompliant', { resourceId: undefined });
    const grid = {
      id: 'e1',
      subject: RESOURCE,
      data,
      eventType: 'Microsoft.PolicyInsights.PolicyStateChanged',
      eventTime: '2021-03-27T18:37:42.5241536Z',
    };
    const { outcomes, problems } = await read([
      grid,
      {
        id: 'v',
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        data: { validationCode: 'x' },
      },
      { ...grid, id: 'e2', eventType: 'Microsoft.PolicyInsights.PolicyStateDeleted' },
    ]);
    expect(problems).toEqual([]);
    // The data's own time, not that of the event; what was deleted is judged no more.
    expect(outcomes.map(({ verdict, observed_at }) => [verdict, observed_at])).toEqual([
      ['fail', '2021-03-27T18:37:42.449Z'],
      ['not_evaluated', '2021-03-27T18:37:42.449Z'],
    ]);
    const cloud = {
      specversion: '1.0',
      source: '/subscriptions/s',
      type: 'Microsoft.PolicyInsights.PolicyStateCreated',
      id: 'c',
      subject: RESOURCE,
      data: { ...data, complianceState: 'Compliant' },
    };
    expect((await read(cloud)).outcomes).toMatchObject([{ verdict: 'pass', subject: { id: RESOURCE } }]);
  });

  it('reads an attestation as a person’s word', async () => {
    const { outcomes } = await read({
      value: [
        {
          id: `${RESOURCE}/providers/Microsoft.PolicyInsights/attestations/at1`,
          properties: {
            policyAssignmentId: '/x/policyAssignments/asg',
            complianceState: 'Compliant',
            expiresOn: '2027-01-01T00:00:00Z',
            owner: 'ann',
            assessmentDate: '2026-01-01T00:00:00Z',
            evidence: [{ description: 'report', sourceUri: 'https://example.com/r' }],
          },
        },
      ],
    });
    expect(outcomes).toMatchObject([
      {
        check: 'asg',
        rule: 'attestation',
        verdict: 'pass',
        subject: { id: RESOURCE },
        observed_at: '2026-01-01T00:00:00.000Z',
        actor: 'ann',
        details: { attested: true, expires_on: '2027-01-01T00:00:00.000Z' },
      },
    ]);
  });

  it('is one record for one state, whatever the case of its ids', async () => {
    const id = async (each: object) => (await read([each])).outcomes[0]?.source_id;
    expect(await id(state('Compliant'))).toBe(
      await id(state('Compliant', { resourceId: RESOURCE.toUpperCase() })),
    );
    expect(await id(state('Compliant'))).not.toBe(
      await id(state('Compliant', { timestamp: '2021-03-28T00:00:00Z' })),
    );
  });
});
