/** Guardrails of the clouds: read strictly, linted and exported here, judged by the cloud's own control plane. */
export { awsConfigStack } from './aws-config.ts';
export { azurePolicyStack } from './azure-policy.ts';
export { constraintOf, type GcpSpec, gcpOrgPolicyStack, gcpPolicy } from './gcp-org-policy.ts';
export { scpStack } from './scp.ts';
