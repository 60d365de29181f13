import { REGO_STYLES } from './schema.ts';
import type { Policy, RegoPolicy, RegoStyle } from './types.ts';

/** True where the rules are Rego: OPA, and the bundle's WebAssembly, judge with them. */
export function isRegoPolicy(policy: Policy): policy is RegoPolicy {
  return REGO_STYLES.includes(policy.style as RegoStyle);
}

/** Those policies whose rules are Rego, in the same order. */
export function regoPolicies(policies: readonly Policy[]): RegoPolicy[] {
  return policies.filter(isRegoPolicy);
}
