import { z } from 'zod';
import type { Told } from './compare.ts';

const text = z.string().min(1).max(2_048);

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
const event = z.object({
  eventID: text,
  eventName: text,
  eventSource: text,
  eventTime: z.iso.datetime({ offset: true }),
  errorCode: z.string().nullish(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
  responseElements: z.record(z.string(), z.unknown()).nullish(),
});

const instances = z.object({ instancesSet: z.object({ items: z.array(z.object({ instanceId: text })) }) });

/** The ids of what a call made; undefined where they cannot be read. Names of members are those of the services' API references. */
type Made = (call: z.infer<typeof event>) => string[] | undefined;
const member =
  (part: 'requestParameters' | 'responseElements', ...names: string[]): Made =>
  ({ [part]: value }) => {
    const found = names.map((name) => text.safeParse(value?.[name]).data).filter((id) => id !== undefined);
    return found.length === 0 ? undefined : found;
  };

/** Calls that make something that a policy judges. Each is one or more subjects, and may go by more than one name. */
const CREATIONS: Readonly<Record<string, { made: Made; each?: true }>> = {
  'ec2.amazonaws.com RunInstances': {
    made: ({ responseElements }) =>
      instances.safeParse(responseElements).data?.instancesSet.items.map(({ instanceId }) => instanceId),
    each: true,
  },
  'ec2.amazonaws.com CreateVolume': { made: member('responseElements', 'volumeId') },
  'rds.amazonaws.com CreateDBInstance': {
    made: member('responseElements', 'dBInstanceIdentifier', 'dBInstanceArn', 'dbiResourceId'),
  },
  'rds.amazonaws.com CreateDBCluster': {
    made: member('responseElements', 'dBClusterIdentifier', 'dBClusterArn', 'dbClusterResourceId'),
  },
  's3.amazonaws.com CreateBucket': { made: member('requestParameters', 'bucketName') },
  'lambda.amazonaws.com CreateFunction20150331': {
    made: member('responseElements', 'functionArn', 'functionName'),
  },
};

/** What is read of CloudTrail, for pages. */
export const CLOUDTRAIL_CALLS: readonly string[] = Object.keys(CREATIONS);

export interface TrailRead {
  told: Told[];
  days: string[];
  left: Map<string, number>;
  unread: string[];
}

/** Takes in one event. @param value attacker-controlled @param where such as `trail.json.gz: Records[3]` */
export function takeTrailEvent(value: unknown, where: string, read: TrailRead): void {
  const wrapped = z.object({ detail: z.unknown(), 'detail-type': z.string() }).safeParse(value).data;
  const parsed = event.safeParse(wrapped === undefined ? value : wrapped.detail);
  if (!parsed.success) {
    read.unread.push(`${where}: no CloudTrail event: ${parsed.error.issues[0]?.path.join('.')}`);
    return;
  }
  const { eventName, eventSource, eventTime, errorCode } = parsed.data;
  const at = new Date(eventTime).toISOString();
  read.days.push(at.slice(0, 10));
  const creation = CREATIONS[`${eventSource} ${eventName}`];
  if (creation === undefined) {
    leave(read, 'calls that make nothing that is compared');
    return;
  }
  if (errorCode !== undefined && errorCode !== null) {
    leave(read, 'calls that failed');
    return;
  }
  const ids = creation.made(parsed.data);
  if (ids === undefined || ids.length === 0) {
    read.unread.push(`${where}: ${eventName}: the event does not say what was made`);
    return;
  }
  const groups = creation.each ? ids.map((id) => [id]) : [ids];
  for (const keys of groups) read.told.push({ id: keys[0] ?? '', at, keys, what: eventName, where });
}

function leave({ left }: TrailRead, reason: string): void {
  left.set(reason, (left.get(reason) ?? 0) + 1);
}
