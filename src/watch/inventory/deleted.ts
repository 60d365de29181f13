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
type ConfigItem = z.infer<typeof itemSchema>;

export interface DeletedResource {
  /** As policies name the subject. */
  id: string;
  type: string;
  name: string;
  /** When AWS Config saw it, as it writes it. */
  at: string | undefined;
}

const DELETED: ReadonlySet<string> = new Set(['ResourceDeleted', 'ResourceDeletedNotRecorded']);

/** Which resources of an inventory are deleted: those of which the last item says so. */
export class DeletedResources {
  readonly #last = new Map<string, ConfigItem>();

  /** @param value a snapshot, a history, an answer, an item or an event that carries one; attacker-controlled */
  add(value: unknown): void {
    for (const each of itemsOf(value)) {
      const item = itemSchema.safeParse(each).data;
      if (item === undefined) continue;
      const id = identityOf(item);
      const before = this.#last.get(id);
      // Times of one writer, in ISO 8601: they sort as text.
      if ((before?.configurationItemCaptureTime ?? '') <= (item.configurationItemCaptureTime ?? ''))
        this.#last.set(id, item);
    }
  }

  get all(): DeletedResource[] {
    return [...this.#last].flatMap(([id, item]) =>
      DELETED.has(item.configurationItemStatus ?? '')
        ? [
            {
              id,
              type: item.resourceType,
              name: item.resourceName || item.resourceId,
              at: item.configurationItemCaptureTime ?? undefined,
            },
          ]
        : [],
    );
  }
}

/** The places where the library looks for items, too. */
function itemsOf(value: unknown): unknown[] {
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
function identityOf({
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

function objectOf(value: unknown): Record<string, unknown> | undefined {
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
