import { z } from 'zod';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf, severityOfScore } from '../../values.ts';
import { firstOf, type Json, listIn, objectOf, type Part, readParts, stateId, textOf } from '../unpack.ts';
import { subjectOf } from './guardduty-subject.ts';

const text = z.string().nullish();
const loose = z.looseObject({}).nullish();
const finding = z.looseObject({
  id: z.string().min(1),
  arn: text,
  accountId: text,
  region: text,
  type: z.string().min(1),
  severity: z.number(),
  title: text,
  createdAt: text,
  updatedAt: text,
  resource: loose,
  service: z
    .looseObject({
      action: z.looseObject({ actionType: text }).nullish(),
      additionalInfo: z.unknown().optional(),
      archived: z.boolean().nullish(),
      count: z.number().nullish(),
      eventFirstSeen: text,
      eventLastSeen: text,
      resourceRole: text,
      userFeedback: text,
    })
    .nullish(),
});
type Finding = z.infer<typeof finding>;

/**
 * Findings of GuardDuty as it sends them itself: events of EventBridge, exports to S3, answers of its API. What Security Hub makes of them
 * is read as `asff`; a check has one id in both.
 */
export const guardduty: Source = {
  id: 'guardduty',
  title: 'Amazon GuardDuty: findings by EventBridge, export and API',
  tool: 'guardduty',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html',

  detect(sample: Sample) {
    const first = objectOf(firstOf(sample));
    if (isEvent(first)) return 'it is an event GuardDuty Finding of aws.guardduty';
    for (const name of ['Findings', 'findings'])
      if (isFinding(listIn(first, name)?.[0]?.value))
        return `its ${name} have an arn of guardduty and a type`;
    return isFinding(first) ? 'it has an arn of guardduty and a type' : undefined;
  },

  read: (report: Report) => readParts(report, findingsOf, finding, outcome),
};

const isEvent = (value: Json | undefined): boolean =>
  value?.source === 'aws.guardduty' &&
  value['detail-type'] === 'GuardDuty Finding' &&
  objectOf(value.detail) !== undefined;

function isFinding(value: unknown): boolean {
  const { arn, type, resource } = lowered(value) as Json;
  return (
    /^arn:[\w-]+:guardduty:/.test(String(arn)) && typeof type === 'string' && objectOf(resource) !== undefined
  );
}

function findingsOf(value: unknown): Part[] {
  const object = objectOf(value);
  const listed = listIn(value, 'Findings') ?? listIn(value, 'findings');
  if (listed !== undefined) return listed.map((part) => ({ ...part, value: lowered(part.value) }));
  return [{ value: lowered(isEvent(object) ? object?.detail : value) }];
}

/** Members as events have them: the command line writes `AccountId` for `accountId`. Values of free form stay as they are. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(lowered);
  const object = objectOf(value);
  if (object === undefined) return value ?? {};
  return Object.fromEntries(
    Object.entries(object).map(([key, each]): [string, unknown] => {
      const name = key.charAt(0).toLowerCase() + key.slice(1);
      return [
        name,
        name === 'additionalInfo' || typeof each !== 'object' || each === null ? each : lowered(each),
      ];
    }),
  );
}

function* outcome(value: Finding): Generator<Item> {
  const { id, arn, type, severity, title, service, region, accountId } = value;
  const sample = isSample(value);
  const archived = service?.archived === true;
  yield {
    type: 'outcome',
    // Security Hub writes a dash for the slash, and its findings of one thing are the same check.
    check: type.replaceAll('/', '-'),
    subject: subjectOf(value.resource ?? undefined, {
      account: textOf(accountId),
      region: textOf(region),
      arn: textOf(arn),
    }),
    // One that was made to try things out says nothing about what it names.
    verdict: sample ? 'not_evaluated' : 'fail',
    severity: severityOfScore(severity),
    message: textOf(title),
    observed_at:
      instantOf(service?.eventLastSeen) ?? instantOf(value.updatedAt) ?? instantOf(value.createdAt),
    // What happens again has the same id, and is told with a new time and count.
    source_id: stateId(id, value.updatedAt, service?.count, archived),
    ...(archived ? { suppressed: { kind: 'archived in GuardDuty' } } : {}),
    details: detailsOf(value, sample),
  } satisfies Outcome;
}

function detailsOf(
  { type, severity, service, resource, region, accountId, createdAt }: Finding,
  sample: boolean,
) {
  return {
    account: textOf(accountId),
    region: textOf(region),
    finding_type: type,
    score: severity,
    resource_type: textOf(resource?.resourceType),
    role: textOf(service?.resourceRole),
    action: textOf(service?.action?.actionType),
    count: service?.count ?? undefined,
    first_seen: instantOf(service?.eventFirstSeen) ?? instantOf(createdAt),
    feedback: textOf(service?.userFeedback),
    ...(sample ? { sample: true } : {}),
  };
}

/** `create-sample-findings` marks what it makes, in the title and in the additional information: an object, or in the API JSON as a text. */
function isSample({ title, service }: Finding): boolean {
  const info = objectOf(service?.additionalInfo);
  const told = info?.sample ?? /"sample"\s*:\s*true/.test(String(info?.value ?? info?.Value ?? ''));
  return title?.startsWith('[SAMPLE] ') === true && told === true;
}
