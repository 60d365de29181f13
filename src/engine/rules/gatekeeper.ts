import type { InputDocument } from '../../inputs/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { Judgement } from '../types.ts';
import { mergeMessages, readMessages } from './messages.ts';
import { malformed } from './outcome.ts';
import { documentSubject } from './subject.ts';

interface KubernetesObject {
  apiVersion?: unknown;
  kind?: unknown;
  metadata?: { name?: unknown; namespace?: unknown };
}

/**
 * The input that Gatekeeper gives to a template's rules: `review` (the request of an AdmissionReview as it is, or
 * one built from an object as if it were being created) and the constraint's `parameters`.
 */
export function gatekeeperInput(
  value: unknown,
  parameters: unknown,
): { review: unknown; parameters: unknown } {
  const object = (value ?? {}) as KubernetesObject & { request?: unknown };
  if (object.kind === 'AdmissionReview') return { review: object.request ?? {}, parameters };
  const [group, version] = splitApiVersion(object.apiVersion);
  const name = object.metadata?.name;
  const namespace = object.metadata?.namespace;
  return {
    review: {
      kind: { group, version, kind: object.kind },
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      operation: 'CREATE',
      object: value,
    },
    parameters,
  };
}

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

function splitApiVersion(apiVersion: unknown): [group: string, version: string] {
  const text = typeof apiVersion === 'string' ? apiVersion : '';
  const slash = text.indexOf('/');
  return slash < 0 ? ['', text] : [text.slice(0, slash), text.slice(slash + 1)];
}
