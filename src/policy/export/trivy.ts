import { stringify } from 'yaml';
import type { InputKind } from '../../inputs/index.ts';
import type { Severity } from '../../record/index.ts';
import { packageRules } from '../rego.ts';
import { isRegoPolicy } from '../styles.ts';
import type { Policy, RegoPolicy, Repository } from '../types.ts';
import { noOverrides, sortOut } from './left-out.ts';
import { trivyIdOf } from './names.ts';
import { closureOf, OLD } from './rego-closure.ts';
import type { Exported, ExportFormat } from './types.ts';

/** Kinds of input as Trivy's selectors name them. A plan of Terraform reaches a check whole only as JSON. */
const SELECTORS: Readonly<Partial<Record<InputKind, string>>> = {
  kubernetes: 'kubernetes',
  'terraform-plan': 'json',
  json: 'json',
  'github-workflow': 'yaml',
  'gitlab-ci': 'yaml',
  ansible: 'yaml',
  arm: 'json',
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
      leftOutOfTrivy(policy, repository),
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
    files.set('libraries/exhibit/trivy.rego', Buffer.from(HELPER));
    const overrides = noOverrides(
      repository.overrides,
      'Trivy shows nothing of a result that a check leaves out, so a waived one would look like a pass',
    );
    return { files, policies: carried.map(({ id }) => id), left_out, overrides };
  },
};

export function leftOutOfTrivy(policy: Policy, repository: Repository): string | undefined {
  if (!isRegoPolicy(policy)) return `its rules are of style ${policy.style}, not Rego`;
  if (policy.style !== 'exhibit') return `its rules are of style ${policy.style}, which Trivy asks otherwise`;
  const closure = closureOf(policy, repository);
  if (typeof closure === 'string') return closure;
  if (closure.version === 'v0') return OLD;
  if ([...closure.own, ...closure.libraries].some(({ text }) => /\bis_array\(input\)/.test(text)))
    return 'it judges a list as a whole as well, which Trivy takes apart';
  return undefined;
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
      id: trivyIdOf(policy.id),
      avd_id: trivyIdOf(policy.id),
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
  const rules = packageRules(policy, packages);
  const seen = type === 'kubernetes' ? ' with input as trivy.plain' : '';
  const unknowns = rules.includes('unknowns') ? `\n${unknown(seen)}` : '';
  return `# METADATA
${lines.join('\n')}
package user.exhibit.${policy.id.replaceAll('-', '_')}_${type}

import rego.v1

${seen === '' && unknowns === '' ? '' : 'import data.exhibit.trivy\n'}import data.${policy.package} as policy

deny contains {"msg": v.message} if {
	some v in policy.violations${seen}
}
${unknowns}`;
}

/** Of a subject that fails, what is unknown beside it is not said: its verdict is fail. */
const unknown = (
  seen: string,
): string => `deny contains {"msg": sprintf("Not evaluated: %s", [v.message])} if {
	some v in policy.unknowns${seen}
	failing := {trivy.identity(one) | some one in policy.violations${seen}}
	not trivy.identity(v) in failing
}
`;

/** @see Trivy pkg/iac/scanners/kubernetes/parser, manifest_node.go */
const HELPER = `# Generated by Exhibit.
package exhibit.trivy

import rego.v1

# Trivy writes the place of each object of a manifest into the object itself. The policies see what was written.
# json.remove takes the places of a list as texts.
plain := json.remove(input, {[sprintf("%v", [part]) | some part in path] |
	walk(input, [path, _])
	path[count(path) - 1] == "__defsec_metadata"
})

# The subject of a violation or of an unknown: its id, or the subject itself.
identity(v) := v.subject if is_string(v.subject)

identity(v) := v.subject.id if is_object(v.subject)
`;
