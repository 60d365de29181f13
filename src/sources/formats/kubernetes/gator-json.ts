import { z } from 'zod';
import { conform, each } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { isObject, subjectOf } from './objects.ts';

const object = z.looseObject({
  kind: z.string().min(1),
  metadata: z
    .looseObject({
      name: z.string().nullish(),
      generateName: z.string().nullish(),
      namespace: z.string().nullish(),
    })
    .nullish(),
});
const result = z.looseObject({
  target: z.string().nullish(),
  msg: z.string(),
  metadata: z.looseObject({ details: z.unknown().optional() }).nullish(),
  constraint: object,
  enforcementAction: z.string().nullish(),
  scopedEnforcementActions: z.array(z.string()).nullish(),
  violatingObject: object.nullish(),
});
const withStats = z.looseObject({ results: z.array(z.unknown()).nullable(), stats: z.unknown().optional() });

/** `gator test -o json`: violations only. It prints `null` where there is none, and does not say how much it looked at. */
export const gatorJson: Source = {
  id: 'gator-json',
  title: 'Gatekeeper, gator test -o json',
  tool: 'gatekeeper',
  layer: 'ci',
  population: 'failures',
  reference: 'https://github.com/open-policy-agent/gatekeeper: pkg/gator/test/types.go',

  detect({ first }: Sample) {
    if (!isObject(first)) return undefined;
    if ('constraint' in first && 'violatingObject' in first) return 'it has constraint and violatingObject';
    return 'results' in first && Array.isArray(first.stats) ? 'it has results and stats of gator' : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    yield { type: 'run', note: 'gator lists violations only: it does not say which objects it looked at' };
    if (report.shape === 'json-array') {
      yield* each(report.values(), result, items);
      return;
    }
    const whole = await report.json();
    if (whole === null) return;
    yield* conform(whole, withStats, function* ({ results }): Generator<Item> {
      for (const [i, value] of (results ?? []).entries())
        yield* conform(value, result, items, undefined, `results[${i}]`);
    });
  },
};

function* items(value: z.infer<typeof result>): Generator<Item> {
  const { constraint, violatingObject, metadata, enforcementAction, scopedEnforcementActions } = value;
  const at = violatingObject?.metadata;
  const subject =
    violatingObject == null
      ? undefined
      : subjectOf({
          kind: violatingObject.kind,
          namespace: at?.namespace,
          name: at?.name ?? at?.generateName,
        });
  yield {
    type: 'outcome',
    check: constraint.kind,
    ...(constraint.metadata?.name == null ? {} : { rule: constraint.metadata.name }),
    subject: subject ?? { type: violatingObject?.kind ?? 'object', id: 'unnamed' },
    verdict: 'fail',
    message: value.msg,
    details: {
      ...(enforcementAction == null ? {} : { enforcement_action: enforcementAction }),
      ...(scopedEnforcementActions == null || scopedEnforcementActions.length === 0
        ? {}
        : { enforcement_actions: scopedEnforcementActions }),
      ...(metadata?.details == null ? {} : { details: metadata.details }),
    },
  };
}
