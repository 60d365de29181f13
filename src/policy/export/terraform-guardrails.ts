import { createHash } from 'node:crypto';
import { constraintOf, type GcpSpec, gcpPolicy } from '../stacks/cloud/index.ts';
import type { Repository, StackPolicy, StackStyle } from '../types.ts';
import { Expression, type HclBlock, type HclValue, hclFile, terraformName } from './hcl.ts';

const HEAD = [
  'Generated from the guardrails of the policy repository: change them there and export again.',
  '',
  'Overrides are not in it. None of these control planes ends an exception at its sunset, so what is waived elsewhere is',
  'denied or found here.',
];

/** Longest name of an assignment to a management group (azurerm_management_group_policy_assignment). */
const ASSIGNMENT = 24;

interface Guardrail {
  policy: StackPolicy;
  /** Terraform's name. */
  name: string;
  /** Its file, beside the module, as an expression. */
  file: Expression;
  source: Repository['files'];
}

type Written = (guardrail: Guardrail) => HclBlock[];

const WRITERS: Readonly<
  Partial<Record<StackStyle, { file: string; variables: HclBlock[]; write: Written }>>
> = {
  scp: {
    file: 'aws-organizations.tf',
    variables: [
      variable(
        'scp_targets',
        'Roots, organisational units and accounts that the service control policies are attached to.',
        'set(string)',
      ),
    ],
    write: scp,
  },
  'aws-config': { file: 'aws-config.tf', variables: [], write: conformancePack },
  'azure-policy': {
    file: 'azure.tf',
    variables: [
      variable(
        'azure_management_group_id',
        'Management group that the definitions are made in and assigned to.',
        'string',
      ),
    ],
    write: azure,
  },
  'gcp-org-policy': {
    file: 'gcp.tf',
    variables: [
      variable(
        'gcp_parent',
        'Where the policies hold: organizations/NUMBER, folders/NUMBER or projects/ID.',
        'string',
      ),
    ],
    write: gcp,
  },
};

/**
 * The guardrails of the clouds as Terraform: one `.tf` file for each cloud's control plane, and the policies' own files beside
 * it, unchanged. Paths and bytes depend on the policies alone. Where they are attached is left to variables.
 * @returns empty where no guardrail claims the layer runtime
 */
export function terraformGuardrails(
  repository: Pick<Repository, 'policies' | 'files'>,
): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  const written = new Map<string, HclBlock[]>();
  for (const policy of repository.policies) {
    const writer = WRITERS[policy.style as StackStyle];
    if (writer === undefined || !('files' in policy) || policy.layers.runtime === undefined) continue;
    const main = policy.file.slice(policy.file.lastIndexOf('/') + 1);
    const path = `${policy.id}/${main}`;
    out.set(path, repository.files.get(policy.file) ?? new Uint8Array());
    const file = new Expression(`file("\${path.module}/${path}")`);
    const blocks = writer.write({ policy, name: terraformName(policy.id), file, source: repository.files });
    written.set(writer.file, [...(written.get(writer.file) ?? writer.variables), ...blocks]);
  }
  for (const [path, blocks] of written) out.set(path, hclFile(HEAD, blocks));
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function scp({ policy, name, file }: Guardrail): HclBlock[] {
  return [
    resource('aws_organizations_policy', name, {
      name: policy.id,
      description: policy.title,
      type: 'SERVICE_CONTROL_POLICY',
      // Without white space, which counts against the most that a policy may have.
      content: new Expression(`jsonencode(jsondecode(${file.text}))`),
    }),
    resource('aws_organizations_policy_attachment', name, {
      for_each: new Expression('var.scp_targets'),
      policy_id: new Expression(`aws_organizations_policy.${name}.id`),
      target_id: new Expression('each.value'),
    }),
  ];
}

function conformancePack({ policy, name, file }: Guardrail): HclBlock[] {
  const begins = /^[a-z]/.test(policy.id) ? policy.id : `p-${policy.id}`;
  return [resource('aws_config_conformance_pack', name, { name: begins, template_body: file })];
}

function azure({ policy, name, file }: Guardrail): HclBlock[] {
  const own = `local.${name}`;
  return [
    { type: 'locals', attributes: { [name]: new Expression(`jsondecode(${file.text}).properties`) } },
    resource('azurerm_policy_definition', name, {
      name: policy.id,
      policy_type: 'Custom',
      mode: new Expression(`${own}.mode`),
      display_name: new Expression(`${own}.displayName`),
      description: new Expression(`try(${own}.description, null)`),
      management_group_id: new Expression('var.azure_management_group_id'),
      metadata: new Expression(`try(jsonencode(${own}.metadata), null)`),
      parameters: new Expression(`try(jsonencode(${own}.parameters), null)`),
      policy_rule: new Expression(`jsonencode(${own}.policyRule)`),
    }),
    resource('azurerm_management_group_policy_assignment', name, {
      name: assignmentName(policy.id),
      policy_definition_id: new Expression(`azurerm_policy_definition.${name}.id`),
      management_group_id: new Expression('var.azure_management_group_id'),
      enforce: policy.layers.runtime === 'enforce',
    }),
  ];
}

/** Longer ids end in a part of their digest, so that two of them do not become one name. */
function assignmentName(id: string): string {
  if (id.length <= ASSIGNMENT) return id;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8);
  return `${id.slice(0, ASSIGNMENT - 9)}-${digest}`;
}

function gcp({ policy, name, source }: Guardrail): HclBlock[] {
  const found = gcpPolicy(source, policy.file);
  if (found === undefined) return [];
  const spec = (type: string, one: GcpSpec | undefined): HclBlock[] =>
    one === undefined ? [] : [specBlock(type, one)];
  return [
    {
      ...resource('google_org_policy_policy', name, {
        name: new Expression(`"\${var.gcp_parent}/policies/${constraintOf(found)}"`),
        parent: new Expression('var.gcp_parent'),
      }),
      blocks: [...spec('spec', found.spec), ...spec('dry_run_spec', found.dryRunSpec)],
    },
  ];
}

function specBlock(type: string, { rules = [], reset, inheritFromParent }: GcpSpec): HclBlock {
  return {
    type,
    attributes: { inherit_from_parent: inheritFromParent, reset },
    blocks: rules.map(({ enforce, allowAll, denyAll, values, parameters, condition }) => ({
      type: 'rules',
      attributes: {
        enforce: upper(enforce),
        allow_all: upper(allowAll),
        deny_all: upper(denyAll),
        parameters: parameters === undefined ? undefined : JSON.stringify(parameters),
      },
      blocks: [
        ...(values === undefined
          ? []
          : [
              {
                type: 'values',
                attributes: { allowed_values: values.allowedValues, denied_values: values.deniedValues },
              },
            ]),
        ...(condition === undefined ? [] : [{ type: 'condition', attributes: { ...condition } }]),
      ],
    })),
  };
}

/** The provider takes these as texts. */
const upper = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value).toUpperCase();

function resource(type: string, name: string, attributes: Record<string, HclValue | undefined>): HclBlock {
  return { type: 'resource', labels: [type, name], attributes };
}

function variable(name: string, description: string, type: string): HclBlock {
  return { type: 'variable', labels: [name], attributes: { description, type: new Expression(type) } };
}
