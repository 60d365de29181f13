import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { Span } from '../span.ts';
import { decisionOf, entityOf, outcomesOfAnswer } from './cedar-answer.ts';

const SERVICE = 'verifiedpermissions.amazonaws.com';

const request = z.looseObject({
  principal: z.unknown().optional(),
  action: z.unknown().optional(),
  resource: z.unknown().optional(),
});
const answer = z.looseObject({
  decision: z.string(),
  determiningPolicies: z.array(z.looseObject({ policyId: z.string() })).nullish(),
  errors: z.array(z.looseObject({ errorDescription: z.string() })).nullish(),
  request: request.nullish(),
});
const batch = z.looseObject({ principal: z.unknown().optional(), results: z.array(z.unknown()) });
const cloudTrail = z.looseObject({
  eventSource: z.literal(SERVICE),
  eventName: z.string(),
  eventTime: z.string().nullish(),
  eventID: z.string().nullish(),
  errorCode: z.string().nullish(),
  errorMessage: z.string().nullish(),
  requestParameters: z
    .looseObject({ policyStoreId: z.string().nullish(), requests: z.array(z.unknown()).nullish() })
    .nullish(),
  responseElements: z.record(z.string(), z.unknown()).nullish(),
  additionalEventData: z.record(z.string(), z.unknown()).nullish(),
});

type Context = { time?: string | undefined; id?: string | undefined; details?: Record<string, unknown> };

/** Amazon Verified Permissions: answers of IsAuthorized and BatchIsAuthorized, with or without a token, and their events in CloudTrail. */
export const verifiedPermissions: Source = {
  id: 'verified-permissions',
  title: 'Amazon Verified Permissions, answers and CloudTrail events',
  tool: 'verified-permissions',
  layer: 'runtime',
  population: 'all',
  reference: 'https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_IsAuthorized.html',

  detect({ first }: Sample) {
    const value = record(first);
    const trail = [value, ...list(value.Records).map(record)];
    if (trail.some((each) => each.eventSource === SERVICE)) return `it has events of ${SERVICE}`;
    const answers = [value, ...list(value.results).map(record)];
    return answers.some((each) => 'decision' in each && 'determiningPolicies' in each)
      ? 'it has a decision with determiningPolicies'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    const span = new Span();
    let others = 0;
    for await (const { value, error, line } of report.values()) {
      if (error !== undefined) yield problemOf(error, line);
      else
        for (const [i, each] of (list(record(value).Records).length > 0
          ? list(record(value).Records)
          : [value]
        ).entries()) {
          if ('eventSource' in record(each)) {
            if (record(each).eventSource !== SERVICE || !/IsAuthorized/.test(String(record(each).eventName)))
              others += 1;
            else yield* conform(each, cloudTrail, (event) => ofEvent(event, span), line, `Records[${i}]`);
          } else yield* ofAnswers(each, {}, line);
        }
    }
    yield {
      type: 'run',
      ended: span.ended,
      ...(others === 0 ? {} : { note: `${others} events are no authorization` }),
    };
  },
};

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function* ofAnswers(value: unknown, context: Context, line?: number): Generator<Item> {
  if (!('results' in record(value))) {
    yield* conform(value, answer, (one) => ofAnswer(one, context), line);
    return;
  }
  yield* conform(
    value,
    batch,
    function* ({ principal, results }): Generator<Item> {
      for (const [i, each] of results.entries())
        yield* conform(
          each,
          answer,
          (one) =>
            ofAnswer(
              {
                ...one,
                request: { ...one.request, principal: one.request?.principal ?? principal } as z.infer<
                  typeof request
                >,
              },
              { ...context, id: context.id === undefined ? undefined : `${context.id}/${i}` },
            ),
          line,
          `results[${i}]`,
        );
    },
    line,
  );
}

function* ofAnswer(
  { decision, determiningPolicies, errors, request: asked }: z.infer<typeof answer>,
  context: Context,
): Generator<Item> {
  yield* outcomesOfAnswer({
    decision: decisionOf(decision),
    determining: (determiningPolicies ?? []).map(({ policyId }) => policyId),
    // The service does not say of which policy an error is.
    errors: (errors ?? []).map(({ errorDescription }) => ({
      policy: 'evaluation',
      message: errorDescription,
    })),
    principal: entityOf(asked?.principal),
    action: entityOf(asked?.action),
    resource: entityOf(asked?.resource),
    time: context.time,
    id: context.id,
    ...(context.details === undefined ? {} : { details: context.details }),
  });
}

function* ofEvent(event: z.infer<typeof cloudTrail>, span: Span): Generator<Item> {
  const time = instantOf(event.eventTime);
  const started = span.saw(time);
  if (started !== undefined) yield started;
  const { requestParameters, responseElements, additionalEventData, errorCode } = event;
  const store = requestParameters?.policyStoreId;
  const context: Context = {
    time,
    id: event.eventID ?? undefined,
    details: { event: event.eventName, ...(store == null ? {} : { policy_store: store }) },
  };
  if (errorCode != null) {
    yield {
      type: 'problem',
      message: `${event.eventName} ended with ${errorCode}: ${event.errorMessage ?? ''}`.slice(0, 1_000),
    };
    return;
  }
  const said = responseElements ?? additionalEventData ?? {};
  if (Array.isArray(said.results)) yield* ofAnswers(said, context);
  else
    yield* ofAnswer(
      {
        decision: typeof said.decision === 'string' ? said.decision : '',
        determiningPolicies: policies(said.determiningPolicies),
        request: (requestParameters ?? {}) as z.infer<typeof request>,
      },
      context,
    );
}

const policies = (value: unknown): { policyId: string }[] =>
  list(value).flatMap((each) => {
    const { policyId } = record(each);
    return typeof policyId === 'string' ? [{ policyId }] : [];
  });
