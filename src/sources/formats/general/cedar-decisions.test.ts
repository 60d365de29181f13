import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { cutOff } from '../../testing/damage.ts';
import { readFixture, readText } from '../../testing/read-fixture.ts';
import { cedarDecisions } from './cedar-decisions.ts';

const { isAuthorized } = createRequire(import.meta.url)(
  '@cedar-policy/cedar-wasm/nodejs',
) as typeof import('@cedar-policy/cedar-wasm/nodejs');

const policies = {
  staticPolicies: {
    view: 'permit(principal == User::"alice", action == Action::"view", resource);',
    'no-delete': 'forbid(principal, action == Action::"delete", resource);',
    broken: 'forbid(principal, action == Action::"view", resource) when { resource.missing };',
  },
};
const entity = (type: string, id: string) => ({ type, id });
function ask(who: string, what: string) {
  const request = {
    principal: entity('User', who),
    action: entity('Action', what),
    resource: entity('DB', 'db1'),
  };
  return { request, answer: isAuthorized({ ...request, context: {}, policies, entities: [] }) };
}

describe('Cedar decisions', () => {
  const asked = [ask('alice', 'view'), ask('bob', 'read'), ask('alice', 'delete')];
  const text = asked
    .map(({ request, answer }, i) => `${JSON.stringify({ ...answer, request, id: `r${i}` })}\n`)
    .join('');

  it('reads answers of the real Cedar, with the policies that decided and those that erred', async () => {
    const { detected, outcomes, problems } = await readText(text, 'decisions.json');
    expect(detected).toMatchObject({
      source: { id: 'cedar-decisions' },
      why: 'it has a decision with diagnostics',
      also: [],
    });
    expect(problems).toEqual([]);
    // alice may view, and the forbid that errs does not forbid; nobody permits bob; deleting is forbidden.
    expect(outcomes.map(({ check, verdict, subject }) => [check, verdict, subject.id])).toEqual([
      ['view', 'pass', 'User::"alice" Action::"view" DB::"db1"'],
      ['broken', 'error', 'User::"alice" Action::"view" DB::"db1"'],
      ['default-deny', 'fail', 'User::"bob" Action::"read" DB::"db1"'],
      ['no-delete', 'fail', 'User::"alice" Action::"delete" DB::"db1"'],
    ]);
    expect(outcomes[0]).toMatchObject({ actor: 'User::"alice"', source_id: 'r0/view' });
  });

  it('takes no decision that it cannot name', async () => {
    const answers = [
      { decision: null, diagnostics: { reason: [], errors: [] } },
      { type: 'failure', errors: [{ message: 'failed to parse policies' }], warnings: [] },
    ];
    const { outcomes, problems } = await readText(JSON.stringify(answers), 'd.json', cedarDecisions);
    expect(outcomes.map(({ check, verdict }) => [check, verdict])).toEqual([['undecided', 'not_evaluated']]);
    expect(problems.map(({ message }) => message)).toEqual([
      'Cedar could not decide: failed to parse policies',
    ]);
    await cutOff(text, 'd.json', cedarDecisions);
  });

  it.each([
    '1.json',
    '2.json',
    '3.json',
    'bob_view_alice_public.json',
    'entities.json',
    'policies_5b.cedar',
    'schema.cedarschema',
    'policies.cedarschema',
  ])('does not take %s for decisions: a test says what should be decided', async (name) => {
    await expect(readFixture(`cedar/${name}`)).rejects.toThrow('of no format');
  });
});
