import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { violated } from './gatekeeper-violation.ts';
import { groupOf, isObject, objectsOf, shownObjects } from './objects.ts';

const GROUP = 'constraints.gatekeeper.sh';

const violation = z.looseObject({
  kind: z.string(),
  name: z.string(),
  namespace: z.string().nullish(),
  message: z.string().nullish(),
  enforcementAction: z.string().nullish(),
  enforcementActions: z.array(z.string()).nullish(),
});
const constraint = z.looseObject({
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), uid: z.string().nullish() }),
  status: z
    .looseObject({
      auditTimestamp: z.string().nullish(),
      totalViolations: z.number().nullish(),
      violations: z.array(z.unknown()).nullish(),
      byPod: z
        .array(
          z.looseObject({
            id: z.string().nullish(),
            errors: z.array(z.looseObject({ message: z.string().nullish() })).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
type Constraint = z.infer<typeof constraint>;

/**
 * What Gatekeeper's audit writes into the status of constraints. The list of violations is capped (20 unless configured), the total is
 * not: where they differ, that is a problem. What passed is not listed.
 */
export const gatekeeperConstraint: Source = {
  id: 'gatekeeper-constraint',
  title: 'Gatekeeper, audit results in the status of constraints',
  tool: 'gatekeeper',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://github.com/open-policy-agent/gatekeeper: website/docs/audit.md',

  detect(sample: Sample) {
    // A constraint without a status is a policy, and no result of one.
    return shownObjects(sample).some((each) => groupOf(each) === GROUP && isObject(each.status))
      ? 'it has a constraint of Gatekeeper with a status'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    const cut: string[] = [];
    for await (const { value, error, line, where } of objectsOf(report)) {
      if (error !== undefined) yield problemOf(error, line);
      else if (!isObject(value) || groupOf(value) !== GROUP)
        yield { type: 'problem', message: `${where ?? 'the value'} is no constraint of Gatekeeper`, line };
      else yield* conform(value, constraint, (each) => items(each, where, span, cut), line, where);
    }
    if (cut.length > 0)
      yield {
        type: 'run',
        note: `violations were left out by Gatekeeper (--constraint-violations-limit): ${cut.slice(0, 20).join('; ')}`,
      };
  },
};

function* items(
  { kind, metadata, status }: Constraint,
  where: string | undefined,
  span: Span,
  cut: string[],
): Generator<Item> {
  const { name, uid } = metadata;
  const time = instantOf(status?.auditTimestamp);
  const started = span.saw(time);
  if (started !== undefined) yield started;
  for (const { id, errors } of status?.byPod ?? [])
    for (const { message } of errors ?? [])
      yield { type: 'problem', check: kind, message: `${name}: pod ${id ?? '?'}: ${message ?? 'an error'}` };
  const violations = status?.violations ?? [];
  if (status?.auditTimestamp == null && violations.length === 0) {
    yield {
      type: 'outcome',
      check: kind,
      rule: name,
      subject: { type: 'constraint', id: `${kind}/${name}`, name },
      verdict: 'not_evaluated',
      message: 'no audit has judged the constraint yet',
    };
    return;
  }
  const total = status?.totalViolations ?? undefined;
  if (total !== undefined && total !== violations.length)
    cut.push(`${kind}/${name} lists ${violations.length} of ${total}`);
  yield { type: 'run', scanned: 1, ...(total === undefined ? {} : { stated: { fail: total } }) };
  for (const [i, each] of violations.entries())
    yield* conform(
      each,
      violation,
      function* ({ message, enforcementAction, enforcementActions, ...resource }): Generator<Item> {
        yield violated({
          kind,
          name,
          resource,
          message: message ?? undefined,
          action: enforcementAction ?? undefined,
          process: 'audit',
          time,
          source_id: uid == null || time === undefined ? undefined : `${uid}/${status?.auditTimestamp}/${i}`,
          details: enforcementActions == null ? undefined : { enforcement_actions: enforcementActions },
        });
      },
      undefined,
      [where, `status.violations[${i}]`].filter(Boolean).join('.'),
    );
}
