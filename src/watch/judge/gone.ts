import type { Decision } from '../../engine/index.ts';
import type { Said } from './state.ts';

/**
 * A subject that failed and is there no more. It is no pass: whatever follows a fail ends by this, as `gone`.
 * @param why in words
 */
export function goneDecision(said: Said, why: string): Decision {
  const { policy_id, rule_id, subject_type, subject_id, subject_name, environment, severity } = said;
  return {
    policy_id,
    rule_id,
    severity,
    subject: {
      type: subject_type,
      id: subject_id,
      name: subject_name,
      ...(environment === undefined ? {} : { environment }),
    },
    verdict: 'not_applicable',
    disposition: 'none',
    message: why,
    details: { subject_state: 'gone' },
    document: undefined,
    location: {},
  };
}

export const keyOf = ({
  policy_id,
  rule_id,
  subject_id,
}: Pick<Said, 'policy_id' | 'rule_id' | 'subject_id'>) => JSON.stringify([policy_id, rule_id, subject_id]);
