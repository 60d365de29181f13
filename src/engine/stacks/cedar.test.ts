import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { type InputFile, parseInput } from '../../inputs/index.ts';
import type { Bundle, Override } from '../../policy/index.ts';
import { asks, door, doorFiles, FOLDER, POLICY } from '../../policy/stacks/cedar/testing/door.ts';
import { createEngine, type Engine, judgeAll, recordsOfRun } from '../index.ts';
import { bundleOf, metadata } from '../testing/bundles.ts';
import { documentOf } from '../testing/documents.ts';
import { describeWithOpa } from '../testing/need-opa.ts';

const SUNSET = '2026-05-04T23:59:59.999Z';
const NOW = Date.parse(SUNSET);

const override: Override = {
  id: 'ovr-1',
  policy: 'door-opened',
  scope: { subjects: ['House::Person::"ada" *'] },
  owner: 'team',
  approver: 'lead',
  reason: 'The lock of this door is being replaced.',
  ticket: 'https://tickets.example/1',
  created: '2026-01-01T00:00:00.000Z',
  sunset: SUNSET,
  digest: 'sha256:0000000000000000000000000000000000000000000000000000000000000000',
};

/** The largest Long of Cedar, which no double holds. */
const LARGEST = '9223372036854775807';

let bundle: Bundle;
let engine: Engine;

const ask = async (value: unknown, used: Engine = engine) =>
  (await used.judge(documentOf('cedar-request', value), 'ci')).map(
    ({ policy_id, verdict, message, details, subject }) => ({
      policy_id,
      verdict,
      message,
      details,
      subject,
    }),
  );
const SUBJECT = {
  type: 'cedar-request',
  id: 'House::Person::"ada" House::Action::"open" House::Door::"a"',
  name: 'House::Person::"ada" House::Action::"open" House::Door::"a"',
};

describeWithOpa('Cedar in process', () => {
  beforeAll(async () => {
    bundle = await bundleOf({
      ...doorFiles(),
      'policies/any/policy.rego': `${metadata('any', ['inputs: [cedar-request, json]'])}package exhibit.policies.any
population contains {"type": "request", "id": "r", "name": "r"} if input.principal
violations contains {"subject": "r", "message": "no"} if input.principal == "nobody"
`,
    });
    engine = await createEngine(bundle, { clock: () => NOW });
  });

  test('allow is a pass, and says which statement permitted', async () => {
    expect(await ask(asks('ada', 'open', 'a', [door('a', 'ada', false)]))).toContainEqual({
      policy_id: 'door-opened',
      verdict: 'pass',
      message: undefined,
      details: { decision: 'allow', determining: ['door-opened'] },
      subject: SUBJECT,
    });
  });

  test('deny is a fail, and says which statement forbade', async () => {
    expect(await ask(asks('ada', 'open', 'a', [door('a', 'ada', true)]))).toContainEqual({
      policy_id: 'door-opened',
      verdict: 'fail',
      message: `${SUBJECT.id} is denied: forbidden by sealed`,
      details: { decision: 'deny', determining: ['sealed'] },
      subject: SUBJECT,
    });
  });

  test('what nothing permits is a fail: Cedar denies by default', async () => {
    const all = await ask(asks('eve', 'open', 'a', [door('a', 'ada', false)]));
    const judged = all.find(({ policy_id }) => policy_id === 'door-opened');
    expect(judged).toMatchObject({ verdict: 'fail', details: { determining: [] } });
    expect(judged?.message).toContain('no statement permits it');
    // The schema knows this action, and no statement speaks of it.
    expect(await ask(asks('ada', 'lock', 'a', [door('a', 'ada', false)]))).toContainEqual(
      expect.objectContaining({ policy_id: 'door-opened', verdict: 'fail' }),
    );
  });

  test('a statement that cannot be evaluated is an error, whatever Cedar decides without it', async () => {
    const tagged = POLICY.replace('when { resource.sealed }', 'when { resource.weight + 1 > 0 }');
    const heavy = await bundleOf(
      doorFiles({
        [`${FOLDER}/policy.cedar`]: tagged,
        [`${FOLDER}/schema.cedarschema`]: `namespace House {
  entity Person;
  entity Door = { owner: Person, weight: Long };
  action open appliesTo { principal: [Person], resource: [Door], context: {} };
}
`,
      }),
    );
    const other = await createEngine(heavy, { clock: () => NOW });
    // Cedar's Long has 64 bits, and arithmetic beyond them is an error. The forbid is skipped, so Cedar says allow.
    const entity = `{"uid":{"type":"House::Door","id":"a"},"attrs":{"owner":{"__entity":{"type":"House::Person","id":"ada"}},"weight":${LARGEST}},"parents":[]}`;
    const text = JSON.stringify(asks('ada', 'open', 'a', [])).replace('[]', `[${entity}]`);
    const [document] = parseInput('request.json', Buffer.from(text)).documents;
    const [judged] = await other.judge(document ?? expect.fail('no document'), 'ci');
    expect(judged).toMatchObject({
      verdict: 'error',
      code: 'ENGINE_ERROR',
      details: { decision: 'allow', errors: [{ statement: 'sealed' }] },
    });
    expect(judged?.message).toContain('integer overflow');
  });

  test('a request that does not fit the schema is an error, and no other policy suffers', async () => {
    for (const request of [
      { ...asks('ada', 'open', 'a', []), resource: { type: 'House::Person', id: 'eve' } },
      { ...asks('ada', 'open', 'a', []), context: { mfa: true } },
      asks('ada', 'open', 'a', ['door']),
      asks('ada', 'open', 'a', [door('a', 'ada', true), door('a', 'ada', false)]),
      asks('ada', 'open', 'a', [door('a', 'ada', 0.5 as unknown as boolean)]),
    ]) {
      const verdicts = (await ask(request)).map(({ policy_id, verdict }) => `${policy_id} ${verdict}`);
      expect(verdicts.toSorted()).toEqual(['any pass', 'door-opened error']);
    }
  });

  test('a request about an action of another schema is not of this policy', async () => {
    expect(await ask(asks('ada', 'paint', 'a', []))).toContainEqual(
      expect.objectContaining({ policy_id: 'door-opened', verdict: 'not_applicable' }),
    );
  });

  test('a record names the engine that judged: Cedar, or OPA for its own policy', async () => {
    const documents = [documentOf('cedar-request', asks('ada', 'open', 'a', [door('a', 'ada', true)]))];
    const files = [{ file: 'input.json', documents, problems: [] }];
    const result = await judgeAll(engine, files, { bundle, layer: 'ci', now: NOW });
    const { records } = recordsOfRun({
      ...result,
      bundle,
      layer: 'ci',
      tool: 'exhibit',
      tool_version: '0.0.0',
      run_id: 'run',
      now: NOW,
      random: (length) => new Uint8Array(randomBytes(length)),
      attribution: {},
      simulated: false,
    });
    const named = records.map(({ record_type, policy_id, engine: name, engine_version }) =>
      [record_type, policy_id, name, engine_version].join(' '),
    );
    expect(named.toSorted()).toEqual([
      `decision any opa-wasm ${bundle.opa_version}`,
      'decision door-opened cedar 4.13.0',
      `run  opa-wasm ${bundle.opa_version}`,
    ]);
    expect(records.find(({ policy_id }) => policy_id === 'door-opened')).toMatchObject({
      verdict: 'fail',
      disposition: 'enforced',
      subject_type: 'cedar-request',
      details: { decision: 'deny', determining: ['sealed'] },
    });
  });

  test('only requests are put to Cedar', async () => {
    const judged = await engine.judge(documentOf('json', { principal: 'nobody' }), 'ci');
    expect(judged.map(({ policy_id }) => policy_id)).toEqual(['any']);
  });

  test('two bundles with one policy id do not mix', async () => {
    const open = await createEngine(
      await bundleOf(
        doorFiles({
          [`${FOLDER}/policy.cedar`]: POLICY.replace('resource.sealed', '!resource.sealed'),
        }),
      ),
      { clock: () => NOW },
    );
    const request = asks('ada', 'open', 'a', [door('a', 'ada', true)]);
    const verdict = async (used: Engine) =>
      (await ask(request, used)).find(({ policy_id }) => policy_id === 'door-opened')?.verdict;
    expect([await verdict(engine), await verdict(open), await verdict(engine)]).toEqual([
      'fail',
      'pass',
      'fail',
    ]);
  });

  test('an override waives a deny until its sunset, and nothing else', async () => {
    const files: InputFile[] = [
      {
        file: 'requests.json',
        documents: [
          documentOf('cedar-request', asks('ada', 'open', 'a', [door('a', 'ada', true)]), 'requests.json', 0),
          documentOf('cedar-request', asks('eve', 'open', 'a', [door('a', 'ada', true)]), 'requests.json', 1),
          documentOf('cedar-request', asks('ada', 'open', 'a', []), 'requests.json', 2),
        ],
        problems: [],
      },
    ];
    const waiving = { ...bundle, overrides: [override] };
    const done = async (now: number) =>
      (await judgeAll(engine, files, { bundle: waiving, layer: 'ci', now })).decisions
        .filter(({ policy_id }) => policy_id === 'door-opened')
        .map(({ verdict, disposition, override_id }) => [verdict, disposition, override_id]);
    expect(await done(NOW)).toEqual([
      ['fail', 'waived', 'ovr-1'],
      ['fail', 'enforced', undefined],
      ['error', 'enforced', undefined],
    ]);
    expect(await done(NOW + 1)).toEqual([
      ['fail', 'enforced', undefined],
      ['fail', 'enforced', undefined],
      ['error', 'enforced', undefined],
    ]);
  });
});
