import { z } from 'zod';
import { each } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { violated } from './gatekeeper-violation.ts';
import { isObject } from './objects.ts';

const message = z.looseObject({
  id: z.string(),
  eventType: z.string().nullish(),
  message: z.string().nullish(),
  kind: z.string().nullish(),
  name: z.string().nullish(),
  enforcementAction: z.string().nullish(),
  details: z.unknown().optional(),
  resourceKind: z.string().nullish(),
  resourceNamespace: z.string().nullish(),
  resourceName: z.string().nullish(),
  timestamp: z.string().nullish(),
  operation: z.string().nullish(),
  dryRun: z.boolean().nullish(),
  requestResponse: z.string().nullish(),
  requestUsername: z.string().nullish(),
});

/** Violations that Gatekeeper exports (Dapr, files), one a line; markers say that an audit began and ended. */
export const gatekeeperExport: Source = {
  id: 'gatekeeper-export',
  title: 'Gatekeeper, exported violations of audit and admission',
  tool: 'gatekeeper',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://github.com/open-policy-agent/gatekeeper: website/docs/export.md',

  detect({ first }: Sample) {
    if (!isObject(first)) return undefined;
    if (/^violation_/.test(String(first.eventType)) && first.group === 'constraints.gatekeeper.sh')
      return 'it has an eventType of a violation and the group of constraints';
    return isMarker(first.message) && typeof first.id === 'string'
      ? 'it has the mark of an audit of Gatekeeper'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    const open = new Set<string>();
    let marked = false;
    yield* each(report.values(), message, function* (value): Generator<Item> {
      const started = span.saw(instantOf(value.timestamp) ?? instantOf(value.id));
      if (started !== undefined) yield started;
      if (value.eventType == null && isMarker(value.message)) {
        marked = true;
        if (/start/.test(value.message ?? '')) open.add(value.id);
        else open.delete(value.id);
      } else yield* ofViolation(value);
    });
    const [unfinished] = open;
    yield {
      type: 'run',
      ended: span.ended,
      ...(marked && unfinished !== undefined
        ? { failed: `the audit of ${unfinished} has no end in this file` }
        : {}),
    };
  },
};

/** `audit is started`, `audit is completed`; in the documentation `audit_started`, `audit_finished`. */
const isMarker = (text: unknown): boolean =>
  typeof text === 'string' && /^audit[ _](is )?(started|completed|finished)$/i.test(text);

function* ofViolation(value: z.infer<typeof message>): Generator<Item> {
  const { kind, name, eventType, resourceKind, resourceName, details } = value;
  if (!/^violation/.test(eventType ?? '') || !kind || !name || !resourceKind) {
    yield {
      type: 'problem',
      message: `a message of ${value.id} is no violation that is known: eventType ${eventType ?? 'is missing'}`,
      hint: 'The file is damaged, or of a version that is not known here.',
    };
    return;
  }
  const admission = eventType === 'violation_admission';
  yield violated({
    kind,
    name,
    resource: { kind: resourceKind, namespace: value.resourceNamespace, name: resourceName ?? '' },
    message: value.message ?? undefined,
    // A dry run is refused like a real request, but nothing would have been made.
    action: value.dryRun === true ? 'dryrun' : (value.enforcementAction ?? undefined),
    process: admission ? 'admission' : 'audit',
    time: instantOf(value.timestamp) ?? instantOf(value.id),
    source_id: undefined,
    actor: value.requestUsername ?? undefined,
    details: {
      audit: value.id,
      ...(details == null ? {} : { details }),
      ...(value.operation == null ? {} : { operation: value.operation }),
      ...(value.dryRun === true ? { dry_run: true } : {}),
      ...(value.requestResponse == null ? {} : { response: value.requestResponse }),
    },
  });
}
