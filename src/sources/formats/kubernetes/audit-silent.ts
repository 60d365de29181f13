import type { AuditEvent } from './audit-event.ts';

/** What the authorizer and the API's life cycle write beside nearly every request. Admission writes under other names. */
const OTHERS = /^(?:authorization\.k8s\.io|k8s\.io|authentication\.k8s\.io|apiserver\.latency\.k8s\.io)\//;

/**
 * Whether an event surely tells nothing of admission: the request was not refused, and no annotation is of admission. Asked of the parsed event, not of
 * its bytes: a line that is no JSON must be told, and nothing but parsing it can tell (a key may be written with escapes, too).
 * A property test holds it against the readers of all decisions.
 */
export function isSilent({ refused, annotations }: AuditEvent): boolean {
  if (refused) return false;
  for (const key in annotations) if (!OTHERS.test(key)) return false;
  return true;
}
