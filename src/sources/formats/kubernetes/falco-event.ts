import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Outcome } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { subjectOf } from './objects.ts';

/** An event of Falco. Its output, tags and fields can each be switched off, and single fields are null. */
export const falcoEvent = z
  .looseObject({
    rule: z.string().min(1).optional(),
    // As falcosidekick's friends write it in their examples; Go reads it without regard to case.
    Rule: z.string().min(1).optional(),
    priority: z.string(),
    output: z.string().nullish(),
    time: z.string().nullish(),
    source: z.string().nullish(),
    hostname: z.string().nullish(),
    uuid: z.string().nullish(),
    tags: z.array(z.string()).nullish(),
    output_fields: z.record(z.string(), z.unknown()).nullish(),
  })
  .refine(({ rule, Rule }) => (rule ?? Rule) !== undefined, { error: 'names no rule', path: ['rule'] });
export type FalcoEvent = z.infer<typeof falcoEvent>;

type Fields = Readonly<Record<string, unknown>>;

/** A Falco event says that something happened which its rule is there to notice: a fail of the rule. Falco stops nothing. */
export function happened(event: FalcoEvent): Outcome {
  const { priority, output, time, source, hostname, uuid, tags } = event;
  const rule = event.rule ?? event.Rule ?? '';
  const fields = event.output_fields ?? {};
  return {
    type: 'outcome',
    check: rule,
    subject: falcoSubject(fields, hostname ?? undefined),
    verdict: 'fail',
    severity: severityOf(priority),
    message: output ?? undefined,
    observed_at: instantOf(time),
    // Falco gives no id.
    source_id:
      uuid ??
      (time == null
        ? undefined
        : createHash('sha256')
            .update(JSON.stringify([time, rule, hostname, output, fields]))
            .digest('hex')),
    disposition: 'observed',
    actor: text(fields, 'ka.user.name', 'ct.user', 'user.name'),
    details: {
      priority,
      ...(source == null ? {} : { source }),
      ...(hostname == null ? {} : { hostname }),
      ...(tags == null ? {} : { tags }),
      // Who it was is the actor of the record.
      fields: Object.fromEntries(
        Object.entries(fields).filter(([key]) => !/user\.name$|^ct\.user/.test(key)),
      ),
    },
  };
}

/** The pod, the target of a request to Kubernetes, the container, the function or the host: the nearest that is named. */
function falcoSubject(fields: Fields, hostname: string | undefined): Outcome['subject'] {
  const pod = subjectOf({
    kind: 'Pod',
    namespace: text(fields, 'k8s.ns.name'),
    name: text(fields, 'k8s.pod.name'),
  });
  const target = subjectOf({
    kind: text(fields, 'ka.target.resource'),
    namespace: text(fields, 'ka.target.namespace'),
    name: text(fields, 'ka.target.name'),
  });
  const container = text(fields, 'container.id');
  const lambda = text(fields, 'lambda_name');
  const known = pod ?? target;
  if (known !== undefined) return known;
  if (container !== undefined && container !== 'host')
    return { type: 'container', id: container, name: text(fields, 'container.name') ?? container };
  if (lambda !== undefined) return { type: 'function', id: lambda };
  return { type: 'host', id: hostname ?? 'unknown' };
}

/** The first of these fields that is a text; Falco writes `<NA>` for what it does not know. */
function text(fields: Fields, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'string' && value !== '' && value !== '<NA>') return value;
  }
  return undefined;
}
