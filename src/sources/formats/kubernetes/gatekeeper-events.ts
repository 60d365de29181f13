import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { violated } from './gatekeeper-violation.ts';
import { isObject, objectsOf, shownObjects } from './objects.ts';

const event = z.looseObject({
  metadata: z.looseObject({
    uid: z.string().nullish(),
    resourceVersion: z.string().nullish(),
    annotations: z.looseObject({
      process: z.string().nullish(),
      event_type: z.string().nullish(),
      auditTimestamp: z.string().nullish(),
      constraint_kind: z.string().min(1),
      constraint_name: z.string().min(1),
      constraint_action: z.string().nullish(),
      resource_kind: z.string(),
      resource_namespace: z.string().nullish(),
      resource_name: z.string(),
      request_username: z.string().nullish(),
    }),
  }),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  note: z.string().nullish(),
  count: z.number().nullish(),
  deprecatedCount: z.number().nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  deprecatedLastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});

/** Events of Kubernetes that Gatekeeper makes with --emit-admission-events and --emit-audit-events; those of others are passed over. */
export const gatekeeperEvents: Source = {
  id: 'gatekeeper-events',
  title: 'Gatekeeper, events of admission and audit',
  tool: 'gatekeeper',
  layer: 'admission',
  population: 'failures',
  reference: 'https://github.com/open-policy-agent/gatekeeper: pkg/webhook/policy.go, pkg/audit/manager.go',

  detect(sample: Sample) {
    return shownObjects(sample).some(isOurs) ? 'it has an event with annotations of Gatekeeper' : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    let scanned = 0;
    let others = 0;
    for await (const { value, error, line, where } of objectsOf(report)) {
      if (error !== undefined) yield problemOf(error, line);
      else if (!isObject(value) || value.kind !== 'Event')
        yield { type: 'problem', message: `${where ?? 'the value'} is no event`, line };
      else {
        scanned += 1;
        if (isOurs(value)) yield* conform(value, event, (each) => items(each, span), line, where);
        else others += 1;
      }
    }
    yield {
      type: 'run',
      scanned,
      ended: span.ended,
      ...(others === 0 ? {} : { note: `${others} events of others were passed over` }),
    };
  },
};

function isOurs(object: Record<string, unknown>): boolean {
  const { metadata } = object;
  return (
    object.kind === 'Event' &&
    isObject(metadata) &&
    isObject(metadata.annotations) &&
    Object.hasOwn(metadata.annotations, 'constraint_kind')
  );
}

function* items(value: z.infer<typeof event>, span: Span): Generator<Item> {
  const { metadata, reason, message, note, count, deprecatedCount } = value;
  const said = metadata.annotations;
  const time =
    instantOf(value.lastTimestamp) ??
    instantOf(value.deprecatedLastTimestamp) ??
    instantOf(value.eventTime) ??
    instantOf(value.firstTimestamp);
  const started = span.saw(time);
  if (started !== undefined) yield started;
  const times = count ?? deprecatedCount ?? 1;
  yield violated({
    kind: said.constraint_kind,
    name: said.constraint_name,
    resource: { kind: said.resource_kind, namespace: said.resource_namespace, name: said.resource_name },
    message: textOf(message ?? note ?? undefined),
    action: said.constraint_action ?? ACTIONS[reason ?? ''],
    process: said.process === 'audit' || reason === 'AuditViolation' ? 'audit' : 'admission',
    time,
    source_id: metadata.uid == null ? undefined : `${metadata.uid}/${metadata.resourceVersion ?? times}`,
    actor: said.request_username ?? undefined,
    details: { ...(reason == null ? {} : { reason }), ...(times > 1 ? { times } : {}) },
  });
}

const ACTIONS: Readonly<Record<string, string>> = {
  FailedAdmission: 'deny',
  WarningAdmission: 'warn',
  DryrunViolation: 'dryrun',
};

/** `..., Constraint: NAME, Message: TEXT` */
const textOf = (message: string | undefined): string | undefined => message?.replace(/^.*?, Message: /s, '');
