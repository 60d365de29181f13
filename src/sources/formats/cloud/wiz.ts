import { z } from 'zod';
import { conform } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOf } from '../../values.ts';
import { firstOf, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';

const text = z.string().nullish();
const webhook = z.looseObject({
  issue: z.looseObject({ id: z.string().min(1), status: text, severity: text, created: text, updated: text }),
  control: z.looseObject({
    id: z.string().min(1),
    name: text,
    severity: text,
    resolutionRecommendation: text,
  }),
  resource: z
    .looseObject({
      id: text,
      name: text,
      type: text,
      subscriptionId: text,
      region: text,
      cloudPlatform: text,
    })
    .nullish(),
  trigger: z.looseObject({ type: text }).nullish(),
});
const issue = z.looseObject({
  id: z.string().min(1),
  status: text,
  severity: text,
  type: text,
  createdAt: text,
  updatedAt: text,
  statusChangedAt: text,
  dueAt: text,
  resolutionReason: text,
  sourceRule: z.looseObject({
    id: z.string().min(1),
    name: text,
    resolutionRecommendation: text,
    securitySubCategories: z
      .array(
        z.looseObject({
          title: text,
          category: z.looseObject({ framework: z.looseObject({ name: text }).nullish() }).nullish(),
        }),
      )
      .nullish(),
  }),
  entitySnapshot: z
    .looseObject({
      id: text,
      name: text,
      type: text,
      providerId: text,
      region: text,
      subscriptionExternalId: text,
    })
    .nullish(),
  notes: z.array(z.looseObject({ text })).nullish(),
});

/** Issues of Wiz: its issue webhook in the default template, and issues as its API lists them. */
export const wiz: Source = {
  id: 'wiz',
  title: 'Wiz: issues by webhook or API',
  tool: 'wiz',
  layer: 'runtime',
  population: 'failures',
  reference:
    'https://docs.wiz.io (behind a login); the webhook as github.com/panther-labs/panther-analysis has it',

  detect(sample: Sample) {
    const first = objectOf(partsOf(firstOf(sample))[0]?.value);
    if (first === undefined) return undefined;
    if (['trigger', 'issue', 'control', 'resource'].every((key) => objectOf(first[key]) !== undefined))
      return 'it has trigger, issue, control and resource';
    return ['sourceRule', 'entitySnapshot'].every((key) => objectOf(first[key]) !== undefined)
      ? 'its issues have sourceRule and entitySnapshot'
      : undefined;
  },

  read: (report: Report) =>
    readParts(report, partsOf, z.unknown(), function* (value): Generator<Item> {
      if ('issue' in (objectOf(value) ?? {})) yield* conform(value, webhook, ofWebhook);
      else yield* conform(value, issue, ofIssue);
    }),
};

function partsOf(value: unknown): Part[] {
  const issues = objectOf(value)?.issues ?? objectOf(objectOf(value)?.data)?.issues;
  return listIn(issues, 'nodes') ?? [{ value }];
}

/** Resolved and rejected are words about the issue; whether the resource is well now, they do not say. */
function judged(status: string | null | undefined, note?: string): Pick<Outcome, 'verdict' | 'suppressed'> {
  const word = status?.toUpperCase();
  return {
    verdict: word === 'OPEN' || word === 'IN_PROGRESS' ? 'fail' : 'not_evaluated',
    suppressed: word === 'REJECTED' ? { kind: 'issue rejected', reason: note } : undefined,
  };
}

function* ofWebhook({ issue: each, control, resource, trigger }: z.infer<typeof webhook>): Generator<Item> {
  const name = textOf(resource?.name);
  const id = textOf(resource?.id) ?? name ?? each.id;
  yield {
    type: 'outcome',
    check: control.id,
    subject: { type: textOf(resource?.type) ?? 'resource', id, name: name ?? id },
    ...judged(each.status),
    severity: severityOf(each.severity) ?? severityOf(control.severity),
    message: textOf(control.name),
    fix: textOf(control.resolutionRecommendation),
    observed_at: instantOf(each.updated) ?? instantOf(each.created),
    source_id: stateId(each.id, each.status?.toUpperCase(), each.updated ?? each.created, each.severity),
    details: {
      issue: each.id,
      status: textOf(each.status),
      trigger: textOf(trigger?.type),
      account: textOf(resource?.subscriptionId),
      region: textOf(resource?.region),
      cloud: textOf(resource?.cloudPlatform),
      time_without_zone: instantOf(each.created) === undefined ? textOf(each.created) : undefined,
    },
  };
}

function* ofIssue(value: z.infer<typeof issue>): Generator<Item> {
  const { sourceRule: rule, entitySnapshot: entity, notes } = value;
  const changed = value.updatedAt ?? value.statusChangedAt ?? value.createdAt;
  const id = textOf(entity?.providerId) ?? textOf(entity?.id) ?? textOf(entity?.name) ?? value.id;
  yield {
    type: 'outcome',
    check: rule.id,
    subject: { type: textOf(entity?.type) ?? 'resource', id, name: textOf(entity?.name) ?? id },
    ...judged(value.status, textOf(notes?.at(-1)?.text)),
    severity: severityOf(value.severity),
    message: textOf(rule.name),
    fix: textOf(rule.resolutionRecommendation),
    observed_at: instantOf(changed),
    source_id: stateId(value.id, value.status, changed),
    details: {
      issue: value.id,
      status: textOf(value.status),
      issue_type: textOf(value.type),
      resolution: textOf(value.resolutionReason),
      due: instantOf(value.dueAt),
      account: textOf(entity?.subscriptionExternalId),
      region: textOf(entity?.region),
      frameworks: rule.securitySubCategories?.map(({ title, category }) =>
        [category?.framework?.name, title].filter(textOf).join(': '),
      ),
    },
  };
}
