import type { Outcome } from '../../types.ts';

/** An authorization as Cedar or Verified Permissions answered it. */
export interface Answer {
  decision: 'allow' | 'deny' | undefined;
  /** Ids of the policies that made the decision. Empty for a deny that no policy asked for. */
  determining: readonly string[];
  /** Policies that could not be evaluated, and so took no part: a forbid that errs does not forbid. */
  errors: readonly { policy: string; message: string }[];
  principal: string | undefined;
  action: string | undefined;
  resource: string | undefined;
  time: string | undefined;
  /** Unique, and the same at a resend. */
  id: string | undefined;
  details?: Record<string, unknown>;
}

/**
 * A decision is one outcome of each policy that determined it; one of `default-deny` where none did; and an error of each policy
 * that could not be evaluated.
 */
export function* outcomesOfAnswer(answer: Answer): Generator<Outcome> {
  const { decision, determining, errors, principal, action, resource, time, id, details } = answer;
  const name = [principal, action, resource].filter((part) => part !== undefined).join(' ');
  const base = {
    type: 'outcome' as const,
    subject: { type: 'request', id: name || id || 'unnamed', ...(name === '' ? {} : { name }) },
    observed_at: time,
    actor: principal,
  };
  const source = (policy: string) => (id === undefined ? undefined : `${id}/${policy}`);
  const verdict = decision === 'allow' ? 'pass' : decision === 'deny' ? 'fail' : 'not_evaluated';
  const none = decision === 'allow' ? 'allowed' : decision === 'deny' ? 'default-deny' : 'undecided';
  for (const check of determining.length === 0 ? [none] : new Set(determining))
    yield {
      ...base,
      check,
      verdict,
      message: decision === undefined ? 'the decision is not stated' : `decision ${decision}`,
      source_id: source(check),
      details: { ...details, ...(determining.length > 1 ? { determining_policies: determining } : {}) },
    };
  for (const { policy, message } of errors)
    yield {
      ...base,
      check: policy,
      verdict: 'error',
      message,
      source_id: source(`${policy}/error`),
      details,
    };
}

/** `User::"alice"` from Cedar's `{type, id}`, from `{entityType, entityId}`, `{actionType, actionId}`, or as it stands. */
export function entityOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const inner = typeof given.__entity === 'object' && given.__entity !== null ? given.__entity : given;
  const { type, id, entityType, entityId, actionType, actionId } = inner as Record<string, unknown>;
  const kind = type ?? entityType ?? actionType;
  const name = id ?? entityId ?? actionId;
  return typeof kind === 'string' && typeof name === 'string'
    ? `${kind}::${JSON.stringify(name)}`
    : undefined;
}

/** The decision in any case of its letters; undefined for what is neither. */
export function decisionOf(value: unknown): Answer['decision'] {
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  return word === 'allow' || word === 'deny' ? word : undefined;
}
