import { createHash } from 'node:crypto';
import { z } from 'zod';
import { conform, problemOf } from '../../each.ts';
import type { Item, Outcome, Report, Sample, Source } from '../../types.ts';
import { instantOf } from '../../values.ts';
import { type Json, jsonIn, objectOf, textOf } from '../unpack.ts';

const text = z.string().nullish();
const metadata = z.looseObject({
  policy: z.looseObject({ name: z.string().min(1), resource: text, description: text }),
  version: text,
  execution: z.looseObject({ start: z.number().nullish(), end_time: z.number().nullish() }).nullish(),
  config: z.looseObject({ account_id: text, region: text }).nullish(),
  metrics: z.array(z.looseObject({ MetricName: text, Value: z.number().nullish() })).nullish(),
});
type Metadata = z.infer<typeof metadata>;

/** Members that name a resource, the most telling first; which a type has, only Cloud Custodian's code knows. */
const IDS = [
  ['arn', 'Arn', 'ARN', 'selfLink', 'id', 'self_link'],
  [
    'InstanceId',
    'VolumeId',
    'GroupId',
    'SnapshotId',
    'VpcId',
    'SubnetId',
    'ImageId',
    'KeyId',
    'LoadBalancerArn',
  ],
  [
    'DBInstanceArn',
    'DBClusterArn',
    'FunctionArn',
    'TopicArn',
    'QueueUrl',
    'TableArn',
    'FileSystemId',
    'CacheClusterId',
  ],
  ['UserName', 'RoleName', 'BucketName', 'Name', 'name'],
].flat();

/**
 * Output of a Cloud Custodian policy: `resources.json`, the resources that it matched, with the `metadata.json` that lies beside it or
 * alone. What a policy matches is what it is about: a fail. What it looked at and did not match is not in the output.
 */
export const cloudCustodian: Source = {
  id: 'cloud-custodian',
  title: 'Cloud Custodian: resources.json, metadata.json',
  tool: 'cloud-custodian',
  layer: 'runtime',
  population: 'failures',
  reference: 'https://github.com/cloud-custodian/cloud-custodian: c7n/policy.py, c7n/ctx.py',

  detect({ name, shape, first, head }: Sample) {
    const object = objectOf(first);
    if (object !== undefined && Object.keys(object).some((key) => key.startsWith('c7n:')))
      return 'its resources have members that begin with c7n:';
    if (
      objectOf(object?.policy) !== undefined &&
      objectOf(object?.execution) !== undefined &&
      'sys-stats' in (object ?? {})
    )
      return 'it has policy, execution and sys-stats';
    const named = name.split('/').at(-1) === 'resources.json' && shape === 'json-array';
    return named && (object !== undefined || /^\s*\[\s*\]\s*$/.test(head))
      ? 'it is a list that is named resources.json, as Cloud Custodian writes it'
      : undefined;
  },

  async *read(report: Report): AsyncGenerator<Item> {
    let about: Metadata | undefined;
    let asked = false;
    /** Asked for at the first resource: the report may be the metadata itself. */
    async function* beside(): AsyncGenerator<Item> {
      asked = true;
      const value = jsonIn(await report.beside?.('metadata.json'));
      if (value === undefined) return;
      const keep = (found: Metadata) => {
        about = found;
        return [factsOf(found)];
      };
      for (const item of conform(value, metadata, keep, undefined, 'metadata.json')) yield item;
    }
    for await (const place of report.values()) {
      const value = objectOf(place.value);
      if (value !== undefined && 'execution' in value && 'policy' in value) {
        asked = true;
        yield* conform(value, metadata, (each) => [factsOf(each)], place.line);
        continue;
      }
      if (!asked) yield* beside();
      const name = about?.policy.name ?? folderOf(report.name);
      if (place.error !== undefined) yield problemOf(place.error, place.line);
      else if (value === undefined)
        yield { type: 'problem', message: 'the value is no resource', line: place.line };
      else if (name === undefined)
        yield {
          type: 'problem',
          message: 'which policy matched the resource is not known',
          line: place.line,
          hint: 'Name the file with its folder, which is the policy, or leave metadata.json beside it.',
        };
      else yield outcome(value, name, about);
    }
    if (!asked) yield* beside();
  },
};

/** Cloud Custodian writes into a folder that is named as the policy. */
const folderOf = (name: string) => name.split('/').at(-2);

function factsOf({ version, execution, metrics, policy }: Metadata): Item {
  const matched = metrics?.find(({ MetricName }) => MetricName === 'ResourceCount')?.Value ?? undefined;
  return {
    type: 'run',
    tool_version: textOf(version),
    started: instantOf(execution?.start),
    ended: instantOf(execution?.end_time),
    ...(matched === undefined ? {} : { stated: { fail: matched } }),
    note: `policy ${policy.name} on ${policy.resource ?? 'unknown resources'}: how many it looked at is not in the output`,
  };
}

function outcome(resource: Json, check: string, about: Metadata | undefined): Outcome {
  const key = IDS.find((each) => textOf(resource[each]) !== undefined);
  const id =
    key === undefined
      ? `sha256:${createHash('sha256').update(JSON.stringify(resource)).digest('hex')}`
      : String(resource[key]);
  const matched = resource['c7n:MatchedFilters'];
  return {
    type: 'outcome',
    check,
    subject: { type: textOf(about?.policy.resource) ?? 'resource', id, name: nameTag(resource) ?? id },
    verdict: 'fail',
    message: textOf(about?.policy.description),
    details: {
      id_from: key ?? 'digest of the resource: it has no member that is known as an id',
      matched_filters: Array.isArray(matched) ? (matched as unknown[]).slice(0, 20) : undefined,
      account: textOf(about?.config?.account_id),
      region: textOf(about?.config?.region),
    },
  };
}

function nameTag({ Tags }: Json): string | undefined {
  const tags: unknown[] = Array.isArray(Tags) ? Tags : [];
  return textOf(tags.map(objectOf).find((tag) => tag?.Key === 'Name')?.Value);
}
