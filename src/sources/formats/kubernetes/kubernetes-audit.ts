import type { Item, Report, Source } from '../../types.ts';
import type { AuditEvent } from './audit-event.ts';
import { podSecurityDecisions } from './audit-pod-security.ts';
import { detectAudit, readAudit } from './audit-stream.ts';
import { policyDecisions } from './audit-vap.ts';
import { webhookDecisions } from './audit-webhook.ts';

/**
 * The audit log of the API server: all that admission did and the log tells, by policies of the server itself, by webhooks and by Pod
 * Security. Authorization is no admission.
 */
export const kubernetesAudit: Source = {
  id: 'kubernetes-audit',
  title: 'Kubernetes audit log: admission by policies, webhooks and Pod Security',
  tool: 'kubernetes',
  layer: 'admission',
  population: 'failures',
  reference: 'https://kubernetes.io/docs/reference/labels-annotations-taints/audit-annotations/',
  detect: detectAudit,
  read: (report: Report) => readAudit(report, decide),
};

/**
 * The same reading of events that are not in a file, or by who wants to know of each request.
 * @param seen is told of each request once, when it has ended
 */
export const readRequests = (report: Pick<Report, 'values'>, seen: (event: AuditEvent) => void) =>
  readAudit(report, decide, seen);

function* decide(event: AuditEvent): Generator<Item> {
  yield* policyDecisions(event);
  yield* webhookDecisions(event);
  yield* podSecurityDecisions(event);
}
