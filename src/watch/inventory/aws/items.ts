import { z } from 'zod';

const text = z.string();
const itemSchema = z.looseObject({
  resourceType: text.regex(/^AWS::/),
  resourceId: text,
  resourceName: text.nullish(),
  ARN: text.nullish(),
  arn: text.nullish(),
  awsAccountId: text.nullish(),
  accountId: text.nullish(),
  awsRegion: text.nullish(),
  configurationItemStatus: text.nullish(),
  configurationItemCaptureTime: text.nullish(),
});
export type ConfigItem = z.infer<typeof itemSchema>;

/** An item of AWS Config, or undefined. @param value attacker-controlled */
export const configItem = (value: unknown): ConfigItem | undefined => itemSchema.safeParse(value).data;

/** What stands where the library looks for items, too: in a snapshot, a history, an answer, a notice or an event. @param value attacker-controlled */
export function itemsOf(value: unknown): unknown[] {
  const object = objectOf(value);
  if (object === undefined) return [];
  const lists = [object.configurationItems, object.baseConfigurationItems].filter(Array.isArray);
  if (lists.length > 0) return lists.flat();
  const invoking =
    typeof object.invokingEvent === 'string' ? objectOf(parsed(object.invokingEvent)) : undefined;
  const carried =
    object.configurationItem ?? objectOf(object.detail)?.configurationItem ?? invoking?.configurationItem;
  return [carried ?? object];
}

/** As the library's policies name a resource: its ARN, else type, account, region and id. */
export function identityOf({
  ARN,
  arn,
  resourceType,
  awsAccountId,
  accountId,
  awsRegion,
  resourceId,
}: ConfigItem): string {
  return (
    ARN || arn || [resourceType, awsAccountId ?? accountId, awsRegion, resourceId].filter(Boolean).join('/')
  );
}

export function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
