import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readText } from '../../testing/read-fixture.ts';
import { verifiedPermissions } from './verified-permissions.ts';

const request = {
  principal: { entityType: 'User', entityId: 'alice' },
  action: { actionType: 'Action', actionId: 'view' },
  resource: { entityType: 'Photo', entityId: 'p' },
};
const NAME = 'User::"alice" Action::"view" Photo::"p"';
const allow = {
  decision: 'ALLOW',
  determiningPolicies: [{ policyId: '9wYxMpljbbZQb5fcZHyJhY' }],
  errors: [],
};
const deny = {
  decision: 'DENY',
  determiningPolicies: [],
  errors: [{ errorDescription: 'attribute missing' }],
};
const trail = (over: object) => ({
  eventVersion: '1.08',
  eventSource: 'verifiedpermissions.amazonaws.com',
  eventName: 'IsAuthorized',
  eventTime: '2026-01-02T03:04:05Z',
  eventID: 'e1',
  requestParameters: { policyStoreId: 'PSEX', ...request },
  responseElements: null,
  additionalEventData: { decision: 'ALLOW' },
  ...over,
});

describe('Verified Permissions', () => {
  it('reads an answer of IsAuthorized, which does not say what was asked', async () => {
    const { detected, outcomes } = await readText(JSON.stringify(allow), 'a.json');
    expect(detected).toMatchObject({
      source: { id: 'verified-permissions' },
      why: 'it has a decision with determiningPolicies',
      also: [],
    });
    expect(outcomes).toMatchObject([{ check: '9wYxMpljbbZQb5fcZHyJhY', verdict: 'pass' }]);
  });

  it('reads an answer of BatchIsAuthorized', async () => {
    const text = JSON.stringify({ results: [{ request, ...allow }, { request, ...deny }, { request }] });
    const { outcomes, problems } = await readText(text, 'b.json');
    // Two answers, of which one has an error of its evaluation beside it.
    expect(outcomes.map(({ check, verdict, subject }) => [check, verdict, subject.id])).toEqual([
      ['9wYxMpljbbZQb5fcZHyJhY', 'pass', NAME],
      ['default-deny', 'fail', NAME],
      ['evaluation', 'error', NAME],
    ]);
    expect(problems[0]?.message).toMatch(/^results\[2\]\.decision: /);
  });

  it('reads events of CloudTrail, and takes none without a decision for a pass', async () => {
    const Records = [
      trail({}),
      trail({ eventID: 'e2', responseElements: deny, additionalEventData: undefined }),
      trail({ eventID: 'e3', additionalEventData: undefined }),
      trail({ eventID: 'e4', errorCode: 'ThrottlingException', errorMessage: 'slow down' }),
      trail({ eventID: 'e5', eventName: 'CreatePolicy' }),
      { eventSource: 's3.amazonaws.com', eventName: 'GetObject' },
    ];
    const { detected, outcomes, problems, facts } = await readText(JSON.stringify({ Records }), 'trail.json');
    expect(detected.why).toBe('it has events of verifiedpermissions.amazonaws.com');
    expect(outcomes.map(({ check, verdict, source_id }) => [check, verdict, source_id])).toEqual([
      ['allowed', 'pass', 'e1/allowed'],
      ['default-deny', 'fail', 'e2/default-deny'],
      ['undecided', 'not_evaluated', 'e3/undecided'],
    ]);
    expect(outcomes[0]).toMatchObject({
      subject: { id: NAME },
      details: { policy_store: 'PSEX' },
      observed_at: '2026-01-02T03:04:05.000Z',
    });
    expect(problems.map(({ message }) => message)).toEqual([
      'IsAuthorized ended with ThrottlingException: slow down',
    ]);
    expect(facts.note).toBe('2 events are no authorization');
  });

  it('invents no pass of what was cut off', async () => {
    await cutOff(
      JSON.stringify({ Records: [trail({}), trail({ eventID: 'e2' })] }),
      't.json',
      verifiedPermissions,
    );
  });
});
