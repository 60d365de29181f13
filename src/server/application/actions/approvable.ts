import type { Decision } from '../../../engine/index.ts';
import { isObject } from '../../../record/index.ts';

/**
 * Whether a person may lift a refusal: the policy says so of each of its violations about the subject, with `"approval": true` in
 * their `details`. An error, a missing verdict and every other violation is a no for all.
 * @param result what the rule gave: of all policies by id, or of one
 */
export function isApprovable({ policy_id, verdict, subject }: Decision, result: unknown): boolean {
  if (verdict !== 'fail' || !isObject(result)) return false;
  const rules = Object.hasOwn(result, 'violations') ? result : own(result, policy_id);
  const violations = own(rules, 'violations');
  if (!Array.isArray(violations)) return false;
  const about = violations.filter((one) => subjectOf(one) === subject.id);
  return about.length > 0 && about.every((one) => own(own(one, 'details'), 'approval') === true);
}

function subjectOf(violation: unknown): unknown {
  const subject = own(violation, 'subject');
  return isObject(subject) ? own(subject, 'id') : subject;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
