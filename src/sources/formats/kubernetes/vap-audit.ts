import type { Report, Source } from '../../types.ts';
import { readAudit } from './audit-stream.ts';
import { policyDecisions } from './audit-vap.ts';

/**
 * Only the ValidatingAdmissionPolicies of an audit log, for who takes other admission in from elsewhere. It is used by name alone:
 * a log of itself is `kubernetes-audit`, which holds these decisions with all others.
 */
export const vapAudit: Source = {
  id: 'vap-audit',
  title: 'Kubernetes audit log: ValidatingAdmissionPolicy only',
  tool: 'validating-admission-policy',
  layer: 'admission',
  population: 'failures',
  reference: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  detect: () => undefined,
  read: (report: Report) => readAudit(report, policyDecisions),
};
