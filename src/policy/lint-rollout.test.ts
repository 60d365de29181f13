import { beforeAll, describe, expect, it } from 'vitest';
import { buildBundle, findOpa, lintRepository, type Opa, openBundle, readRepository } from './index.ts';
import { lintRollout } from './lint-rollout.ts';
import { FIXTURE, writeFixture } from './testing/fixture.ts';
import type { Policy, RolloutStage } from './types.ts';

const POLICY = 'policies/box/box-sealed/policy.rego';
let opa: Opa;
let policy: Policy;

/** The fixture's policy with a roll-out as its author writes it: bare days, in the annotation. */
const STAGES = `#     since: 2026-11-01
#     rollout:
#       - {from: 2026-11-01, mode: warn}
#       - {from: 2026-12-01, mode: enforce, scope: {environments: [staging], layers: [ci]}}
#       - {from: 2027-01-01, mode: enforce}`;
const written = { [POLICY]: (FIXTURE[POLICY] ?? '').replace('#     since: 2026-11-01', STAGES) };
const stages: RolloutStage[] = [
  { from: '2026-11-01', mode: 'warn' },
  { from: '2026-12-01', mode: 'enforce', scope: { environments: ['staging'], layers: ['ci'] } },
  { from: '2027-01-01', mode: 'enforce' },
];

beforeAll(async () => {
  opa = await findOpa(process.env);
  const { policies, problems } = await readRepository(await writeFixture(written), { opa });
  expect(problems.filter(({ rule }) => rule !== 'override')).toEqual([]);
  const found = policies.find(({ id }) => id === 'box-sealed');
  if (found === undefined) throw new Error('no policy');
  policy = found;
});

const said = (rollout: RolloutStage[], more: Partial<Policy> = {}) =>
  lintRollout({ ...policy, rollout, ...more } as Policy, []).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

describe('a roll-out', () => {
  it('is read from the annotation, and stands in the bundle as data', async () => {
    expect(policy.rollout).toEqual(stages);
    const built = await buildBundle(await writeFixture(written), { opa, revision: 'r' });
    const bundle = openBundle(built.files, { keys: [], allowUnsigned: true });
    expect(bundle.policies.find(({ id }) => id === 'box-sealed')?.rollout).toEqual(stages);
  });

  it('that is in order has no remark, and neither has none', () => {
    expect(said(stages)).toEqual([]);
    const { rollout: _, ...without } = policy;
    expect(lintRollout(without as Policy, [])).toEqual([]);
  });

  it.each<[string, RolloutStage[], RegExp]>([
    [
      'a layer that is not judged',
      [{ from: '2026-11-01', mode: 'enforce', scope: { layers: ['runtime'] } }],
      /error: .*is for runtime, where the policy is not judged/,
    ],
    [
      'a stage that is stronger than its layer',
      [{ from: '2026-11-01', mode: 'enforce', scope: { layers: ['pre-commit'] } }, ...stages],
      /error: .*is stronger than its layers, which say warn/,
    ],
    [
      'a stage before the policy is in force',
      [{ from: '2026-10-01', mode: 'enforce' }],
      /error: .*begins before the policy is in force \(since 2026-11-01\)/,
    ],
    [
      'stages that are not sorted',
      [
        { from: '2027-01-01', mode: 'enforce' },
        { from: '2026-12-01', mode: 'warn' },
      ],
      /error: .*stands behind one that begins later/,
    ],
    [
      'two stages of one day and scope',
      [
        { from: '2026-12-01', mode: 'enforce' },
        { from: '2026-12-01', mode: 'warn' },
      ],
      /error: .*has the day and the scope of another one/,
    ],
    [
      'one that is taken back',
      [...stages, { from: '2027-02-01', mode: 'warn' }],
      /warning: .*is weaker than an earlier one/,
    ],
    ['one that never enforces', [{ from: '2026-11-01', mode: 'warn' }], /warning: .*no stage ever enforces/],
  ])('%s is named', (_, rollout, message) => {
    expect(said(rollout)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('that leaves out a layer is named: what was enforced there is only observed', () => {
    const layers: Policy['layers'] = { 'pre-commit': 'warn', ci: 'enforce', admission: 'enforce' };
    const shop = { layers: ['admission' as const], subjects: ['*/shop/**'] };
    const stage: RolloutStage = { from: '2026-12-01', mode: 'enforce', scope: shop };
    expect(said([stage], { layers })).toEqual([
      'warning: box-sealed: no stage ever enforces at ci, though its layers say enforce',
    ]);
    expect(
      said([{ from: '2026-11-01', mode: 'enforce', scope: { layers: ['ci'] } }, stage], { layers }),
    ).toEqual([]);
    expect(said([{ from: '2026-11-01', mode: 'enforce' }, stage], { layers })).toEqual([]);
  });

  it.each(['kyverno', 'admission-policy', 'scp', 'aws-config', 'azure-policy', 'gcp-org-policy'] as const)(
    'of a policy that %s enforces by itself would do nothing',
    (style) => {
      expect(said(stages, { style } as Partial<Policy>)).toEqual([
        `error: box-sealed: its roll-out has no effect: what blocks is its own engine (${style}), which knows no day`,
      ]);
      const { rollout: _, ...without } = policy;
      expect(lintRollout({ ...without, style } as Policy, [])).toEqual([]);
    },
  );

  it('of named rules is for rules that give a verdict each, whose names are known', async () => {
    const rules = {
      'policies/gate/policy.rego':
        'package gate\n\ndeny_public contains "public" if input.public\n\ndeny_open contains "open" if input.open\n',
      'policies/gate/policy.yaml': `id: gate
title: Gates are shut
description: A gate that stands open lets in whoever comes.
severity: high
owner: platform
controls: [{control: house/c-1, rationale: Shuts., strength: full}]
layers: {ci: enforce}
cadence: change
remediation: Shut it.
since: 2026-11-01
rollout: [{from: 2026-11-01, mode: enforce, scope: {rules: [deny_public]}}, {from: 2026-11-01, mode: warn, scope: {rules: [deny_opne]}}]
`,
    };
    const problems = await lintRepository(await readRepository(await writeFixture(rules), { opa }), { opa });
    expect(problems.filter(({ rule }) => rule === 'rollout')).toEqual([
      expect.objectContaining({
        message:
          'gate: the stage from 2026-11-01 (warn) is for deny_opne, which is no rule of its own verdict',
        hint: 'Its rules are deny_open, deny_public.',
      }),
    ]);
    expect(said([{ from: '2026-11-01', mode: 'enforce', scope: { rules: ['violations'] } }])).toEqual([
      expect.stringMatching(/error: .*is for violations, which is no rule/),
    ]);
  });

  it('of a Cedar policy holds, since we put the requests to Cedar', () => {
    expect(said(stages, { style: 'cedar' } as Partial<Policy>)).toEqual([]);
  });

  it('with an unknown field, an empty scope or no such day is an error of the metadata', async () => {
    const wrong = {
      [POLICY]: (written[POLICY] ?? '')
        .replace('from: 2026-12-01', 'from: 2026-02-30')
        .replace('{environments: [staging], layers: [ci]}', '{}'),
    };
    const { problems } = await readRepository(await writeFixture(wrong), { opa });
    const messages = problems.map(({ message }) => message).join('\n');
    expect(messages).toMatch(/rollout.*1.*from: no such day/);
    expect(messages).toMatch(/rollout.*1.*scope: the scope is empty/);
  });
});
