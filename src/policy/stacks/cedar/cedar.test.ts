import { describe, expect, it } from 'vitest';
import type { StackPolicy } from '../../types.ts';
import { readStacks } from '../read.ts';
import { cedarStack } from './index.ts';
import { asks, door, doorFiles, FOLDER, POLICY, SCHEMA, TESTS } from './testing/door.ts';

type Texts = Readonly<Record<string, string | undefined>>;
const bytes = (others: Texts = {}) =>
  new Map(Object.entries(doorFiles(others)).map(([path, text]) => [path, Buffer.from(text)]));
const read = (others: Texts = {}) => readStacks(bytes(others), ['policies']);
const main = `${FOLDER}/policy.cedar`;

async function policyOf(others: Texts = {}): Promise<StackPolicy> {
  const { policies, problems } = await read(others);
  expect(problems).toEqual([]);
  return policies[0] ?? expect.fail('no policy');
}

/** Line of the first problem, and its words. */
async function wrong(others: Texts): Promise<string> {
  const { problems } = await read(others);
  const [first] = problems;
  return first === undefined ? 'nothing' : `${first.location.file}:${first.location.line}: ${first.message}`;
}

describe('a policy set', () => {
  it('is read with the metadata of its annotations and the files that Cedar needs', async () => {
    expect(await policyOf()).toEqual({
      id: 'door-opened',
      title: 'Doors are opened by those who may',
      description: 'A person opens a door that is theirs; nobody opens a sealed one.',
      severity: 'high',
      owner: 'house',
      controls: [
        { control: 'test/one', strength: 'full', rationale: 'It is the only policy of this control.' },
      ],
      layers: { ci: 'enforce', runtime: 'enforce' },
      cadence: 'change',
      remediation: 'Ask whom the door belongs to.',
      since: '2026-01-01',
      inputs: ['cedar-request'],
      redact: [],
      style: 'cedar',
      file: main,
      files: [main, `${FOLDER}/schema.cedarschema`],
    });
  });

  it('takes links from annotations of their own, in their order, and from YAML where they have more fields', async () => {
    const policy = await policyOf({
      [main]: POLICY.replace(
        '@control(',
        `@controls("[{control: test/one, strength: partial, rationale: 'Before: the old door.', until: 2025-12-31}]")
@control2("test/two supporting: With a colon: kept.")
@control10("test/three partial: One more.")
@control(`,
      ),
    });
    expect(policy.controls).toEqual([
      { control: 'test/one', strength: 'partial', rationale: 'Before: the old door.', until: '2025-12-31' },
      { control: 'test/two', strength: 'supporting', rationale: 'With a colon: kept.' },
      { control: 'test/three', strength: 'partial', rationale: 'One more.' },
      { control: 'test/one', strength: 'full', rationale: 'It is the only policy of this control.' },
    ]);
  });

  it('takes a schema from elsewhere in the repository, and entities from beside it', async () => {
    const policy = await policyOf({
      [main]: POLICY.replace('@owner', '@schema("lib/house.cedarschema")\n@owner'),
      [`${FOLDER}/schema.cedarschema`]: undefined,
      'lib/house.cedarschema': SCHEMA,
      [`${FOLDER}/entities.json`]: JSON.stringify([door('front', 'ada', false)]),
    });
    expect(policy.files).toEqual([main, 'lib/house.cedarschema', `${FOLDER}/entities.json`]);
  });

  it('may carry its metadata in policy.yaml, and then only @id in the file', async () => {
    const [statement = ''] = /permit[\s\S]*/.exec(POLICY) ?? [];
    const policy = await policyOf({
      [main]: `@id("opened")\n${statement}`,
      [`${FOLDER}/policy.yaml`]: `id: door-opened
title: Doors are opened by those who may
description: As its name says.
severity: high
owner: house
controls: [{control: test/one, strength: full, rationale: It is the only one.}]
layers: {ci: enforce}
cadence: change
remediation: Ask.
since: "2026-01-01"
inputs: [cedar-request]
`,
    });
    expect(policy).toMatchObject({ id: 'door-opened', owner: 'house' });
  });

  it.each<[string, Texts, string]>([
    [
      'that does not parse',
      { [main]: POLICY.replace('forbid', 'forbit') },
      `${main}:19: invalid policy effect: forbit`,
    ],
    [
      'with an attribute that the schema does not know',
      { [main]: POLICY.replace('resource.sealed', 'resource.seald') },
      `${main}:24: for policy \`sealed\`, attribute \`seald\` on entity type \`House::Door\` not found`,
    ],
    [
      'with a wrong place after letters of more than one byte',
      {
        [main]: POLICY.replace('Ask whom', 'Frage, wem die Tür gehört: 戸').replace(
          '{ resource.sealed',
          '{ resource.x',
        ),
      },
      `${main}:24: for policy \`sealed\`, attribute \`x\` on entity type \`House::Door\` not found`,
    ],
    [
      'with a statement that can never apply',
      { [main]: `${POLICY}\n@id("never")\nforbid (principal, action, resource) when { false };\n` },
      `${main}:26: for policy \`never\`, policy is impossible: the policy expression evaluates to false for all valid requests`,
    ],
    [
      'with a schema that does not parse',
      { [`${FOLDER}/schema.cedarschema`]: SCHEMA.replace('sealed: Bool', 'sealed Bool') },
      `${FOLDER}/schema.cedarschema:5: failed to parse schema from string: error parsing schema: unexpected token \`Bool\``,
    ],
    [
      'without a schema',
      { [`${FOLDER}/schema.cedarschema`]: undefined },
      `${main}:1: there is no schema ${FOLDER}/schema.cedarschema`,
    ],
    [
      'with a statement that has no @id',
      { [main]: POLICY.replace('@id("sealed")\n', '') },
      `${main}:18: the statement has no @id`,
    ],
    [
      'with one @id twice',
      { [main]: POLICY.replace('"sealed"', '"door-opened"') },
      `${main}:18: a second statement has the @id "door-opened"`,
    ],
    [
      'with metadata twice',
      { [main]: POLICY.replace('@id("sealed")', '@id("sealed")\n@title("Again")') },
      `${main}:18: a second statement has a @title: one statement of a policy set carries its metadata`,
    ],
    [
      'without metadata',
      { [main]: '@id("all")\npermit (principal, action, resource);\n' },
      `${main}:1: ${main} has no metadata for Exhibit`,
    ],
    [
      'with a severity that there is not',
      { [main]: POLICY.replace('"high"', '"severe"') },
      `${main}:4: severity: Invalid option: expected one of "critical"|"high"|"medium"|"low"|"info"`,
    ],
    [
      'with controls that are no list',
      { [main]: POLICY.replace(/@control\("[^"]*"\)/, '@controls("test/one")') },
      `${main}:6: controls: Invalid input: expected array, received string`,
    ],
    [
      'with controls that are no YAML',
      { [main]: POLICY.replace(/@control\("[^"]*"\)/, '@controls("[{control: test/one")') },
      `${main}:6: @controls: `,
    ],
    [
      'with a control without a strength',
      { [main]: POLICY.replace('test/one full:', 'test/one:') },
      `${main}:6: @control: expected a control, a strength and why, such as "soc2/cc6.1 partial: ..."`,
    ],
    [
      'with a strength that there is not, in the second of two controls',
      { [main]: POLICY.replace('@control(', '@control2("test/two total: As a whole.")\n@control(') },
      `${main}:6: controls.0.strength: Invalid option: expected one of "full"|"partial"|"supporting"`,
    ],
    [
      'with a template',
      { [main]: `${POLICY}\n@id("t")\npermit (principal == ?principal, action, resource);\n` },
      `${main}:1: a template decides nothing until it is linked: write the policies out`,
    ],
    ['that is empty', { [main]: '// nothing\n' }, `${main}:1: the file holds no policy statement`],
    [
      'with an entity that the schema does not allow',
      {
        [`${FOLDER}/entities.json`]: JSON.stringify([{ ...(door('a', 'ada', false) as object), attrs: {} }]),
      },
      `${FOLDER}/entities.json:1: `,
    ],
    [
      'with entities that are no JSON',
      { [`${FOLDER}/entities.json`]: '[\n  {,}\n]' },
      `${FOLDER}/entities.json:2: not JSON: value expected`,
    ],
  ])('%s is an error with its place', async (_, others, expected) => {
    expect(await wrong(others)).toContain(expected);
  });
});

describe('lint', () => {
  const lint = async (others: Texts) => {
    const policy = await policyOf(others);
    const found = (await cedarStack.lint?.(policy, bytes(others))) ?? [];
    return found.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
  };

  it('finds nothing in a set that is whole', async () => expect(await lint({})).toEqual([]));

  it.each<[string, Texts, string]>([
    ['no test', { [`${FOLDER}/tests.json`]: undefined }, 'error no-test: door-opened has no test'],
    ['no test in the file', { [`${FOLDER}/tests.json`]: '[]' }, 'error cedar-test: the file holds no test'],
    [
      'a layer where nobody asks Cedar',
      { [main]: POLICY.replace('runtime: enforce', 'admission: enforce') },
      'error layer: door-opened claims the layer admission, where no request is put to Cedar',
    ],
    [
      'another input',
      { [main]: POLICY.replace('@since', '@inputs("[json]")\n@since') },
      'error inputs: door-opened is said to judge json',
    ],
    [
      'a set that permits nothing',
      { [main]: POLICY.replace('permit', 'forbid') },
      'warning no-permit: door-opened permits nothing, so every request fails',
    ],
    [
      'another format than that of `cedar format`',
      { [main]: POLICY.replace('when { resource.sealed }', 'when {resource.sealed}') },
      'warning format: the policies are not formatted',
    ],
  ])('names %s', async (_, others, expected) => expect(await lint(others)).toContain(expected));
});

describe('tests and examples', () => {
  const run = async (others: Texts = {}) => {
    const results = await cedarStack.test([await policyOf(others)], bytes(others), { environment: {} });
    return results.map(
      ({ file, ok, message }) => `${ok ? 'ok' : 'wrong'} ${file.slice(FOLDER.length + 1)} ${message}`,
    );
  };

  it('are judged by Cedar', async () => {
    expect(await run()).toEqual([
      'ok tests.json of her own: expected allow by door-opened, Cedar says allow by door-opened',
      'ok examples/bad-sealed.json it is denied',
      'ok examples/good-own.json ',
    ]);
  });

  const example = (name: string, value: unknown): Texts => ({
    [`${FOLDER}/examples/${name}`]: typeof value === 'string' ? value : JSON.stringify(value),
  });
  it.each<[string, Texts, string]>([
    [
      'a test with another decision',
      { [`${FOLDER}/tests.json`]: TESTS.replace('"allow"', '"deny"') },
      'wrong tests.json of her own: expected deny by door-opened, Cedar says allow by door-opened',
    ],
    [
      'a test with another reason',
      { [`${FOLDER}/tests.json`]: TESTS.replace('["door-opened"]', '["sealed"]') },
      'wrong tests.json of her own: expected allow by sealed, Cedar says allow by door-opened',
    ],
    [
      'a good example that is denied',
      example('good-own.json', asks('eve', 'open', 'a', [door('a', 'ada', false)])),
      'wrong examples/good-own.json it is denied',
    ],
    [
      'a bad example that is allowed',
      example('bad-sealed.json', asks('ada', 'open', 'a', [door('a', 'ada', false)])),
      'wrong examples/bad-sealed.json nothing in it is denied',
    ],
    [
      'a bad example in which a statement breaks, for an error is no deny',
      example('bad-sealed.json', asks('ada', 'open', 'a', [])),
      'wrong examples/bad-sealed.json the policy is in error: door-opened: entity `House::Door::"a"` does not exist',
    ],
    [
      'an example of an action that the schema does not know',
      example('good-own.json', asks('ada', 'paint', 'a', [])),
      'wrong examples/good-own.json the schema does not know its action, so the policy does not apply to it',
    ],
    [
      'an example of another kind',
      example('good-own.json', { door: 'a' }),
      'wrong examples/good-own.json it is read as json, which the policy does not judge (it judges cedar-request)',
    ],
  ])('%s does not pass', async (_, others, expected) => expect(await run(others)).toContain(expected));
});
