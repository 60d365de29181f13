import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { Judgement } from '../types.ts';
import { mergeMessages, readMessages } from './messages.ts';
import { malformed } from './outcome.ts';
import { documentSubject } from './subject.ts';

/**
 * Verdict from `violation[{"msg", "details"}]`; the subject is the object under review.
 * @throws ExhibitError ENGINE_ERROR when the rule is undefined or a result has no `msg`
 */
export function judgeGatekeeper(policy: Policy, document: InputDocument, violations: unknown): Judgement {
  if (!Array.isArray(violations))
    throw malformed(
      'the rule violation is undefined',
      'A Gatekeeper template defines violation[{"msg": text}].',
    );
  const base = {
    policy_id: policy.id,
    rule_id: policy.id,
    severity: policy.severity,
    subject: documentSubject(document),
  };
  const messages = readMessages('violation', violations);
  return messages.length === 0
    ? { ...base, verdict: 'pass' }
    : { ...base, verdict: 'fail', ...mergeMessages(messages) };
}
