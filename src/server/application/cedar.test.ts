import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { type Given, type Harness, harness } from '../testing/harness.ts';
import { cedarRequest, isAuthorizedSchema } from './cedar/shape.ts';
import { applicationBundle, type Source } from './testing/policies.ts';

let at: Harness;
let source: Source;
const start = async (given: Given = source.settings) => {
  at = await harness(given);
};

/** As the API reference of Verified Permissions writes it. */
const asks = (person: string, action: string, sealed: boolean, over: object = {}) => ({
  principal: { entityType: 'House::Person', entityId: person },
  action: { actionType: 'House::Action', actionId: action },
  resource: { entityType: 'House::Door', entityId: 'a' },
  entities: {
    entityList: [
      {
        identifier: { entityType: 'House::Door', entityId: 'a' },
        attributes: {
          owner: { entityIdentifier: { entityType: 'House::Person', entityId: 'ada' } },
          sealed: { boolean: sealed },
        },
      },
    ],
  },
  ...over,
});
async function ask(body: unknown): Promise<[number, Record<string, unknown>]> {
  const response = await at.send('/v1/cedar/is-authorized', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [response.status, (await response.json()) as Record<string, unknown>];
}
const decisions = async () => (await at.records()).filter(({ record_type }) => record_type === 'decision');

describeWithOpa('IsAuthorized', () => {
  beforeAll(async () => {
    source = await applicationBundle();
  });
  afterAll(() => source.remove());
  afterEach(() => at.remove());

  it('is decided by Cedar, with the statements that determined it, on the record', async () => {
    await start();
    expect(await ask(asks('ada', 'open', false))).toEqual([
      200,
      { decision: 'ALLOW', determiningPolicies: [{ policyId: 'door-opened/door-opened' }], errors: [] },
    ]);
    expect(await ask(asks('ada', 'open', true, { policyStoreId: 'door-opened' }))).toEqual([
      200,
      { decision: 'DENY', determiningPolicies: [{ policyId: 'door-opened/sealed' }], errors: [] },
    ]);
    // Nothing permits: a deny without a statement, as in Cedar.
    expect(await ask(asks('eve', 'open', false))).toEqual([
      200,
      { decision: 'DENY', determiningPolicies: [], errors: [] },
    ]);
    expect(
      (await decisions()).map(({ policy_id, verdict, disposition, engine, format, subject_id }) => [
        policy_id,
        verdict,
        disposition,
        engine,
        format,
        subject_id,
      ]),
    ).toEqual(
      [
        ['ada', 'pass', 'none'],
        ['ada', 'fail', 'enforced'],
        ['eve', 'fail', 'enforced'],
      ].map(([who, verdict, disposition]) => [
        'door-opened',
        verdict,
        disposition,
        'cedar',
        'cedar-is-authorized',
        `House::Person::"${who}" House::Action::"open" House::Door::"a"`,
      ]),
    );
  });

  it.each<[string, object, RegExp]>([
    [
      'an action that no set knows',
      asks('ada', 'paint', false),
      /no policy set of the bundle.*knows the action/,
    ],
    [
      'a set that is not there',
      asks('ada', 'open', false, { policyStoreId: 'ps-1' }),
      /no policy set "ps-1" of the bundle/,
    ],
    // Cedar skips the forbid that breaks and would allow what is left: never here.
    [
      'an entity that is missing',
      asks('ada', 'open', false, { entities: { entityList: [] } }),
      /does not exist/,
    ],
    [
      'an attribute of the wrong type',
      asks('ada', 'open', false, {
        entities: {
          cedarJson: JSON.stringify([
            { uid: { type: 'House::Door', id: 'a' }, attrs: { owner: 1, sealed: false }, parents: [] },
          ]),
        },
      }),
      /does not fit the schema/,
    ],
    [
      'a context that the schema does not know',
      asks('ada', 'open', false, { context: { contextMap: { a: { long: 1 } } } }),
      /does not fit the schema/,
    ],
    ['entities that are no list', asks('ada', 'open', false, { entities: { cedarJson: '{}' } }), /./],
  ])('%s is denied with the reason', async (_, body, reason) => {
    await start();
    const [status, answer] = await ask(body);
    expect([status, answer.decision]).toEqual([200, 'DENY']);
    expect((answer.errors as { errorDescription: string }[])[0]?.errorDescription).toMatch(reason);
    expect((await decisions()).map(({ verdict }) => verdict)).toEqual([
      expect.stringMatching(/^(error|not_evaluated)$/),
    ]);
  });

  it('without a bundle, or with an expired one, is denied', async () => {
    await start({});
    expect((await ask(asks('ada', 'open', false)))[1]).toMatchObject({ decision: 'DENY' });
    expect((await decisions())[0]).toMatchObject({ verdict: 'not_evaluated' });
  });

  it.each<[string, unknown, number]>([
    ['no JSON', '{"principal":', 400],
    ['an unknown field', asks('ada', 'open', false, { decision: 'ALLOW' }), 400],
    [
      'two values in one',
      asks('ada', 'open', false, { context: { contextMap: { a: { long: 1, string: 'x' } } } }),
      400,
    ],
    ['cedarJson that is no JSON', asks('ada', 'open', false, { context: { cedarJson: '{' } }), 400],
    ['10 MB', asks('ada', 'open', false, { context: { cedarJson: 'x'.repeat(10 * 1024 * 1024) } }), 413],
  ])('a request with %s is refused', async (_, body, status) => {
    await start();
    expect((await ask(body))[0]).toBe(status);
    expect(await decisions()).toEqual([]);
  });
});

it('every type of a value becomes what Cedar reads', () => {
  const asked = isAuthorizedSchema.parse({
    ...asks('ada', 'open', false),
    context: {
      contextMap: {
        boolean: { boolean: true },
        long: { long: -3 },
        string: { string: 'x' },
        set: { set: [{ long: 1 }, { string: 'y' }] },
        record: { record: { inner: { boolean: false } } },
        entity: { entityIdentifier: { entityType: 'T', entityId: '' } },
        ip: { ipaddr: '10.0.0.1/8' },
        decimal: { decimal: '1.5' },
        datetime: { datetime: '2026-11-26' },
        duration: { duration: '1h' },
      },
    },
  });
  // The JSON form of Cedar's documentation.
  expect(cedarRequest(asked).context).toEqual({
    boolean: true,
    long: -3,
    string: 'x',
    set: [1, 'y'],
    record: { inner: false },
    entity: { __entity: { type: 'T', id: '' } },
    ip: { __extn: { fn: 'ip', arg: '10.0.0.1/8' } },
    decimal: { __extn: { fn: 'decimal', arg: '1.5' } },
    datetime: { __extn: { fn: 'datetime', arg: '2026-11-26' } },
    duration: { __extn: { fn: 'duration', arg: '1h' } },
  });
});
