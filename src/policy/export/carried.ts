import { isRegoPolicy } from '../styles.ts';
import type { ExportedPolicies, Policy, Repository } from '../types.ts';
import { leftOutOfGatekeeper } from './gatekeeper.ts';
import { leftOutOfTrivy } from './trivy.ts';

type Why = (policy: Policy, repository: Repository) => string | undefined;

/** Why a policy is not in an export; undefined where it is. Of the forms whose reports name single policies. */
const LEFT_OUT: Readonly<Record<string, Why>> = {
  checkov: leftOutOfCheckov,
  gatekeeper: leftOutOfGatekeeper,
  kyverno: ({ style }) =>
    style === 'kyverno' || style === 'admission-policy' ? undefined : `its rules are of style ${style}`,
  trivy: leftOutOfTrivy,
};

/**
 * Which policies the exports carry that `exhibit.yaml` names: for the bundle, so that a report of another tool is known to speak of them.
 */
export function carriedPolicies(repository: Repository): ExportedPolicies[] {
  const formats = [...new Set(repository.config.exports.map(({ format }) => format))].sort();
  return formats.flatMap((format) => {
    const why = Object.hasOwn(LEFT_OUT, format) ? LEFT_OUT[format] : undefined;
    if (why === undefined) return [];
    const carried = repository.policies.filter((policy) => why(policy, repository) === undefined);
    return [{ format, policies: carried.map(({ id }) => id).sort() }];
  });
}

/** Whose files Checkov gives to a check of resources. */
const KINDS = ['terraform-plan', 'hcl'] as const;

export function leftOutOfCheckov(policy: Policy): string | undefined {
  if (!isRegoPolicy(policy)) return `its rules are of style ${policy.style}, not Rego`;
  if (policy.style !== 'exhibit')
    return `its rules are of style ${policy.style}: they judge a document, and Checkov asks about resources`;
  if (policy.inputs.length > 0 && !policy.inputs.some((kind) => KINDS.some((one) => one === kind)))
    return 'it judges neither plans of Terraform nor its source';
  if (policy.layers.ci === undefined) return 'it is not set for the layer ci, at which Checkov runs';
  return undefined;
}
