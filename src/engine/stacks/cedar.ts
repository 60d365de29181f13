import type { InputDocument } from '../../inputs/index.ts';
import {
  type CedarDecider,
  type CedarRequest,
  cedar,
  cedarDecider,
  cedarSet,
  type StackPolicy,
  withCedar,
} from '../../policy/index.ts';
import { emptyJudgement } from '../rules/outcome.ts';
import { documentSubject } from '../rules/subject.ts';
import type { Judgement } from '../types.ts';
import type { StackEngine } from './stack.ts';

/**
 * Cedar in this process. Allow is a pass and deny is a fail, with the statements that determined it. Where Cedar could not
 * evaluate a statement the verdict is error, whatever the decision: it skips such a statement, so a forbid that breaks would
 * let everything through. A request whose action the schema does not know is not of this policy set: not_applicable.
 */
export const cedarEngine: StackEngine = (bundle) => {
  const deciders = new Map<string, CedarDecider>();
  // Under a time limit from the first request on, which loading is no part of.
  cedar();
  return (policy, document) => withCedar(() => judge(policy, document));

  function judge(policy: StackPolicy, document: InputDocument): Judgement[] {
    let decider = deciders.get(policy.id);
    if (decider === undefined) {
      decider = cedarDecider(cedarSet(policy, bundle.files));
      deciders.set(policy.id, decider);
    }
    const request = document.value as CedarRequest;
    if (!decider.knows(request)) return [emptyJudgement(policy, document)];
    const { decision, determining, errors } = decider.decide(request);
    const judged = {
      policy_id: policy.id,
      rule_id: policy.id,
      severity: policy.severity,
      subject: documentSubject(document),
      details: { decision, determining, ...(errors.length === 0 ? {} : { errors }) },
    };
    const [error] = errors;
    if (error !== undefined) {
      const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
      const message = `Cedar could not evaluate ${error.statement}: ${error.message}${more}; without it the decision is ${decision}`;
      return [{ ...judged, verdict: 'error', code: 'ENGINE_ERROR', message }];
    }
    if (decision === 'allow') return [{ ...judged, verdict: 'pass' }];
    const why =
      determining.length === 0 ? 'no statement permits it' : `forbidden by ${determining.join(' and ')}`;
    const message = `${judged.subject.id} is denied: ${why}`;
    return [{ ...judged, verdict: 'fail', message, fix: policy.remediation, path: [] }];
  }
};
