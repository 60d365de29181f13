import { isObject } from '../../record/index.ts';
import type { FieldChange } from '../judge/changes.ts';

/** By what a resource of a plan and one of an inventory are the same: what a cloud gives out once, or the name that somebody chose. */
export type PlannedBy = 'id' | 'name';

/** Attributes of Terraform resources in which a cloud's own identity stands, once it is known. */
const IDS = ['arn', 'id', 'self_link', 'resource_id'];
/** Attributes in which the name stands that a cloud shows. */
const NAMES = [
  'bucket',
  'cluster_identifier',
  'db_instance_identifier',
  'domain_name',
  'function_name',
  'identifier',
  'name',
  'repository_name',
];

/**
 * Values of the resources of a plan, by address (`module.shop.aws_db_instance.orders`).
 * @param plan JSON of `terraform show`; attacker-controlled
 */
export function plannedResources(plan: unknown): Map<string, Record<string, unknown>> {
  const found = new Map<string, Record<string, unknown>>();
  if (!isObject(plan)) return found;
  const waiting: unknown[] = isObject(plan.planned_values) ? [plan.planned_values.root_module] : [];
  while (waiting.length > 0) {
    const module = waiting.pop();
    if (!isObject(module)) continue;
    for (const resource of listOf(module.resources))
      if (isObject(resource) && typeof resource.address === 'string' && isObject(resource.values))
        found.set(resource.address, resource.values);
    waiting.push(...listOf(module.child_modules));
  }
  for (const one of listOf(plan.resource_changes)) {
    const after = isObject(one) && isObject(one.change) ? one.change.after : undefined;
    if (isObject(one) && typeof one.address === 'string' && isObject(after)) found.set(one.address, after);
  }
  return found;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** By what something is known: ids and names, in lower case. */
export type Identities = Readonly<Record<PlannedBy, readonly string[]>>;

export function identitiesOfPlanned(values: Readonly<Record<string, unknown>>): Identities {
  return { id: texts(IDS.map((key) => values[key])), name: texts(NAMES.map((key) => values[key])) };
}

/** @param entry what an inventory shows of a resource; attacker-controlled */
export function identitiesOfEntry(entry: Readonly<Record<string, unknown>>): Identities {
  const data = isObject(entry.resource) && isObject(entry.resource.data) ? entry.resource.data : {};
  return {
    id: texts([entry.ARN, entry.arn, entry.resourceId, entry.id, entry.name, data.selfLink, data.id]),
    name: texts([entry.resourceName, entry.resourceId, last(entry.name), data.name]),
  };
}

/** Ids of Azure are the same in any case. */
const texts = (values: readonly unknown[]): string[] =>
  values.flatMap((value) => (typeof value === 'string' && value !== '' ? [value.toLowerCase()] : []));

/** Of `//storage.googleapis.com/logs` the last part. */
const last = (name: unknown): unknown => (typeof name === 'string' ? name.split('/').at(-1) : undefined);

const MOST_VALUE = 300;

/**
 * The field that fails, as it was planned and as it is. Plans and inventories spell it in their own ways, `storage_encrypted` and
 * `storageEncrypted`, so it is looked for by its letters; where several could be meant none is named.
 * @param path of the fail, into the inventory
 */
export function plannedField(
  values: unknown,
  found: unknown,
  path: readonly unknown[],
): FieldChange | undefined {
  const key = path.findLast((part) => typeof part === 'string');
  if (typeof key !== 'string') return undefined;
  const [before, after] = [leaves(values, plain(key)), leaves(found, plain(key))];
  if (before.length !== 1 || after.length > 1) return undefined;
  const [planned] = before;
  const [now] = after;
  if (now !== undefined && planned?.value === now.value) return undefined;
  return {
    path: now?.path ?? `/${key}`,
    before: short(planned?.value),
    ...(now === undefined ? {} : { after: short(now.value) }),
  };
}

const plain = (key: string): string => key.replaceAll(/[_-]/g, '').toLowerCase();

const short = (value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, MOST_VALUE).toWellFormed() : value;

/** Single values under a key of those letters, wherever it stands. */
function leaves(value: unknown, key: string, path = '', depth = 0): { path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (typeof inner === 'object' && inner !== null) return leaves(inner, key, at, depth + 1);
    return !Array.isArray(value) && plain(name) === key ? [{ path: at, value: inner }] : [];
  });
}
