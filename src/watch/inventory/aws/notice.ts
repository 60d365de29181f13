import { z } from 'zod';
import { objectOf } from './items.ts';

const text = z.string().max(2_048);
/** @see AWS Config developer guide, "Notifications that AWS Config sends to an Amazon SNS topic" */
const noticeSchema = z.discriminatedUnion('messageType', [
  z.looseObject({
    messageType: z.literal('ConfigurationItemChangeNotification'),
    configurationItem: z.looseObject({ resourceType: text, resourceId: text }),
  }),
  z.looseObject({
    messageType: z.literal('OversizedConfigurationItemChangeNotification'),
    configurationItemSummary: z.looseObject({ resourceType: text, resourceId: text }),
    s3DeliverySummary: z.looseObject({ s3BucketLocation: text.nullish(), errorMessage: text.nullish() }),
  }),
  z.looseObject({
    messageType: z.literal('ConfigurationSnapshotDeliveryCompleted'),
    s3Bucket: text,
    s3ObjectKey: text,
  }),
  z.looseObject({
    messageType: z.enum(['ConfigurationSnapshotDeliveryFailed', 'ConfigurationHistoryDeliveryFailed']),
  }),
]);
export type ConfigNotice = z.infer<typeof noticeSchema>;

/** Notices of AWS Config that say nothing of what is there. The items of a history were told one by one. */
const OTHER: ReadonlySet<string> = new Set([
  'ConfigurationSnapshotDeliveryStarted',
  'ConfigurationHistoryDeliveryCompleted',
  'ComplianceChangeNotification',
  'ConfigRulesEvaluationStarted',
]);

/**
 * What a message of a queue carries: itself, what a topic of SNS put into it, or an event of EventBridge.
 * @param body attacker-controlled, as far as others may send to the queue
 * @returns other: a notice that is not judged; undefined: no notice that is known
 */
export function noticeOf(body: string): ConfigNotice | 'other' | undefined {
  const outer = parsed(body);
  const inner =
    outer?.Type === 'Notification' && typeof outer.Message === 'string'
      ? parsed(outer.Message)
      : outer?.source === 'aws.config'
        ? objectOf(outer.detail)
        : outer;
  if (typeof inner?.messageType === 'string' && OTHER.has(inner.messageType)) return 'other';
  return noticeSchema.safeParse(inner).data;
}

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}
