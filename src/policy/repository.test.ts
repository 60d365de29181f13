import { beforeAll, describe, expect, it } from 'vitest';
import { findOpa, lintRepository, listPolicies, type Opa, readRepository, showPolicy } from './index.ts';
import { FIXTURE, writeFixture } from './testing/fixture.ts';

let opa: Opa;
beforeAll(async () => {
  opa = await findOpa(process.env);
});
const POLICY = 'policies/box/box-sealed/policy.rego';
const without = (from: string, to = '') => (FIXTURE[POLICY] ?? '').replace(from, to);

/** What lint says beyond what it says of the fixture as it is: `severity rule file:line message`. */
async function lint(changes: Record<string, string | undefined>): Promise<string[]> {
  const repository = await readRepository(
    await writeFixture({ 'overrides/bad.yaml': undefined, ...changes }),
    { opa },
  );
  const problems = await lintRepository(repository, { opa });
  expect(problems.filter(({ rule }) => rule === 'override-approval')).toHaveLength(
    repository.written_overrides.length,
  );
  const others = problems.filter(({ rule }) => rule !== 'override-approval');
  return others.map(
    ({ severity, rule, location: { file, line }, message }) =>
      `${severity} ${rule} ${file}:${line} ${message}`,
  );
}

describe('readRepository', () => {
  it('reads metadata from the annotation and from policy.yaml, and tells the styles apart', async () => {
    const { policies, rego_v0, control_map, config } = await readRepository(await writeFixture(), { opa });
    expect(config).toEqual({
      name: 'fixture',
      policies: ['policies'],
      exports: [],
      emitters: [],
      libraries: ['lib'],
      longest_days: { critical: 30, high: 365, medium: 180, low: 365, info: 365 },
      overrides: { approval: [], unchecked_tickets: 'apply', many: { open: 5, uses: undefined } },
    });
    expect(policies[0]).toEqual({
      id: 'box-sealed',
      title: 'Boxes are sealed',
      description: 'Every box is sealed before it leaves.',
      severity: 'high',
      owner: 'packing',
      controls: [
        {
          control: 'soc2/cc6.1',
          rationale: 'A sealed box keeps its content from others.',
          strength: 'partial',
        },
      ],
      layers: { ci: 'enforce', 'pre-commit': 'warn' },
      cadence: 'change',
      remediation: 'Seal the box.',
      since: '2026-11-01',
      inputs: ['json'],
      redact: ['$.boxes[*].key'],
      style: 'exhibit',
      package: 'exhibit.policies.box_sealed',
      file: POLICY,
    });
    expect(policies.map(({ id, style }) => [id, style])).toEqual([
      ['box-sealed', 'exhibit'],
      ['required-labels', 'gatekeeper'],
      ['team-label', 'conftest'],
    ]);
    expect(policies[1]).toMatchObject({ parameters: { labels: ['owner'] } });
    expect(rego_v0).toEqual(['policies/k8s/labels/policy.rego', 'policies/k8s/labels/policy_test.rego']);
    expect(control_map.entries.map(({ control, policy_id }) => `${control} ${policy_id}`)).toEqual([
      'soc2/cc6.1 box-sealed',
      'soc2/cc6.1 checkov/CKV_AWS_16',
      'soc2/cc8.1 required-labels',
      'soc2/cc8.1 team-label',
    ]);
  });

  it('says where there is none', async () => {
    await expect(readRepository('/does/not/exist', { opa })).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });
});

describe('lintRepository', () => {
  it('has nothing to say of a repository that is complete', async () => {
    expect(await lint({})).toEqual([]);
  });

  it.each([
    [
      'a missing field',
      { [POLICY]: without('#     owner: packing\n') },
      /error metadata .*policy\.rego:\d+ owner is missing/,
    ],
    [
      'a severity that is none',
      { [POLICY]: without('high', 'huge') },
      /error metadata .*policy\.rego:7 severity/,
    ],
    [
      'a layer that is none',
      { [POLICY]: without('ci: enforce', 'build: enforce') },
      /error metadata .*policy\.rego:13 .*build/,
    ],
    [
      'a mode that is none',
      { [POLICY]: without('ci: enforce', 'ci: block') },
      /error metadata .*policy\.rego:13 layers\.ci/,
    ],
    [
      'a cadence that is none',
      { [POLICY]: without('cadence: change', 'cadence: daily') },
      /error metadata .*policy\.rego:14 cadence/,
    ],
    [
      'a day that is none',
      { [POLICY]: without('2026-11-01', '"2026-11-31"') },
      /error metadata .*policy\.rego:16 since/,
    ],
    [
      'a control in no framework',
      { [POLICY]: without('soc2/cc6.1', 'soc2/cc9.9') },
      /error control .*policy\.rego:10 the control soc2\/cc9\.9/,
    ],
    [
      'no test',
      { 'policies/box/box-sealed/policy_test.rego': undefined },
      /error no-test .*box-sealed has no test/,
    ],
    [
      'no bad example',
      { 'policies/box/box-sealed/examples/bad-open.json': undefined },
      /error no-example .*has no bad example/,
    ],
    [
      'an example of another name',
      { 'policies/box/box-sealed/examples/x.json': '{}' },
      /warning example-name .*x\.json/,
    ],
    [
      'an id that is taken',
      {
        'policies/k8s/labels/policy.yaml': (FIXTURE['policies/k8s/labels/policy.yaml'] ?? '').replace(
          'team-label',
          'box-sealed',
        ),
      },
      /error duplicate-id/,
    ],
    [
      'a foreign rule with a wrong side file',
      { 'policies/k8s/labels/policy.yaml': 'id: X\n' },
      /error metadata policies\/k8s\/labels\/policy\.yaml:1 id/,
    ],
    [
      'no population',
      { [POLICY]: without('population contains', 'boxes_here contains') },
      /error no-rule .*no rule population/,
    ],
    ['a syntax error', { 'lib/x.rego': 'package lib.x\n\ny := [\n' }, /error rego lib\/x\.rego:\d/],
    [
      'an unsafe variable',
      { 'lib/x.rego': 'package lib.x\n\ny := z\n' },
      /error rego lib\/x\.rego:3 var z is unsafe/,
    ],
    [
      'an unused import',
      { 'lib/x.rego': 'package lib.x\n\nimport data.lib.boxes\n' },
      /error rego-strict lib\/x\.rego:3/,
    ],
    [
      'a module that is not formatted',
      { 'lib/x.rego': 'package lib.x\n\ny   :=   1\n' },
      /warning format lib\/x\.rego/,
    ],
    [
      'a pattern with look-ahead',
      { 'lib/x.rego': 'package lib.x\n\nbad(s) if regex.match(`a(?=b)`, s)\n' },
      /error regex lib\/x\.rego:3/,
    ],
    [
      'a built-in that reaches out',
      { 'lib/x.rego': 'package lib.x\n\ny := http.send({})\n' },
      /error builtin lib\/x\.rego:3 .*http\.send/,
    ],
    [
      'a link to a policy that is not there',
      {
        'controls/map.yaml':
          'links:\n  - {policy_id: nothing, control: soc2/cc6.1, strength: full, rationale: x}\n',
      },
      /error control-map controls\/map\.yaml:2/,
    ],
    [
      'an automated control without a policy',
      {
        'frameworks/soc2.yaml': `${FIXTURE['frameworks/soc2.yaml']}  - {id: cc7.1, title: T, summary: S, coverage: automated}\n`,
      },
      /error control frameworks\/soc2\.yaml:8 soc2\/cc7\.1 is called automated, but no policy/,
    ],
    [
      'a control that a policy supports and the framework calls manual',
      {
        'frameworks/soc2.yaml': (FIXTURE['frameworks/soc2.yaml'] ?? '').replace(
          'controlled., coverage: automated',
          'controlled., coverage: manual',
        ),
      },
      /error control frameworks\/soc2\.yaml:7 soc2\/cc8\.1 is called manual, but required-labels supports it/,
    ],
    [
      'a group that names an unknown control, once',
      {
        'controls/tool.yaml':
          'links:\n  - rationale: x\n    policy_ids: [tool/a, tool/b]\n    controls:\n      - {control: soc2/cc9.9, strength: full}\n',
      },
      /error control controls\/tool\.yaml:5 the control soc2\/cc9\.9 of tool\/a/,
    ],
    [
      'a group without its checks',
      {
        'controls/tool.yaml':
          'links:\n  - rationale: x\n    policy_ids: []\n    controls:\n      - {control: soc2/cc6.1, strength: full}\n',
      },
      /error control-map controls\/tool\.yaml:3 links\.0\.policy_ids/,
    ],
    [
      'a link with a day that is none',
      {
        'controls/map.yaml':
          'links:\n  - policy_id: tool/a\n    control: soc2/cc6.1\n    strength: full\n    rationale: x\n    until: 2026-02-30\n',
      },
      /error control-map controls\/map\.yaml:6 links\.0\.until: no such day/,
    ],
    [
      'a link that never holds',
      {
        'controls/map.yaml':
          'links:\n  - {policy_id: tool/a, control: soc2/cc6.1, strength: full, rationale: x, from: 2026-02-02, until: 2026-02-01}\n',
      },
      /error control-map controls\/map\.yaml:undefined tool\/a is linked to soc2\/cc6\.1 from 2026-02-02 until 2026-02-01: never/,
    ],
    [
      'two links of one check on one day',
      {
        'controls/tool.yaml':
          'links:\n  - {policy_id: tool/a, control: soc2/cc6.1, strength: full, rationale: x, until: 2026-02-01}\n  - rationale: x\n    policy_ids: [tool/a]\n    controls: [{control: soc2/cc6.1, strength: full, from: 2026-02-01}]\n',
      },
      /error control-map controls\/tool\.yaml:undefined tool\/a is linked to soc2\/cc6\.1 twice/,
    ],
    [
      'a folder that climbs',
      { 'exhibit.yaml': 'name: fixture\npolicies: [policies, ../other]\n' },
      /error config exhibit\.yaml.*\.\.\/other/,
    ],
    ...(
      [
        ['the control map', 'y := data.exhibit.bundle.control_map.entries', 3],
        ['frameworks by brackets', 'y := data["exhibit"]["bundle"]["frameworks"]', 3],
        ['a part of the bundle that a variable names', 'y := {k | data.exhibit.bundle[k]}', 3],
        ['the bundle as a whole', 'y := count(data.exhibit.bundle)', 3],
        ['all of data by a variable', 'y := {k | data[k]}', 3],
        ['all of data', 'y := count(data)', 3],
        ['all of data at the start of a line', 'y if {\n\tdata[_].x\n}', 4],
        ['the bundle by an import', 'import data.exhibit.bundle\n\ny := bundle.control_map', 3],
      ] as const
    ).map(([what, rule, line]): [string, Record<string, string>, RegExp] => [
      `a rule that reads ${what}`,
      { 'lib/x.rego': `package lib.x\n\n${rule}\n` },
      new RegExp(`error bundle-data lib/x\\.rego:${line} the rule reads the control map`),
    ]),
    [
      'an unknown setting',
      { 'exhibit.yaml': 'name: fixture\ncolour: red\n' },
      /error config exhibit\.yaml.*colour/,
    ],
  ])('names %s with its place', async (_what, changes, expected) => {
    expect(await lint(changes)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });
});

it('lets a rule read the other parts of a bundle, and data of its own', async () => {
  const rule = 'y := [data.exhibit.bundle.overrides, data.lib.other, input.data, "data"]';
  const problems = await lint({ 'lib/x.rego': `package lib.x\n\n# All data of the bundle.\n${rule}\n` });
  expect(problems.filter((text) => text.includes('bundle-data'))).toEqual([]);
});

describe('catalogue', () => {
  it('lists, shows and counts what a repository holds', async () => {
    const repository = await readRepository(await writeFixture(), { opa });
    expect(listPolicies(repository)[0]).toMatchObject({
      id: 'box-sealed',
      controls: ['soc2/cc6.1'],
      overrides: 1,
    });
    const page = showPolicy(repository, 'box-sealed');
    expect(page.text).toBe(FIXTURE[POLICY]);
    expect(page.controls).toMatchObject([{ control: 'soc2/cc6.1', title: 'Access' }]);
    expect(() => showPolicy(repository, 'box-sealedd')).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', hint: 'Near: box-sealed.' }),
    );
  });

  it('reads the numbers of controls as they are written', async () => {
    const iso =
      'id: iso\ntitle: ISO\nversion: 2022\nsource: S\ncontrols:\n  - {id: 8.10, title: T, summary: S, coverage: manual}\n';
    const { frameworks } = await readRepository(await writeFixture({ 'frameworks/iso.yaml': iso }), { opa });
    expect(frameworks[0]?.controls[0]?.id).toBe('8.10');
  });
});
