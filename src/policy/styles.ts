import { REGO_STYLES } from './schema.ts';
import type { Policy, RegoPolicy, RegoStyle, StackStyle } from './types.ts';

/** True where the rules are Rego: OPA, and the bundle's WebAssembly, judge with them. */
export function isRegoPolicy(policy: Policy): policy is RegoPolicy {
  return REGO_STYLES.includes(policy.style as RegoStyle);
}

/** Those policies whose rules are Rego, in the same order. */
export function regoPolicies(policies: readonly Policy[]): RegoPolicy[] {
  return policies.filter(isRegoPolicy);
}

const CONTROL_PLANES: readonly StackStyle[] = ['aws-config', 'scp', 'azure-policy', 'gcp-org-policy'];

export function isControlPlaneStyle(style: StackStyle): boolean {
  return CONTROL_PLANES.includes(style);
}

/** True for a guardrail of a cloud: only the cloud's own control plane judges it, whatever the layer. */
export function isControlPlanePolicy({ style }: Policy): boolean {
  return isControlPlaneStyle(style as StackStyle);
}
