import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STACKS } from '../index.ts';
import { readStacks } from '../read.ts';
import { SCP_LIMIT } from './scp.ts';

type Texts = Readonly<Record<string, string>>;
const bytes = (texts: Texts) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

const side = (mode: string, extra = ''): string => `id: guard
title: A guardrail
description: A guardrail of a test.
severity: high
owner: tests
controls: [{control: test/one, strength: full, rationale: It is the only one.}]
layers: {${mode}}
cadence: P1D
remediation: Change it.
since: "2026-01-01"
${extra}`;
const folder = 'policies/guard';

/** What reading a guardrail says, each as `line: message`. */
async function wrong(main: string, text: string): Promise<string[]> {
  const files = bytes({ [`${folder}/${main}`]: text, [`${folder}/policy.yaml`]: side('runtime: enforce') });
  const { problems } = await readStacks(files, ['policies']);
  return problems.map(({ location, message }) => `${location.line}: ${message}`);
}

async function lint(main: string, text: string, metadata: string): Promise<string[]> {
  const files = bytes({ [`${folder}/${main}`]: text, [`${folder}/policy.yaml`]: metadata });
  const { policies, problems } = await readStacks(files, ['policies']);
  expect(problems).toEqual([]);
  const [policy = expect.fail('no policy')] = policies;
  const found = await STACKS.find(({ style }) => style === policy.style)?.lint?.(policy, files);
  return (found ?? []).map(({ rule, message }) => `${rule}: ${message}`);
}

describe('the guardrails of the library', () => {
  const root = join(import.meta.dirname, '../../../../policies');
  const files = new Map(
    readdirSync(join(root, 'policies/cloud'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), readFileSync(path)]),
  );

  it('are read and linted clean, two of each cloud service', async () => {
    const { policies, problems } = await readStacks(files, ['policies']);
    expect(problems).toEqual([]);
    const found = await Promise.all(
      policies.map(
        (policy) => STACKS.find(({ style }) => style === policy.style)?.lint?.(policy, files) ?? [],
      ),
    );
    expect(found.flat()).toEqual([]);
    expect(Object.groupBy(policies, ({ style }) => style)).toMatchObject({
      'aws-config': { length: 2 },
      scp: { length: 2 },
      'azure-policy': { length: 2 },
      'gcp-org-policy': { length: 2 },
    });
  });
});

describe('a service control policy', () => {
  const scp = (statement: object, more: object = {}) =>
    JSON.stringify(
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*', ...statement }],
        ...more,
      },
      undefined,
      1,
    );
  const long = (length: number): string => {
    const text = (sids: number) => JSON.stringify(JSON.parse(scp({ Sid: 'x'.repeat(sids) })));
    return text(length - text(0).length);
  };

  it.each<[string, string, string[]]>([
    ['with a Principal', scp({ Principal: '*' }), ['8: a service control policy has no Principal']],
    [
      'with a NotPrincipal',
      scp({ NotPrincipal: { AWS: '*' } }),
      ['8: a service control policy has no NotPrincipal'],
    ],
    [
      'with an action that is none',
      scp({ Action: 'CreateBucket' }),
      ['6: Statement.0.Action: expected service:Action, such as s3:PutObject'],
    ],
    [
      'with Action and NotAction',
      scp({ NotAction: 's3:*' }),
      ['6: a statement has Action or NotAction, one of them'],
    ],
    [
      'without a Resource',
      scp({ Resource: undefined }),
      ['4: a statement has Resource or NotResource, one of them'],
    ],
    [
      'with an effect that there is not',
      scp({ Effect: 'Forbid' }),
      ['5: Statement.0.Effect: Invalid option: expected one of "Allow"|"Deny"'],
    ],
    [
      'with an element that there is not',
      scp({ Actions: 's3:*' }),
      ['4: Statement.0: Unrecognized key: "Actions"'],
    ],
    ['of an earlier version', scp({}, { Version: '2008-10-17' }), ['2: Version: expected 2012-10-17']],
    [
      'with a Sid of other characters',
      scp({ Sid: 'no spaces' }),
      ['8: Statement.0.Sid: expected letters and digits only'],
    ],
    ['that is no JSON', '{"Version": }', ['1: not JSON: value expected']],
    ['with a comment', '// all\n{}', ['1: not JSON: invalid comment token']],
    [
      'with a key twice',
      '{"Version": "2012-10-17",\n"Version": "2012-10-17"}',
      ['2: the key "Version" stands here twice'],
    ],
    [
      'that is one character too long',
      long(SCP_LIMIT + 1),
      ['1: the policy has 5121 characters without white space; 5120 is the most'],
    ],
  ])('%s is an error with its line', async (_, text, expected) => {
    expect(await wrong('scp.json', text)).toEqual(expected);
  });

  it('may have 5,120 characters, without white space', async () => {
    const most = JSON.parse(long(SCP_LIMIT)) as unknown;
    expect(await wrong('scp.json', JSON.stringify(most, undefined, 8))).toEqual([]);
  });

  it('denies at run time, and nowhere else and nothing less', async () => {
    expect(await lint('scp.json', scp({}), side('runtime: enforce'))).toEqual([]);
    expect(await lint('scp.json', scp({}), side('ci: enforce, runtime: observe', 'inputs: [json]'))).toEqual([
      'layer: guard claims the layer ci, where AWS Organizations does not judge',
      'mode: guard says observe, which AWS Organizations cannot do: a service control policy denies or does not exist',
      'inputs: guard names inputs, which AWS Organizations is not given by us',
    ]);
  });
});

describe('a conformance pack', () => {
  const pack = (properties: string, more = ''): string => `${more}Resources:
  Rule:
    Type: AWS::Config::ConfigRule
    Properties:
${properties
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
`;
  const managed = 'Source:\n  Owner: AWS\n  SourceIdentifier: ENCRYPTED_VOLUMES';

  it.each<[string, string, string[]]>([
    ['with a managed rule', pack(managed), []],
    [
      'with the short form of a function',
      pack(
        `InputParameters: {days: !Ref Days}\n${managed}`,
        'Parameters: {Days: {Type: String, Default: "9"}}\n',
      ),
      [],
    ],
    [
      'with a managed rule that has no such name',
      pack('Source:\n  Owner: AWS\n  SourceIdentifier: encrypted-volumes'),
      ['6: Rule: a managed rule is named in capitals, such as RDS_STORAGE_ENCRYPTED'],
    ],
    [
      'with a source that names nothing',
      pack('Source:\n  Owner: AWS'),
      ['6: Rule: the rule has no SourceIdentifier'],
    ],
    [
      'with a rule in Guard that has no text',
      pack('Source:\n  Owner: CUSTOM_POLICY\n  SourceDetails: [{EventSource: aws.config}]'),
      ['6: Rule: a rule in Guard has CustomPolicyDetails'],
    ],
    [
      'with a rule in another version of Guard',
      pack(
        'Source:\n  Owner: CUSTOM_POLICY\n  CustomPolicyDetails: {PolicyRuntime: guard-1.x.x, PolicyText: rule a}',
      ),
      ['7: Rule.Source.CustomPolicyDetails.PolicyRuntime: expected guard-2.x.x'],
    ],
    [
      'that names a parameter it does not have',
      pack(`InputParameters:\n  days: {Ref: Days}\n${managed}`),
      ['6: Ref names Days, which is no parameter or resource of the pack'],
    ],
    [
      'with a parameter that nobody gives',
      pack(managed, 'Parameters:\n  Days:\n    Type: String\n'),
      ['3: the parameter Days has no Default'],
    ],
    [
      'with a resource of another kind',
      pack(managed).replace('ConfigRule', 'ConfigurationRecorder'),
      [
        '3: Resources.Rule.Type: Invalid option: expected one of "AWS::Config::ConfigRule"|"AWS::Config::RemediationConfiguration"',
      ],
    ],
    ['without a rule', 'Resources: {}\n', ['1: Resources: the pack has no rule']],
  ])('%s', async (_, text, expected) => {
    expect(await wrong('conformance-pack.yaml', text)).toEqual(expected);
  });

  it('has at most 51,200 bytes', async () => {
    const text = (more: number) => `${pack(managed)}# ${'x'.repeat(more)}\n`;
    const room = 51_200 - text(0).length;
    expect(await wrong('conformance-pack.yaml', text(room))).toEqual([]);
    expect(await wrong('conformance-pack.yaml', text(room + 1))).toEqual([
      '1: the template has 51201 bytes; 51200 is the most',
    ]);
  });

  it('finds at run time, and blocks nothing', async () => {
    const text = pack(managed);
    expect(await lint('conformance-pack.yaml', text, side('runtime: observe'))).toEqual([]);
    expect(await lint('conformance-pack.yaml', text, side('runtime: enforce'))).toEqual([
      'mode: guard says enforce, which AWS Config cannot do: it finds what is wrong and blocks nothing',
    ]);
  });
});

describe('an Azure Policy definition', () => {
  const field = { field: 'location', equals: 'westeurope' };
  const definition = (condition: unknown, effect = 'deny', parameters?: unknown): string =>
    JSON.stringify(
      {
        properties: {
          displayName: 'A',
          mode: 'All',
          parameters,
          // biome-ignore lint/suspicious/noThenProperty: the name that Azure gave it
          policyRule: { if: condition, then: { effect } },
        },
      },
      undefined,
      1,
    );
  const text = (type: unknown) => ({ type: 'String', ...(type as object) });

  it.each<[string, string, string[]]>([
    ['with a condition', definition(field), []],
    ['with conditions in conditions', definition({ allOf: [field, { not: { anyOf: [field] } }] }), []],
    ['with a count of values', definition({ count: { field: 'tags[*]', where: field }, greater: 1 }), []],
    ['with an effect of any case', definition(field, 'DeployIfNotExists'), []],
    [
      'with an effect by parameter',
      definition(field, "[parameters('effect')]", {
        effect: text({ allowedValues: ['Audit', 'Deny'], defaultValue: 'Deny' }),
      }),
      [],
    ],
    [
      'with an operator that there is not',
      definition({ field: 'location', equal: 'x' }),
      ['6: equal is no operator of a condition'],
    ],
    [
      'that compares twice',
      definition({ ...field, like: 'x' }),
      ['6: a condition has one comparison, such as equals'],
    ],
    [
      'that compares nothing',
      definition({ equals: 'x' }),
      ['6: a condition has one of field, value, count and source'],
    ],
    [
      'with allOf beside a condition',
      definition({ allOf: [field], ...field }),
      ['6: allOf stands alone in its condition, not beside field, equals'],
    ],
    ['with an empty anyOf', definition({ anyOf: [] }), ['6: anyOf takes a list of conditions']],
    [
      'with an operator that there is not in a count',
      definition({ count: { field: 'a[*]', where: { is: 1 } }, less: 1 }),
      ['9: is is no operator of a condition'],
    ],
    [
      'with an effect that there is not',
      definition(field, 'forbid'),
      ['11: forbid is no effect of Azure Policy'],
    ],
    [
      'that names a parameter it does not have',
      definition(field, "[parameters('effect')]"),
      ['5: the rule names the parameter effect, which is not defined'],
    ],
    [
      'with a parameter that it does not use',
      definition(field, 'deny', { list: text({ defaultValue: 'x' }) }),
      ['6: the parameter list is not used by the rule'],
    ],
    [
      'with a parameter that nobody gives',
      definition({ field: 'location', equals: "[parameters('list')]" }, 'deny', { list: text({}) }),
      ['6: the parameter list has no defaultValue'],
    ],
    [
      'with a default that is not allowed',
      definition(field, "[parameters('effect')]", {
        effect: text({ allowedValues: ['Audit'], defaultValue: 'Deny' }),
      }),
      ['6: the defaultValue of effect is not among its allowedValues'],
    ],
    [
      'with another mode',
      definition(field).replace('"All"', '"Some"'),
      ['4: properties.mode: expected All, Indexed or Microsoft.<provider>.Data'],
    ],
  ])('%s', async (_, json, expected) => {
    expect(await wrong('azure-policy.json', json)).toEqual(expected);
  });

  it('enforces only with an effect that stops something', async () => {
    expect(await lint('azure-policy.json', definition(field, 'Audit'), side('runtime: observe'))).toEqual([]);
    expect(await lint('azure-policy.json', definition(field, 'Audit'), side('runtime: enforce'))).toEqual([
      'mode: guard says enforce, and its effect is audit, which stops nothing',
    ]);
  });
});

describe('an organisation policy', () => {
  const policy = (spec: string, name = 'organizations/1/policies/storage.publicAccessPrevention'): string =>
    `name: ${name}\nspec: ${spec}\n`;

  it.each<[string, string, string[]]>([
    ['that enforces', policy('{rules: [{enforce: true}]}'), []],
    [
      'of a custom constraint',
      policy('{rules: [{enforce: true}]}', 'projects/shop-1/policies/custom.noPublicIp'),
      [],
    ],
    [
      'of a managed constraint',
      policy(
        '{rules: [{enforce: true, parameters: {a: 1}}]}',
        'folders/1/policies/compute.managed.restrictDiskCreation',
      ),
      [],
    ],
    [
      'with values',
      policy(
        '{inheritFromParent: true, rules: [{values: {allowedValues: ["in:eu-locations"]}}]}',
        'organizations/1/policies/gcp.resourceLocations',
      ),
      [],
    ],
    ['that resets', policy('{reset: true}'), []],
    [
      'with another name',
      policy('{reset: true}', 'constraints/iam.disableServiceAccountKeyCreation'),
      [
        '1: name: expected organizations/NUMBER/policies/CONSTRAINT, such as iam.disableServiceAccountKeyCreation',
      ],
    ],
    ['without a rule', policy('{}'), ['2: the policy has no rule']],
    [
      'without a spec',
      'name: organizations/1/policies/storage.publicAccessPrevention\n',
      ['1: the policy has neither spec nor dryRunSpec'],
    ],
    [
      'with a rule that says nothing',
      policy('{rules: [{}]}'),
      ['2: a rule has one of enforce, allowAll, denyAll and values'],
    ],
    [
      'with rules of two kinds',
      policy('{rules: [{enforce: true}, {denyAll: true, condition: {expression: x}}]}'),
      ['2: rules with enforce and rules with values do not stand together'],
    ],
    [
      'that enforces twice',
      policy('{rules: [{enforce: true}, {enforce: false}]}'),
      ['2: a policy with enforce has one rule without a condition, and no second one'],
    ],
    [
      'that resets and has rules',
      policy('{reset: true, rules: [{enforce: true}]}'),
      ['2: a policy that resets has no rules and inherits nothing'],
    ],
    [
      'that enforces and inherits',
      policy('{inheritFromParent: true, rules: [{enforce: true}]}'),
      ['2: inheritFromParent is for constraints with values'],
    ],
    [
      'with a text for a truth value',
      policy('{rules: [{enforce: "TRUE"}]}'),
      ['2: spec.rules.0.enforce: Invalid input: expected boolean, received string'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await wrong('gcp-org-policy.yaml', text)).toEqual(expected);
  });

  it('is in force with spec, and only looked at with dryRunSpec', async () => {
    const spec = policy('{rules: [{enforce: true}]}');
    const dry = spec.replace('spec', 'dryRunSpec');
    expect(await lint('gcp-org-policy.yaml', spec, side('runtime: enforce'))).toEqual([]);
    expect(await lint('gcp-org-policy.yaml', dry, side('runtime: observe'))).toEqual([]);
    expect(await lint('gcp-org-policy.yaml', dry, side('runtime: enforce'))).toEqual([
      'mode: guard says enforce, for which the policy has spec',
    ]);
    expect(await lint('gcp-org-policy.yaml', spec, side('runtime: warn'))).toEqual([
      'mode: guard says warn, for which the policy has dryRunSpec and no spec',
    ]);
  });
});
