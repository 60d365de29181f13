import { z } from 'zod';
import type { Item, Outcome, Problem } from '../../types.ts';
import type { AuditEvent } from './audit-event.ts';

const KEY = 'validation.policy.admission.k8s.io/validation_failure';
const TOOL = 'validating-admission-policy';

const failures = z.array(
  z.looseObject({
    message: z.string(),
    policy: z.string().min(1),
    binding: z.string(),
    // The documentation's sample has a text.
    expressionIndex: z.union([z.number(), z.string()]),
    validationActions: z.array(z.string()),
  }),
);
type Failure = z.infer<typeof failures>[number];

/**
 * The decisions of ValidatingAdmissionPolicies in one event. A failure that is audited stands in an annotation; one that is denied
 * only in the status, and only the first one. A binding that does both tells one failure twice: it is taken once.
 * @see kubernetes/apiserver, pkg/admission/plugin/policy/validating/dispatcher.go
 */
export function* policyDecisions(event: AuditEvent): Generator<Item> {
  const annotated = failuresOf(event);
  if (!Array.isArray(annotated)) yield annotated;
  const list = Array.isArray(annotated) ? annotated : [];
  for (const [i, failure] of list.entries()) yield outcome(event, failure, i);
  const denial = event.refused ? denialOf(event.message) : undefined;
  if (denial === undefined || list.some((one) => sameFailure(one, denial))) return;
  yield outcome(event, { ...denial, expressionIndex: '', validationActions: ['Deny'] }, 'denied', {
    first_only: 'the answer names the first denial; others are not in the event',
  });
}

/** An expression that could not be evaluated is told in the same place as one that was false. */
const UNEVALUATED = /^expression '.*' resulted in error: /s;

interface Denial {
  policy: string;
  binding: string;
  message: string;
}

function denialOf(message: string): Denial | undefined {
  const match = /ValidatingAdmissionPolicy '([^']+)' (?:with binding '([^']*)' )?denied request: (.*)$/s.exec(
    message,
  );
  const [, policy, binding = '', text = ''] = match ?? [];
  return policy === undefined ? undefined : { policy, binding, message: text };
}

const sameFailure = (one: Denial, other: Denial): boolean =>
  one.policy === other.policy && one.binding === other.binding && one.message === other.message;

function failuresOf({ annotations, id }: AuditEvent): Failure[] | Problem {
  const said = Object.hasOwn(annotations, KEY) ? annotations[KEY] : undefined;
  if (said === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(said);
  } catch {
    value = undefined;
  }
  const parsed = failures.safeParse(value);
  return parsed.success
    ? parsed.data
    : {
        type: 'problem',
        message: `the annotation ${KEY} of event ${id ?? 'without an id'} cannot be read`,
        hint: 'A policy failed here, and nobody knows which. The log may cut long annotations.',
      };
}

function outcome(
  event: AuditEvent,
  { policy, binding, message, expressionIndex, validationActions }: Failure,
  place: number | string,
  more: Record<string, unknown> = {},
): Outcome {
  const own = Object.entries(event.annotations).filter(([key]) => key.startsWith(`${policy}/`));
  return {
    type: 'outcome',
    tool: TOOL,
    check: policy,
    ...(expressionIndex === '' ? {} : { rule: `validations[${expressionIndex}]` }),
    subject: event.subject,
    verdict: UNEVALUATED.test(message) ? 'error' : 'fail',
    message,
    observed_at: event.time,
    source_id: event.id === undefined ? undefined : `${event.id}/policy/${policy}/${binding}/${place}`,
    disposition: dispositionOf(validationActions, event.refused),
    actor: event.actor,
    details: {
      ...(binding === '' ? {} : { binding }),
      validation_actions: validationActions,
      ...requestDetails(event),
      ...(own.length === 0 ? {} : { audit_annotations: Object.fromEntries(own) }),
      ...more,
    },
  };
}

function dispositionOf(actions: readonly string[], refused: boolean): Outcome['disposition'] {
  if (actions.includes('Deny') && refused) return 'enforced';
  return actions.includes('Warn') ? 'warned' : 'observed';
}

/** What a reader may want to know of the request. Who asked is no detail: it becomes a reference. */
export function requestDetails({
  verb,
  code,
  id,
  impersonated,
  dryRun,
}: AuditEvent): Record<string, unknown> {
  return {
    ...(verb === undefined ? {} : { verb }),
    ...(code === undefined ? {} : { code }),
    ...(id === undefined ? {} : { audit_id: id }),
    ...(impersonated ? { impersonated } : {}),
    ...(dryRun ? { dry_run: true } : {}),
  };
}
