import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStacks } from '../stacks/read.ts';
import type { Files } from '../types.ts';
import { terraformGuardrails } from './terraform-guardrails.ts';

const root = join(import.meta.dirname, '../../../policies');
const library: Files = new Map(
  readdirSync(join(root, 'policies/cloud'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path), readFileSync(path)]),
);

async function exported(files: Files): Promise<Record<string, string>> {
  const { policies, problems } = await readStacks(files, ['policies']);
  expect(problems).toEqual([]);
  const out = terraformGuardrails({ policies, files });
  return Object.fromEntries([...out].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
}

const guard = (main: string, text: string, runtime: string, id = 'guard'): Files =>
  new Map(
    Object.entries({
      [`policies/${id}/${main}`]: text,
      [`policies/${id}/policy.yaml`]: `id: ${id}
title: A guardrail
description: A guardrail of a test.
severity: high
owner: tests
controls: [{control: test/one, strength: full, rationale: It is the only one.}]
layers: {${runtime}}
cadence: P1D
remediation: Change it.
since: "2026-01-01"
`,
    }).map(([path, body]) => [path, Buffer.from(body)]),
  );

/** The blocks of a `.tf` file: kind and name of each. */
const resources = (text = ''): string[] =>
  [...text.matchAll(/^(?:resource|variable|locals)[^{]*/gm)].map(([head]) => head.trim());

describe('the export of guardrails to Terraform', () => {
  it('makes one file for each control plane, and keeps the files of the policies as they are', async () => {
    const out = await exported(library);
    expect(Object.keys(out).filter((path) => path.endsWith('.tf'))).toEqual([
      'aws-config.tf',
      'aws-organizations.tf',
      'azure.tf',
      'gcp.tf',
    ]);
    for (const [path, bytes] of library) {
      const [, id = '', name = ''] = /([^/]+)\/([^/]+)$/.exec(path) ?? [];
      if (name !== 'policy.yaml') expect(out[`${id}/${name}`]).toBe(Buffer.from(bytes).toString('utf8'));
    }
    // Every file that a module reads is there.
    for (const [path, text] of Object.entries(out).filter(([name]) => name.endsWith('.tf'))) {
      const read = [...text.matchAll(/\$\{path\.module\}\/([^"]+)"/g)].map(([, file = '']) => file);
      expect(read.every((file) => out[file] !== undefined)).toBe(true);
      expect(read).toHaveLength(path === 'gcp.tf' ? 0 : 2);
    }
  });

  it('attaches a service control policy to what a variable names', async () => {
    const out = await exported(library);
    expect(resources(out['aws-organizations.tf'])).toEqual([
      'variable "scp_targets"',
      'resource "aws_organizations_policy" "scp_audit_trail_kept"',
      'resource "aws_organizations_policy_attachment" "scp_audit_trail_kept"',
      'resource "aws_organizations_policy" "scp_organization_kept"',
      'resource "aws_organizations_policy_attachment" "scp_organization_kept"',
    ]);
  });

  it('assigns an Azure definition, enforced or not as the policy says', async () => {
    const definition = readFileSync(
      join(root, 'policies/cloud/azure-sql-not-public/azure-policy.json'),
      'utf8',
    );
    const azure = async (runtime: string) =>
      (await exported(guard('azure-policy.json', definition, runtime)))['azure.tf'] ?? '';
    expect(/enforce += (\w+)/.exec(await azure('runtime: enforce'))?.[1]).toBe('true');
    expect(/enforce += (\w+)/.exec(await azure('runtime: observe'))?.[1]).toBe('false');
  });

  it('gives an assignment a name of at most 24 characters, another one for each policy', async () => {
    const definition = readFileSync(
      join(root, 'policies/cloud/azure-sql-not-public/azure-policy.json'),
      'utf8',
    );
    const ids = [
      'a-name-of-24-characters-',
      'a-long-name-of-a-policy-one',
      'a-long-name-of-a-policy-two',
    ].map((id) => id.replace(/-$/, 'x'));
    const out = await exported(
      new Map(ids.flatMap((id) => [...guard('azure-policy.json', definition, 'runtime: enforce', id)])),
    );
    const names = (out['azure.tf'] ?? '')
      .split(/^resource "azurerm_management_group_policy_assignment".*$/m)
      .slice(1)
      .map((block) => /name += "([^"]+)"/.exec(block)?.[1] ?? '');
    expect(names).toHaveLength(3);
    expect(new Set(names).size).toBe(3);
    expect(names).toContain('a-name-of-24-charactersx');
    expect(Math.max(...names.map(({ length }) => length))).toBe(24);
  });

  it('writes an organisation policy out, with what is only looked at as dry run', async () => {
    const text = `name: organizations/1/policies/gcp.resourceLocations
dryRunSpec:
  inheritFromParent: true
  rules:
    - values: {allowedValues: ["in:eu-locations"]}
      condition: {expression: "resource.matchTag('1/env', 'prod')", title: production}
    - denyAll: true
`;
    const out = await exported(guard('gcp-org-policy.yaml', text, 'runtime: observe'));
    const [, block] = (out['gcp.tf'] ?? '').split(/(?=^resource )/m);
    expect(block).toBe(`resource "google_org_policy_policy" "guard" {
  name   = "\${var.gcp_parent}/policies/gcp.resourceLocations"
  parent = var.gcp_parent

  dry_run_spec {
    inherit_from_parent = true

    rules {
      values {
        allowed_values = ["in:eu-locations"]
      }

      condition {
        expression = "resource.matchTag('1/env', 'prod')"
        title      = "production"
      }
    }

    rules {
      deny_all = "TRUE"
    }
  }
}
`);
  });

  it('carries no override, and says so', async () => {
    const out = await exported(library);
    for (const [path, text] of Object.entries(out))
      if (path.endsWith('.tf')) expect(text).toMatch(/^# Overrides are not in it\./m);
  });

  it('has nothing where there is no guardrail', async () => expect(await exported(new Map())).toEqual({}));
});
