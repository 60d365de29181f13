import { stringify } from 'yaml';
import type { InputKind } from '../../inputs/index.ts';
import type { Severity } from '../../record/index.ts';
import { isRegoPolicy } from '../styles.ts';
import type { Policy, RegoPolicy, Repository } from '../types.ts';
import { noOverrides, sortOut } from './left-out.ts';
import { closureOf, OLD } from './rego-closure.ts';
import type { Exported, ExportFormat } from './types.ts';

/** Kinds of input as Trivy's selectors name them. A plan of Terraform reaches a check whole only as JSON. */
const SELECTORS: Readonly<Partial<Record<InputKind, string>>> = {
  kubernetes: 'kubernetes',
  'terraform-plan': 'json',
  json: 'json',
  yaml: 'yaml',
};

/**
 * Custom checks for Trivy: for each policy and kind of input one module in the namespace `user`, beside the policies and their
 * libraries. Trivy applies a check only where all of its selectors fit, so a check has one.
 * @see https://trivy.dev/docs/latest/scanner/misconfiguration/custom/
 */
export const trivy: ExportFormat = {
  name: 'trivy',
  summary: 'custom checks for `trivy config --config-check`',
  make({ repository }): Exported {
    const { carried, left_out } = sortOut<RegoPolicy>(repository.policies, (policy) =>
      why(policy, repository),
    );
    const files = new Map<string, Uint8Array>();
    for (const policy of carried) {
      const closure = closureOf(policy, repository);
      if (typeof closure === 'string') continue;
      for (const { path, text } of [...closure.libraries, ...closure.own])
        files.set(`libraries/${path}`, Buffer.from(inVersion1(text)));
      for (const type of selectorsOf(policy))
        files.set(`checks/${policy.id}-${type}.rego`, Buffer.from(check(policy, type, repository)));
    }
    const overrides = noOverrides(
      repository.overrides,
      'Trivy shows nothing of a result that a check leaves out, so a waived one would look like a pass',
    );
    return { files, policies: carried.map(({ id }) => id), left_out, overrides };
  },
};

function why(policy: Policy, repository: Repository): string | undefined {
  if (!isRegoPolicy(policy)) return `its rules are of style ${policy.style}, not Rego`;
  if (policy.style !== 'exhibit') return `its rules are of style ${policy.style}, which Trivy asks otherwise`;
  const closure = closureOf(policy, repository);
  if (typeof closure === 'string') return closure;
  return closure.version === 'v0' ? OLD : undefined;
}

/** Without inputs a policy judges all of them. */
function selectorsOf({ inputs }: RegoPolicy): string[] {
  const kinds = inputs.length === 0 ? (Object.keys(SELECTORS) as InputKind[]) : inputs;
  return [...new Set(kinds.flatMap((kind) => SELECTORS[kind] ?? []))].sort();
}

/** Trivy reads modules in the syntax before Rego 1.0 unless they import the new one. */
function inVersion1(text: string): string {
  if (/^import rego\.v1\b/m.test(text)) return text;
  return text.replace(/^(package\s.*)$/m, '$1\n\nimport rego.v1');
}

const SEVERITIES: Readonly<Record<Severity, string>> = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  info: 'LOW',
};

function check(policy: RegoPolicy, type: string, { packages }: Repository): string {
  const metadata = {
    title: policy.title,
    description: policy.description.trim(),
    scope: 'package',
    custom: {
      id: `EXHIBIT-${policy.id}`,
      avd_id: `EXHIBIT-${policy.id}`,
      short_code: policy.id,
      severity: SEVERITIES[policy.severity],
      recommended_actions: policy.remediation.trim(),
      exhibit_controls: policy.controls.map(({ control }) => control).join(' '),
      input: { selector: [{ type }] },
    },
  };
  const lines = stringify(metadata, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}`.trimEnd());
  const unknowns = packages.some(({ name, rules }) => name === policy.package && rules.includes('unknowns'));
  return `# METADATA
${lines.join('\n')}
package user.exhibit.${policy.id.replaceAll('-', '_')}_${type}

import data.${policy.package} as policy
import rego.v1

deny contains {"msg": v.message} if some v in policy.violations
${unknowns ? '\ndeny contains {"msg": sprintf("Not evaluated: %s", [v.message])} if some v in policy.unknowns\n' : ''}`;
}
