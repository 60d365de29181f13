import { configItem, identityOf, itemsOf, objectOf } from './aws/items.ts';

/** What says of itself when it was seen or changed, or which one it is, and nothing of what it is like. */
const NOISE: ReadonlySet<string> = new Set([
  'configSnapshotId',
  'configurationItemCaptureTime',
  'configurationItemDeliveryTime',
  'configurationItemMD5Hash',
  'configurationItemVersion',
  'configurationStateId',
  'configurationStateMd5Hash',
  'etag',
  'id',
  'relatedEvents',
  'updateTime',
  'update_time',
  'version',
]);

/**
 * What a document of an inventory shows of one resource: an item of AWS Config, a row of Azure, an asset of Google Cloud.
 * @param value attacker-controlled
 * @param id as policies name the subject
 */
export function inventoryEntry(value: unknown, id: string): Record<string, unknown> | undefined {
  const found = itemIn(value, id) ?? rowsIn(value).find((row) => namesOf(row).includes(id));
  if (found === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(found)
      .filter(([key]) => !NOISE.has(key))
      .map(([key, member]) => [key, key === 'configuration' ? decoded(member) : member]),
  );
}

/** The last one of the resource, as rules see it. */
function itemIn(value: unknown, id: string): Record<string, unknown> | undefined {
  let last: { at: string; item: Record<string, unknown> } | undefined;
  for (const each of itemsOf(value)) {
    const item = configItem(each);
    if (item === undefined || identityOf(item) !== id) continue;
    const at = item.configurationItemCaptureTime ?? '';
    if (last === undefined || last.at <= at) last = { at, item };
  }
  return last?.item;
}

function rowsIn(value: unknown): Record<string, unknown>[] {
  const object = objectOf(value);
  const rows: unknown[] = Array.isArray(value)
    ? value
    : object === undefined
      ? []
      : [object, ...[object.data, object.value, object.assets].filter(Array.isArray).flat()];
  return rows.map(objectOf).filter((row) => row !== undefined);
}

/** Ids of Azure are the same in any case; policies write them in lower case. */
function namesOf({ id, name, assetType, asset_type }: Record<string, unknown>): unknown[] {
  const isAsset = assetType !== undefined || asset_type !== undefined;
  return [typeof id === 'string' ? id.toLowerCase() : undefined, isAsset ? name : undefined];
}

/** The API of AWS Config gives the configuration as JSON in a text. */
function decoded(member: unknown): unknown {
  if (typeof member !== 'string') return member;
  try {
    return JSON.parse(member) as unknown;
  } catch {
    return member;
  }
}
