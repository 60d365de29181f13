import { z } from 'zod';
import { each } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { decisionOf, entityOf, outcomesOfAnswer } from './cedar-answer.ts';

const error = z.looseObject({
  policyId: z.string(),
  error: z.union([z.string(), z.looseObject({ message: z.string() })]),
});
const response = z.looseObject({
  decision: z.string().nullable(),
  diagnostics: z.looseObject({ reason: z.array(z.string()), errors: z.array(error).nullish() }),
});
const request = z.looseObject({
  principal: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
});

const answer = z.looseObject({
  // Of the WebAssembly bindings; the Rust crate's own JSON is the response alone.
  type: z.string().nullish(),
  response: response.nullish(),
  decision: z.string().nullish(),
  diagnostics: response.shape.diagnostics.nullish(),
  errors: z.array(z.unknown()).nullish(),
  request: request.nullish(),
  principal: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
  timestamp: z.unknown().optional(),
  time: z.unknown().optional(),
  id: z.string().nullish(),
  request_id: z.string().nullish(),
});

/**
 * Answers of Cedar's isAuthorized, one a line or a list, each alone or with its request, an id and a time beside it: Cedar itself writes
 * no log. A test of a policy set, which says what should be decided, is none.
 */
export const cedarDecisions: Source = {
  id: 'cedar-decisions',
  title: 'Cedar decisions, answers of isAuthorized',
  tool: 'cedar',
  layer: 'runtime',
  population: 'all',
  reference: 'https://github.com/cedar-policy/cedar: cedar-wasm, cedar-policy/src/ffi/is_authorized.rs',

  detect({ first }: Sample) {
    if (typeof first !== 'object' || first === null) return undefined;
    const value = first as Record<string, unknown>;
    const held = typeof value.response === 'object' && value.response !== null ? value.response : value;
    return 'decision' in held && 'diagnostics' in held ? 'it has a decision with diagnostics' : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    let scanned = 0;
    yield* each(report.values(), answer, function* (value): Generator<Item> {
      scanned += 1;
      const time = instantOf(value.timestamp ?? value.time);
      const started = span.saw(time);
      if (started !== undefined) yield started;
      yield* items(value, time);
    });
    yield { type: 'run', scanned, ended: span.ended };
  },
};

function* items(value: z.infer<typeof answer>, time: string | undefined): Generator<Item> {
  const asked = value.request ?? value;
  const { diagnostics } = value.response ?? value;
  const decision = decisionOf((value.response ?? value).decision);
  const failed = value.type === 'failure' || diagnostics == null;
  if (failed) {
    const said = (value.errors ?? []).map((each) => (each as { message?: unknown } | null)?.message);
    yield {
      type: 'problem',
      message: `Cedar could not decide: ${
        said
          .filter((each) => typeof each === 'string')
          .join('; ')
          .slice(0, 1_000) || 'the answer has no diagnostics'
      }`,
    };
    return;
  }
  yield* outcomesOfAnswer({
    decision,
    determining: diagnostics.reason,
    errors: (diagnostics.errors ?? []).map((each) => ({
      policy: each.policyId,
      message: typeof each.error === 'string' ? each.error : each.error.message,
    })),
    principal: entityOf(asked.principal),
    action: entityOf(asked.action),
    resource: entityOf(asked.resource),
    time,
    id: value.id ?? value.request_id ?? undefined,
  });
}
