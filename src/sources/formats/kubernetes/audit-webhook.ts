import { z } from 'zod';
import { redact } from '../../../record/index.ts';
import type { Item, Outcome } from '../../types.ts';
import type { AuditEvent } from './audit-event.ts';
import { mutatorsOf } from './audit-mutators.ts';
import { requestDetails } from './audit-vap.ts';

const MOST_CHANGES = 50;

const told = z.looseObject({
  configuration: z.string().nullish(),
  webhook: z.string(),
  mutated: z.boolean().nullish(),
});
const patched = z.looseObject({ patch: z.unknown().optional() });

/**
 * What admission webhooks did to one request: refused it, could not be asked, or changed the object. One that let a request pass
 * unchanged is not taken for a pass: the log does not say what it judged.
 */
export function* webhookDecisions(event: AuditEvent): Generator<Item> {
  if (event.refused) yield* refusals(event);
  for (const [key, value] of Object.entries(event.annotations)) {
    const failedOpen = /^failed-open\.(validating|mutating)\.webhook\.admission\.k8s\.io\//.test(key);
    if (failedOpen) yield unasked(event, value, key);
    const round = /^mutation\.webhook\.admission\.k8s\.io\/(round_\d+_index_\d+)$/.exec(key)?.[1];
    if (round !== undefined) yield* mutation(event, value, round);
  }
}

function* refusals(event: AuditEvent): Generator<Item> {
  const [, webhook, text] =
    /admission webhook "([^"]+)" denied the request(?:: (.*)| without explanation)?/s.exec(event.message) ??
    [];
  if (webhook !== undefined) {
    for (const [i, { tool, check, rule, message }] of namedPolicies(webhook, text).entries())
      yield {
        ...base(event, `denied/${webhook}/${i}`),
        ...(tool === undefined ? {} : { tool }),
        check,
        ...(rule === undefined ? {} : { rule }),
        verdict: 'fail',
        disposition: 'enforced',
        message,
        details: { webhook, ...requestDetails(event) },
      };
    return;
  }
  const [, failed] = /failed calling webhook "([^"]+)"/.exec(event.message) ?? [];
  if (failed !== undefined)
    yield {
      ...base(event, `failed/${failed}`),
      check: `webhook/${failed}`,
      verdict: 'error',
      disposition: 'enforced',
      message: event.message,
      details: { webhook: failed, ...requestDetails(event) },
    };
}

interface Named {
  tool?: string;
  check: string;
  rule?: string;
  message: string;
}

/** The policies that a refusal names, as Gatekeeper and Kyverno write them; else the webhook itself. */
function namedPolicies(webhook: string, text: string | undefined): Named[] {
  const whole: Named[] = [{ check: `webhook/${webhook}`, message: text ?? 'denied without explanation' }];
  if (text === undefined) return whole;
  if (/gatekeeper\.sh$/.test(webhook)) {
    const found = [...text.matchAll(/^\[([^\]\s]+)\] (.*(?:\n(?!\[[^\]\s]+\] ).*)*)/gm)];
    // The refusal names the constraint, and not its kind, by which the control map knows it.
    return found.length === 0
      ? whole
      : found.map(([, name = '', message = '']) => ({ tool: 'gatekeeper', check: name, message }));
  }
  if (!/\.kyverno\.svc/.test(webhook)) return whole;
  const found: Named[] = [];
  let policy: string | undefined;
  for (const line of text.split('\n')) {
    const named = /^([a-z0-9][a-z0-9./-]*):\s*$/.exec(line)?.[1];
    const rule = /^\s+([\w./-]+): (.*)$/.exec(line);
    if (named !== undefined) policy = named;
    else if (policy !== undefined && rule !== null)
      found.push({ tool: 'kyverno', check: policy, rule: rule[1] ?? '', message: unquoted(rule[2] ?? '') });
  }
  return found.length === 0 ? whole : found;
}

const unquoted = (text: string): string => text.replace(/^'(.*)'$/, '$1').replaceAll("''", "'");

function unasked(event: AuditEvent, webhook: string, key: string): Outcome {
  return {
    ...base(event, key),
    check: `webhook/${webhook}`,
    verdict: 'not_evaluated',
    disposition: 'observed',
    message: 'the webhook could not be asked, and the request went on (failurePolicy Ignore)',
    details: { webhook, ...requestDetails(event) },
  };
}

/**
 * A webhook that changed the object: nothing was judged, and what was changed is on the record, under each policy that the patch names or, where
 * it names none, under the webhook.
 */
function* mutation(event: AuditEvent, value: string, round: string): Generator<Item> {
  const said = told.safeParse(json(value));
  if (!said.success) {
    yield {
      type: 'problem',
      message: `the annotation of a mutating webhook (${round}) of ${event.id ?? 'an event'} cannot be read`,
    };
    return;
  }
  const { webhook, configuration, mutated } = said.data;
  if (mutated !== true) return;
  const patch = patched.safeParse(json(event.annotations[`patch.webhook.admission.k8s.io/${round}`] ?? ''))
    .data?.patch;
  const details = {
    webhook,
    ...(configuration == null ? {} : { configuration }),
    round,
    ...changes(patch),
    ...requestDetails(event),
  };
  const changed = { verdict: 'not_applicable' as const, disposition: 'enforced' as const };
  const policies = mutatorsOf(webhook, Array.isArray(patch) ? patch : []);
  for (const [i, { tool, check, rule, did }] of policies.entries())
    yield {
      ...base(event, `mutation/${round}/${i}`),
      ...changed,
      tool,
      check,
      ...(rule === undefined ? {} : { rule }),
      message: `the policy changed the object${did.length === 0 ? '' : `: ${did.join(', ')}`}`,
      details,
    };
  if (policies.length === 0)
    yield {
      ...base(event, `mutation/${round}`),
      ...changed,
      check: `webhook/${webhook}`,
      message: `the webhook ${webhook} changed the object`,
      details,
    };
}

/** Operations of a JSON Patch; below level Request the log has none. */
function changes(patch: unknown): Record<string, unknown> {
  if (!Array.isArray(patch)) return { changes_stated: false };
  const shown = redact(patch.slice(0, MOST_CHANGES)).value;
  return {
    changes: shown,
    ...(patch.length > MOST_CHANGES ? { more_changes: patch.length - MOST_CHANGES } : {}),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function base(event: AuditEvent, place: string) {
  return {
    type: 'outcome' as const,
    subject: event.subject,
    observed_at: event.time,
    source_id: event.id === undefined ? undefined : `${event.id}/${place}`,
    actor: event.actor,
  };
}
