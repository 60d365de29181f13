import { describe, expect, test } from 'vitest';
import { findOpa, testRepository } from '../../../src/policy/index.ts';
import { applied, folderOf, repositoryOf, why } from './workshop.ts';

const metadata = (layers: string) => `    policies.kyverno.io/title: Pods name their team
    policies.kyverno.io/severity: low
    policies.kyverno.io/description: Every pod has the label team.
    exhibit/policy: |
      owner: platform
      controls: [{control: soc2/cc6.1, strength: supporting, rationale: Says who answers for a pod.}]
      layers: ${layers}
      cadence: P1D
      remediation: Set the label team.
      since: "2026-11-25"
`;
const RULE = `spec:
  rules:
    - name: team
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate:
        failureAction: Enforce
        message: the label team is missing
        pattern: {metadata: {labels: {team: "?*"}}}
`;
const classic = (rule: string) =>
  `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: team-named\n  annotations:\n${metadata('{admission: enforce}')}${rule}`;
const pod = (name: string, labels = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop${labels}}\nspec: {containers: [{name: a, image: "a:1"}]}\n`;
const OK = pod('named', ', labels: {team: shop}');
const EXAMPLES = {
  'team-named/examples/good-pod.yaml': OK,
  'team-named/examples/bad-pod.yaml': pod('unnamed'),
};
const MUTATE = `spec:
  rules:
    - name: team
      match: {any: [{resources: {kinds: [Pod]}}]}
      mutate: {patchStrategicMerge: {metadata: {labels: {+(team): nobody}}}}
`;
const MADE = pod('unnamed', ', labels: {team: nobody}');
const TESTS = `apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: teams}
policies: [kyverno.yaml]
resources: [examples/good-pod.yaml, examples/bad-pod.yaml]
results:
  - {policy: team-named, rule: team, resources: [shop/named], kind: Pod, result: pass}
  - {policy: team-named, rule: team, resources: [shop/unnamed], kind: Pod, result: fail}
`;

async function examplesOf(files: Record<string, string>) {
  const repository = await repositoryOf(files);
  expect(repository.problems.filter(({ rule }) => rule !== 'control-map' && rule !== 'control')).toEqual([]);
  const opa = await findOpa(process.env);
  return (await testRepository(repository, { opa, environment: process.env })).examples;
}
const wrong = async (files: Record<string, string>) =>
  (await examplesOf(files))
    .filter(({ ok }) => !ok)
    .map(({ file, message }) => `${file.split('/').at(-1)}: ${message}`);

describe.skipIf(why !== '')(`policy test with the real kyverno${why}`, () => {
  test('judges examples, and runs the tests in the folder', async () => {
    const files = {
      'team-named/kyverno.yaml': classic(RULE),
      'team-named/kyverno-test.yaml': TESTS,
      ...EXAMPLES,
    };
    expect(await examplesOf(files)).toMatchObject([
      {
        expected: 'bad',
        ok: true,
        message: expect.stringContaining('the label team is missing') as string,
        subjects: 1,
      },
      { expected: 'good', ok: true, message: '', subjects: 1 },
      { expected: 'test', ok: true, message: '2 expectations hold', subjects: 2 },
    ]);
  });

  test.each([
    [
      'a rule that lets through what it should refuse',
      {
        'team-named/kyverno.yaml': classic(
          RULE.replace('{labels: {team: "?*"}}', '{=(labels): {=(team): "*"}}'),
        ),
      },
      [/bad-pod.yaml: nothing in it fails/],
    ],
    [
      'a rule that refuses what it should let through',
      { 'team-named/kyverno.yaml': classic(RULE.replace('"?*"', 'other')) },
      [/good-pod.yaml: Pod\/shop\/named: .*the label team is missing/],
    ],
    [
      'a policy that Kyverno does not take',
      {
        'team-named/kyverno.yaml': classic(
          RULE.replace('pattern: {metadata', 'pattern: {"{{ request.nothing.at.all }}": x, metadata'),
        ),
      },
      [/bad-pod.yaml: /, /good-pod.yaml: |/],
    ],
    [
      'an own test whose expectation does not hold',
      {
        'team-named/kyverno.yaml': classic(RULE),
        'team-named/kyverno-test.yaml': TESTS.replace('result: fail', 'result: pass'),
      },
      [/kyverno-test.yaml: team .*unnamed/],
    ],
    [
      'a rule that changes otherwise than expected',
      {
        'team-named/kyverno.yaml': classic(MUTATE),
        'team-named/expected/bad-pod.yaml': MADE.replace('nobody', 'somebody'),
      },
      [/bad-pod.yaml: Pod\/shop\/unnamed is not as in .*: \/metadata\/labels\/team: "somebody" -> "nobody"/],
    ],
    [
      'a change that nobody wrote down',
      { 'team-named/kyverno.yaml': classic(MUTATE) },
      [
        /bad-pod.yaml: write what the policy makes of it into .*expected\/bad-pod.yaml: Pod\/shop\/unnamed: \/metadata\/labels: absent -> {"team":"nobody"}/,
      ],
    ],
  ] as [string, Record<string, string>, RegExp[]][])('names %s', async (_what, files, expected) => {
    const said = await wrong({ ...EXAMPLES, ...files });
    expect(said).toEqual(
      expected.slice(0, said.length).map((pattern) => expect.stringMatching(pattern) as string),
    );
    expect(said.length).toBeGreaterThan(0);
  });

  test('takes a change that is as expected', async () => {
    const files = { 'team-named/kyverno.yaml': classic(MUTATE), 'team-named/expected/bad-pod.yaml': MADE };
    expect((await examplesOf({ ...EXAMPLES, ...files })).map(({ ok, changes }) => [ok, changes])).toEqual([
      [true, ['Pod/shop/unnamed: /metadata/labels: absent -> {"team":"nobody"}']],
      [true, undefined],
    ]);
  });

  const admission = (kind: string, version: string, spec: string, binding: string) =>
    `apiVersion: admissionregistration.k8s.io/${version}\nkind: ${kind}\nmetadata:\n  name: team-named\n  annotations:\n${metadata('{admission: enforce}')}${spec}---
apiVersion: admissionregistration.k8s.io/${version}
kind: ${kind}Binding
metadata: {name: team-named}
spec: {policyName: team-named${binding}}
`;
  const PODS =
    'resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]';

  test('judges a ValidatingAdmissionPolicy by its CEL', async () => {
    const spec = `spec:\n  matchConstraints: {${PODS}}\n  validations: [{expression: "has(object.metadata.labels)", message: no labels}]\n`;
    const file = admission('ValidatingAdmissionPolicy', 'v1', spec, ', validationActions: [Deny]');
    expect(await wrong({ ...EXAMPLES, 'team-named/admission-policy.yaml': file })).toEqual([]);
    const other = file.replace('has(object.metadata.labels)', "object.kind == 'Pod'");
    expect(await wrong({ ...EXAMPLES, 'team-named/admission-policy.yaml': other })).toEqual([
      'bad-pod.yaml: nothing in it fails or is changed',
    ]);
    const broken = file.replace('has(object.metadata.labels)', 'has(object.metadata.labels');
    expect((await wrong({ ...EXAMPLES, 'team-named/admission-policy.yaml': broken })).length).toBeGreaterThan(
      0,
    );
  });

  test('shows what a MutatingAdmissionPolicy changes', async () => {
    const expression = 'Object{metadata: Object.metadata{labels: {\\"team\\": \\"nobody\\"}}}';
    const spec = `spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints: {${PODS}}
  matchConditions: [{name: without, expression: "!has(object.metadata.labels)"}]
  mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "${expression}"}}]
`;
    const file = admission('MutatingAdmissionPolicy', 'v1alpha1', spec, '');
    const files = {
      ...EXAMPLES,
      'team-named/admission-policy.yaml': file,
      'team-named/expected/bad-pod.yaml': MADE,
    };
    expect((await examplesOf(files)).map(({ ok, message, changes }) => [ok, message, changes])).toEqual([
      [true, expect.any(String), ['Pod/shop/unnamed: /metadata/labels: absent -> {"team":"nobody"}']],
      [true, '', undefined],
    ]);
  });

  test('refuses a file of a newer version, which the CLI passes over without a word', async () => {
    const newer = classic(RULE).replace('kyverno.io/v1', 'kyverno.io/v3');
    const folder = folderOf({ 'policy.yaml': newer, 'pod.yaml': pod('unnamed') });
    expect(applied(folder, ['policy.yaml'], ['pod.yaml'])).toEqual({});
    const { problems } = await repositoryOf({ ...EXAMPLES, 'team-named/kyverno.yaml': newer });
    expect(problems.map(({ message, location }) => `${location.line} ${message}`)).toContain(
      '1 ClusterPolicy of kyverno.io/v3 is not known here, so nobody could test it',
    );
  });
});
