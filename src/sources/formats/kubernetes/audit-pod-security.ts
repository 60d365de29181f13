import type { Item, Outcome } from '../../types.ts';
import type { AuditEvent } from './audit-event.ts';
import { requestDetails } from './audit-vap.ts';

const AT = 'pod-security.kubernetes.io/';

/**
 * Decisions of the Pod Security admission plugin in one event. It names the policy that it enforces also where a pod passes.
 * @see kubernetes/pod-security-admission, admission/admission.go; api/constants.go
 */
export function* podSecurityDecisions(event: AuditEvent): Generator<Item> {
  const exempt = event.annotations[`${AT}exempt`];
  const enforced = event.annotations[`${AT}enforce-policy`];
  const audited = event.annotations[`${AT}audit-violations`];
  if (exempt !== undefined)
    yield {
      ...base(event, 'exempt', 'pod-security'),
      verdict: 'not_evaluated',
      message: `exempt by ${exempt}`,
      suppressed: { kind: 'exemption of Pod Security admission', reason: exempt },
    };
  const [, refusing, text] =
    /violates? PodSecurity "([^"]+)": (.*)$/s.exec(event.refused ? event.message : '') ?? [];
  if (refusing !== undefined)
    yield { ...base(event, 'enforce', refusing), verdict: 'fail', disposition: 'enforced', message: text };
  else if (enforced !== undefined && !event.refused)
    yield {
      ...base(event, 'enforce', enforced),
      // Its level privileged asks for nothing.
      verdict: /^privileged:/.test(enforced) ? 'not_applicable' : 'pass',
    };
  const [, watching, reason] = /violates? PodSecurity "([^"]+)": (.*)$/s.exec(audited ?? '') ?? [];
  if (audited !== undefined)
    yield {
      ...base(event, 'audit', watching ?? 'unknown'),
      verdict: 'fail',
      disposition: 'observed',
      message: reason ?? audited,
    };
}

/** @param policy level and version: `restricted:latest` */
function base(event: AuditEvent, mode: string, policy: string): Omit<Outcome, 'verdict'> {
  const [level = policy, version] = policy.split(':');
  return {
    type: 'outcome',
    tool: 'pod-security',
    check: level,
    rule: mode,
    subject: event.subject,
    observed_at: event.time,
    source_id: event.id === undefined ? undefined : `${event.id}/pod-security/${mode}`,
    actor: event.actor,
    details: { ...(version === undefined ? {} : { version }), ...requestDetails(event) },
  };
}
