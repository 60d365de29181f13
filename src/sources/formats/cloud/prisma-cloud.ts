import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Report, Sample, Source, Suppression } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstOf, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const moment = z.union([z.string(), z.number()]).nullish();
const alert = z.looseObject({
  id: z.string().min(1),
  status: text,
  reason: text,
  firstSeen: moment,
  lastSeen: moment,
  lastUpdated: moment,
  alertTime: moment,
  dismissedBy: text,
  dismissalNote: text,
  dismissalUntilTs: moment,
  policy: z.looseObject({
    policyId: z.string().min(1),
    name: text,
    policyType: text,
    severity: text,
    recommendation: text,
    complianceMetadata: z.array(z.looseObject({ standardName: text, requirementId: text })).nullish(),
  }),
  resource: z
    .looseObject({
      rrn: text,
      id: text,
      name: text,
      accountId: text,
      regionId: text,
      resourceType: text,
      cloudType: text,
    })
    .nullish(),
});
const webhook = z.looseObject({
  alertId: z.string().min(1),
  alertStatus: text,
  policyId: z.string().min(1),
  policyName: text,
  severity: text,
  resourceId: text,
  resourceName: text,
  resourceType: text,
  resourceRegionId: text,
  accountId: text,
  cloudType: text,
  firstSeen: moment,
  lastSeen: moment,
  alertTs: moment,
  policyRecommendation: text,
  reason: text,
});

/** Alerts of Prisma Cloud: records of its API, and its webhook in the default template, one or an array. */
export const prismaCloud: Source = {
  id: 'prisma-cloud',
  title: 'Prisma Cloud: alerts by API or webhook',
  tool: 'prisma-cloud',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://pan.dev/prisma-cloud/api/cspm/alerts',

  detect(sample: Sample) {
    const first = objectOf(partsOf(firstOf(sample))[0]?.value);
    if (first === undefined) return undefined;
    if (['alertId', 'policyId', 'resourceId'].every((key) => key in first))
      return 'it has alertId, policyId and resourceId';
    return textOf(objectOf(first.policy)?.policyId) !== undefined &&
      'status' in first &&
      objectOf(first.resource)
      ? 'its alerts have policy.policyId, resource and status'
      : undefined;
  },

  read: (report: Report) =>
    readParts(report, partsOf, z.unknown(), function* (value): Generator<Item> {
      if ('alertId' in (objectOf(value) ?? {})) yield* conform(value, webhook, ofWebhook);
      else yield* conform(value, alert, ofAlert);
    }),
};

/** The API's second version gives its page as `items`. */
const partsOf = (value: unknown): Part[] => listIn(value, 'items') ?? [{ value }];

/** Resolved: the violation, the resource or the policy went away; which of them, only the reason says, in words of the maker. */
const verdictOf = (status: string | null | undefined) =>
  status?.toLowerCase() === 'open' ? ('fail' as const) : ('not_evaluated' as const);

function suppressedBy(status: string | null | undefined, more: Omit<Suppression, 'kind'> = {}) {
  const word = status?.toLowerCase();
  return word === 'dismissed' || word === 'snoozed' ? { kind: `alert ${word}`, ...more } : undefined;
}

function* ofAlert(value: z.infer<typeof alert>): Generator<Item> {
  const { id, status, policy, resource } = value;
  const seen = value.lastUpdated ?? value.lastSeen ?? value.alertTime;
  const subject = textOf(resource?.rrn) ?? textOf(resource?.id) ?? textOf(resource?.name) ?? id;
  yield {
    type: 'outcome',
    check: policy.policyId,
    subject: {
      type: textOf(resource?.resourceType) ?? 'resource',
      id: subject,
      name: textOf(resource?.name) ?? subject,
    },
    verdict: verdictOf(status),
    severity: severityOf(policy.severity),
    message: textOf(policy.name),
    fix: textOf(policy.recommendation),
    observed_at: instantOf(value.lastSeen) ?? instantOf(seen),
    source_id: stateId(id, status, seen, value.reason),
    suppressed: suppressedBy(status, {
      reason: textOf(value.dismissalNote),
      by: textOf(value.dismissedBy),
      until: instantOf(value.dismissalUntilTs),
    }),
    details: {
      alert: id,
      status: textOf(status),
      reason: textOf(value.reason),
      policy_type: textOf(policy.policyType),
      account: textOf(resource?.accountId),
      region: textOf(resource?.regionId),
      cloud: textOf(resource?.cloudType),
      first_seen: instantOf(value.firstSeen),
      compliance: policy.complianceMetadata?.map((each) =>
        [each.standardName, each.requirementId].filter(textOf).join(' '),
      ),
    },
  };
}

function* ofWebhook(value: z.infer<typeof webhook>): Generator<Item> {
  const { alertId, alertStatus } = value;
  const seen = value.alertTs ?? value.lastSeen ?? value.firstSeen;
  const subject = textOf(value.resourceId) ?? textOf(value.resourceName) ?? alertId;
  yield {
    type: 'outcome',
    check: value.policyId,
    subject: {
      type: textOf(value.resourceType) ?? 'resource',
      id: subject,
      name: textOf(value.resourceName) ?? subject,
    },
    verdict: verdictOf(alertStatus),
    severity: severityOf(value.severity),
    message: textOf(value.policyName),
    fix: textOf(value.policyRecommendation),
    observed_at: instantOf(seen),
    source_id: stateId(alertId, alertStatus, seen, value.reason),
    suppressed: suppressedBy(alertStatus),
    details: {
      alert: alertId,
      status: textOf(alertStatus),
      reason: textOf(value.reason),
      account: textOf(value.accountId),
      region: textOf(value.resourceRegionId),
      cloud: textOf(value.cloudType),
    },
  };
}
