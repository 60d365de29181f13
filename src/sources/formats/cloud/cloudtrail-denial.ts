import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { bare, firstOf, listIn, objectOf, type Part, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const event = z.looseObject({
  eventSource: z.string().min(1),
  eventName: z.string().min(1),
  eventID: text,
  eventTime: text,
  errorCode: text,
  errorMessage: text,
  awsRegion: text,
  recipientAccountId: text,
  userIdentity: z.looseObject({ arn: text, accountId: text, principalId: text, invokedBy: text }).nullish(),
});
type Event = z.infer<typeof event>;

/** The kinds of policy that AWS names in a denial; an SCP may be the last in a chain ("transitively through"). */
const KINDS = [
  'service control policy',
  'resource control policy',
  'permissions boundary',
  'session policy',
  'VPC endpoint policy',
  'resource-based policy',
  'identity-based policy',
] as const;
const CODES = /^(Client\.)?(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;

/**
 * Calls that CloudTrail shows as denied by a policy that the message names. AWS writes "explicit deny" also where a service control
 * policy merely allowed nothing, and names one policy where several deny: neither is inferred.
 */
export const cloudtrailDenial: Source = {
  id: 'cloudtrail-denial',
  title: 'AWS CloudTrail: calls denied by a service control policy, a resource control policy or another',
  tool: 'cloudtrail',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html',

  detect(sample: Sample) {
    const each = objectOf(eventsOf(firstOf(sample))[0]?.value);
    return each !== undefined &&
      ['eventSource', 'eventName', 'eventVersion', 'userIdentity'].every((key) => key in each)
      ? 'its events have eventSource, eventName, eventVersion and userIdentity'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let seen = 0;
    let unnamed = 0;
    for await (const place of report.values()) {
      if (place.error !== undefined) {
        yield problemOf(place.error, place.line);
        continue;
      }
      for (const value of bare(place.value))
        for (const part of (Array.isArray(value) ? value : [value]).flatMap(eventsOf))
          for (const item of conform(part.value, event, outcome, place.line, part.where)) {
            if (item.type === 'run') {
              seen += 1;
              if (item.note !== undefined) unnamed += 1;
            } else yield item;
          }
    }
    const note = `${unnamed} of ${seen} events are denied without a policy named: they are not here`;
    yield { type: 'run', scanned: seen, ...(unnamed === 0 ? {} : { note }) };
  },
};

const eventsOf = (value: unknown): Part[] => {
  const detail = objectOf(value)?.detail;
  return (
    listIn(value, 'Records') ?? [
      objectOf(detail) === undefined ? { value } : { value: detail, where: 'detail' },
    ]
  );
};

function* outcome(value: Event): Generator<Item> {
  const message = value.errorMessage ?? '';
  const denied = CODES.test(value.errorCode ?? '');
  const place = KINDS.map((kind) => ({ kind, at: message.toLowerCase().lastIndexOf(kind.toLowerCase()) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => b.at - a.at)[0];
  const named = denied ? place : undefined;
  // How many were looked at is counted by the caller.
  yield { type: 'run', ...(denied && named === undefined ? { note: 'no policy named' } : {}) };
  if (named === undefined) return;
  const { kind } = named;
  const arn = /arn:aws[a-z-]*:organizations::\d+:policy\/[^\s,]+/.exec(message)?.[0];
  const action = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9*]+)/.exec(message)?.[1];
  const call = action ?? `${value.eventSource.split('.')[0]}:${value.eventName}`;
  const resource = /on resource: (\S+)/.exec(message)?.[1];
  yield {
    type: 'outcome',
    check: kind.toLowerCase().replaceAll(' ', '-'),
    ...(arn === undefined ? {} : { rule: arn.split('/').at(-1) as string }),
    subject: {
      type: 'AWS API call',
      id:
        resource === undefined || resource === '*'
          ? `${call} in ${value.recipientAccountId ?? 'unknown account'}`
          : resource,
      name: call,
    },
    verdict: 'fail',
    disposition: 'enforced',
    // The message itself names the caller, which is kept apart.
    message: `${call} was denied; the message names a ${kind}`,
    observed_at: instantOf(value.eventTime),
    source_id: stateId(value.eventID, 'denial'),
    actor: textOf(value.userIdentity?.arn) ?? textOf(value.userIdentity?.principalId),
    details: {
      event: `${value.eventSource} ${value.eventName}`,
      error_code: textOf(value.errorCode),
      account: textOf(value.recipientAccountId) ?? textOf(value.userIdentity?.accountId),
      region: textOf(value.awsRegion),
      policy_arn: arn,
      through: /transitively through/.test(message) ? 'another policy, transitively' : undefined,
    },
  };
}
