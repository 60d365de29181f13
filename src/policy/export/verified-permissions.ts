import { ExhibitError } from '../../record/index.ts';
import { cedarSet, ENTITIES_FILE, textOf } from '../stacks/cedar/set.ts';
import { cedar } from '../stacks/cedar/wasm.ts';
import type { Repository, StackPolicy } from '../types.ts';
import { Expression, type HclBlock, hclFile, terraformName } from './hcl.ts';

/** Longest statement of a static policy, in characters (AWS::VerifiedPermissions::Policy StaticPolicyDefinition). */
const LONGEST_STATEMENT = 10_000;
const LONGEST_DESCRIPTION = 150;
/** Namespaces that a policy store refuses ("Differences between Amazon Verified Permissions and the Cedar policy language"). */
const RESERVED: readonly string[] = ['', 'aws', 'amazon', 'cedar'];

const HEAD = [
  'Generated from the Cedar policies of the policy repository: change them there and export again.',
  '',
  'One policy set is one policy store, because a decision of Cedar takes all statements of a store together.',
  'A store keeps no entities: send those of entities.json with every request, as a check does.',
  'Overrides are not in it. A policy store cannot end one at its sunset, so what is waived elsewhere is denied here.',
];

/**
 * The Cedar policies of the layer runtime as policy stores of Amazon Verified Permissions: Terraform, with schema and
 * statements in files beside it. Paths and bytes depend on the policies alone.
 * @returns empty where no Cedar policy claims the layer runtime
 * @throws ExhibitError POLICY_INVALID for what a policy store refuses: a schema without namespace or with more than one, a
 *   statement of more than 10,000 characters
 */
export function verifiedPermissions(
  repository: Pick<Repository, 'policies' | 'files'>,
): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  const blocks: HclBlock[] = [];
  for (const policy of repository.policies) {
    if (policy.style !== 'cedar' || policy.layers.runtime === undefined) continue;
    const { files, resources } = store(policy, repository.files);
    for (const [path, bytes] of files) out.set(path, bytes);
    blocks.push(...resources);
  }
  if (blocks.length > 0) out.set('verified-permissions.tf', hclFile(HEAD, blocks));
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function store(
  policy: StackPolicy,
  source: Repository['files'],
): { files: Map<string, Uint8Array>; resources: HclBlock[] } {
  const set = cedarSet(policy, source);
  const name = terraformName(policy.id);
  const id = new Expression(`aws_verifiedpermissions_policy_store.${name}.policy_store_id`);
  const files = new Map([[`${policy.id}/schema.json`, schemaOf(policy, set.schema)]]);
  const entities = policy.files.find((path) => path.endsWith(`/${ENTITIES_FILE}`));
  if (entities !== undefined)
    files.set(`${policy.id}/${ENTITIES_FILE}`, Buffer.from(textOf(source, entities)));
  const resources: HclBlock[] = [
    {
      type: 'resource',
      labels: ['aws_verifiedpermissions_policy_store', name],
      attributes: { description: `Exhibit policy ${policy.id}` },
      blocks: [{ type: 'validation_settings', attributes: { mode: 'STRICT' } }],
    },
    {
      type: 'resource',
      labels: ['aws_verifiedpermissions_schema', name],
      attributes: { policy_store_id: id },
      blocks: [{ type: 'definition', attributes: { value: file(`${policy.id}/schema.json`) } }],
    },
  ];
  const names = new Set<string>();
  for (const [statement, text] of Object.entries(set.statements)) {
    if (text.length > LONGEST_STATEMENT)
      throw refused(
        policy,
        `the statement ${statement} has ${text.length} characters; a policy store takes ${LONGEST_STATEMENT}`,
      );
    const own = unique(terraformName(statement), names);
    const path = `${policy.id}/${own.replaceAll('_', '-')}.cedar`;
    files.set(path, Buffer.from(`${text}\n`));
    const description = `${statement} of ${policy.id}`;
    const definition = {
      description: description.length > LONGEST_DESCRIPTION ? undefined : description,
      statement: file(path),
    };
    resources.push({
      type: 'resource',
      labels: ['aws_verifiedpermissions_policy', `${name}__${own}`],
      attributes: {
        policy_store_id: id,
        // A store that validates refuses a policy before it has the schema.
        depends_on: [new Expression(`aws_verifiedpermissions_schema.${name}`)],
      },
      blocks: [{ type: 'definition', blocks: [{ type: 'static', attributes: definition }] }],
    });
  }
  return { files, resources };
}

function schemaOf(policy: StackPolicy, text: string): Uint8Array {
  const answer = cedar().schemaToJsonWithResolvedTypes(text);
  if (answer.type === 'failure')
    throw refused(policy, answer.errors[0]?.message ?? 'the schema does not parse');
  const namespaces = Object.keys(answer.json);
  const [only = ''] = namespaces;
  if (namespaces.length !== 1 || RESERVED.includes(only.toLowerCase()))
    throw refused(
      policy,
      `a policy store takes a schema with one namespace; this one has ${namespaces.map((one) => JSON.stringify(one)).join(', ') || 'none'}`,
    );
  return Buffer.from(`${JSON.stringify(sorted(answer.json), undefined, 2)}\n`);
}

/** Keys in one order: Cedar gives maps in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Ids that differ only in what a name cannot hold get a number. */
function unique(name: string, taken: Set<string>): string {
  let found = name;
  for (let i = 2; taken.has(found); i += 1) found = `${name}_${i}`;
  taken.add(found);
  return found;
}

const file = (path: string): Expression => new Expression(`file("\${path.module}/${path}")`);

function refused(policy: StackPolicy, message: string): ExhibitError {
  return new ExhibitError(
    'POLICY_INVALID',
    `${policy.file} cannot be exported to Verified Permissions: ${message}`,
    {
      location: { file: policy.file, line: 1 },
      hint: 'Change the policy, or take the layer runtime out of it.',
    },
  );
}
