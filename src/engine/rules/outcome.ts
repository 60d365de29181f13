import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../record/index.ts';
import type { Judgement } from '../types.ts';
import { documentSubject } from './subject.ts';

/** The rule could not be judged: one error for the document, and nothing else of the policy is believed. */
export function errorJudgement(policy: Policy, document: InputDocument, cause: unknown): Judgement {
  const error = asError(cause);
  return {
    policy_id: policy.id,
    rule_id: policy.id,
    severity: policy.severity,
    subject: documentSubject(document),
    verdict: 'error',
    code: error.code,
    message: `${error.code === 'ENGINE_TIMEOUT' ? 'the rule was ' : ''}${error.message}`,
    details: { code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) },
  };
}

/** The policy found nothing that it applies to. */
export function emptyJudgement(policy: Policy, document: InputDocument): Judgement {
  return {
    policy_id: policy.id,
    rule_id: policy.id,
    severity: policy.severity,
    subject: documentSubject(document),
    verdict: 'not_applicable',
    message: 'the document holds nothing that the policy applies to',
    empty: true,
  };
}

/** The policy's engine does not run here, so the document was not judged by it: never a pass. */
export function unjudged(policy: Policy, document: InputDocument): Judgement {
  return {
    policy_id: policy.id,
    rule_id: policy.id,
    severity: policy.severity,
    subject: documentSubject(document),
    verdict: 'not_evaluated',
    message: `a policy of style ${policy.style} is judged by its own engine, not here`,
  };
}

/** A rule whose result does not fit its contract. */
export function malformed(message: string, hint: string): ExhibitError {
  return new ExhibitError('ENGINE_ERROR', message, { hint });
}

/** A trap of WebAssembly or an overflowing stack comes as a plain error of the host. */
function asError(cause: unknown): ExhibitError {
  if (isExhibitError(cause)) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new ExhibitError('ENGINE_ERROR', `the rule could not be evaluated: ${text}`, { cause });
}
