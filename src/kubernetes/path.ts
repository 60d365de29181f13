import type { Resource, WatchOptions } from './types.ts';

/** `deployments.apps`, `pods`: as kubectl names them. */
export function nameOf({ group, resource }: Pick<Resource, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** The path of a resource, with a query. */
export function pathOf(
  { group, version, resource, namespaced }: Resource,
  { namespace, labelSelector, fieldSelector }: Partial<WatchOptions>,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const pairs = Object.entries({ ...query, labelSelector, fieldSelector }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const text = new URLSearchParams(pairs).toString();
  return `${base}${within}/${resource}${text === '' ? '' : `?${text}`}`;
}
