import { type Decision, INPUT_POLICY } from '../../engine/index.ts';
import type { DecisionEvent } from '../../sources/index.ts';
import { documentOf } from '../opa/record.ts';

/** Nothing was judged: closed, and on the record. */
export function unjudged(
  event: DecisionEvent,
  message: string,
  verdict: 'error' | 'not_evaluated' = 'not_evaluated',
): Decision {
  return {
    policy_id: INPUT_POLICY,
    rule_id: INPUT_POLICY,
    severity: 'high',
    subject: { type: 'request', id: event.decision_id, name: event.decision_id },
    verdict,
    disposition: 'enforced',
    message,
    document: documentOf(event),
    location: {},
  };
}
