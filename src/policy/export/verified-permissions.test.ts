import { describe, expect, it } from 'vitest';
import { doorFiles, FOLDER, POLICY, SCHEMA } from '../stacks/cedar/testing/door.ts';
import { cedar } from '../stacks/cedar/wasm.ts';
import { readStacks } from '../stacks/read.ts';
import { verifiedPermissions } from './verified-permissions.ts';

async function exported(
  others: Readonly<Record<string, string | undefined>> = {},
): Promise<Record<string, string>> {
  const files = new Map(Object.entries(doorFiles(others)).map(([path, text]) => [path, Buffer.from(text)]));
  const { policies, problems } = await readStacks(files, ['policies']);
  expect(problems).toEqual([]);
  const out = verifiedPermissions({ policies, files });
  return Object.fromEntries([...out].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
}
const main = `${FOLDER}/policy.cedar`;

/** Letters that make the statement `sealed` one character too long, in a comment with its // and line end. */
const LACKING = 10_001 - POLICY.slice(POLICY.indexOf('@id("sealed")')).trimEnd().length - 3;

describe('the export to Verified Permissions', () => {
  it('is one policy store a policy set: its schema, and one policy a statement', async () => {
    const out = await exported();
    expect(Object.keys(out)).toEqual([
      'door-opened/door-opened.cedar',
      'door-opened/schema.json',
      'door-opened/sealed.cedar',
      'verified-permissions.tf',
    ]);
    const [, blocks] = (out['verified-permissions.tf'] ?? '')
      .split(/^(?=resource )/m)
      .reduce<[string, string[]]>(
        ([head, list], part) => (part.startsWith('resource') ? [head, [...list, part]] : [part, list]),
        ['', []],
      );
    expect(blocks.map((block) => /^resource "(\w+)" "(\w+)"/.exec(block)?.slice(1))).toEqual([
      ['aws_verifiedpermissions_policy_store', 'door_opened'],
      ['aws_verifiedpermissions_schema', 'door_opened'],
      ['aws_verifiedpermissions_policy', 'door_opened__door_opened'],
      ['aws_verifiedpermissions_policy', 'door_opened__sealed'],
    ]);
    expect(blocks[0]).toContain('mode = "STRICT"');
    expect(blocks[3]).toBe(`resource "aws_verifiedpermissions_policy" "door_opened__sealed" {
  policy_store_id = aws_verifiedpermissions_policy_store.door_opened.policy_store_id
  depends_on      = [aws_verifiedpermissions_schema.door_opened]

  definition {
    static {
      description = "sealed of door-opened"
      statement   = file("\${path.module}/door-opened/sealed.cedar")
    }
  }
}
`);
  });

  it('holds what Cedar decides with: the statements are those of the file, and valid under the exported schema', async () => {
    const out = await exported();
    const statements = ['door-opened', 'sealed'].map((id) => out[`door-opened/${id}.cedar`] ?? '');
    for (const statement of statements) expect(POLICY).toContain(statement.trimEnd());
    const answer = cedar().validate({
      schema: JSON.parse(out['door-opened/schema.json'] ?? '') as Record<string, never>,
      policies: { staticPolicies: statements.join('\n') },
    });
    expect(answer).toMatchObject({ type: 'success', validationErrors: [], validationWarnings: [] });
  });

  it('is the same bytes each time', async () => expect(await exported()).toEqual(await exported()));

  it('carries no override, and says so', async () => {
    expect((await exported())['verified-permissions.tf']).toMatch(/^# Overrides are not in it\./m);
  });

  it('has nothing where no Cedar policy claims the layer runtime', async () => {
    expect(await exported({ [main]: POLICY.replace(', runtime: enforce', '') })).toEqual({});
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a schema without a namespace',
      {
        [main]: POLICY.replaceAll('House::', ''),
        [`${FOLDER}/schema.cedarschema`]: SCHEMA.replace('namespace House {', '').replace(/\}\n$/, ''),
      },
      'a policy store takes a schema with one namespace; this one has ""',
    ],
    [
      'a schema with two namespaces',
      { [`${FOLDER}/schema.cedarschema`]: `${SCHEMA}namespace Garden { entity Gate; }\n` },
      'a policy store takes a schema with one namespace; this one has ',
    ],
    [
      'a statement that is too long',
      {
        [main]: POLICY.replace(
          'when { resource.sealed }',
          `//${'x'.repeat(LACKING)}\nwhen { resource.sealed }`,
        ),
      },
      'the statement sealed has 10001 characters; a policy store takes 10000',
    ],
  ])('refuses %s', async (_, others, message) => {
    await expect(exported(others)).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringContaining(message),
      location: { file: main, line: 1 },
    });
  });
});
