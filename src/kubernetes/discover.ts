import { z } from 'zod';
import { ExhibitError } from '../record/index.ts';
import type { Connection } from './connection.ts';
import { connectionFault, detailsOf } from './fault.ts';
import type { Resource } from './types.ts';

const text = z.string();
const resourcesSchema = z.looseObject({
  resources: z.array(
    z.looseObject({
      name: text,
      singularName: text.optional(),
      shortNames: z.array(text).nullish(),
      kind: text,
      namespaced: z.boolean(),
      verbs: z.array(text).nullish(),
    }),
  ),
});
const groupsSchema = z.looseObject({
  groups: z.array(
    z.looseObject({ name: text, preferredVersion: z.looseObject({ version: text }).nullish() }),
  ),
});

/** A kind that somebody names: `pods`, `deployments.apps`, `deployments.v1.apps`. */
export interface NamedResource {
  resource: string;
  /** Empty for the core group. */
  group: string;
  /** The server's preferred one where it is not given. */
  version?: string;
}

/**
 * Reads a name as kubectl does: resource, then version where there are three parts and the second looks like one, then group.
 * @throws ExhibitError USAGE
 */
export function parseResource(name: string): NamedResource {
  const [resource = '', ...rest] = name.split('.');
  const [first = '', ...others] = rest;
  const wrong = () =>
    new ExhibitError('USAGE', `${JSON.stringify(name)} names no kind of resource`, {
      hint: 'Write it in the plural as kubectl does: pods, deployments.apps, certificates.v1.cert-manager.io.',
    });
  if (!/^[a-z][a-z0-9-]*$/.test(resource) || name.includes('/') || rest.some((part) => part === ''))
    throw wrong();
  if (/^v\d+((alpha|beta)\d+)?$/.test(first)) return { resource, version: first, group: others.join('.') };
  return { resource, group: rest.join('.') };
}

/**
 * What the API server says of a kind that can be listed and watched; undefined where it has none such (yet).
 * @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED
 */
export async function findResource(
  connection: Connection,
  named: NamedResource,
  signal: AbortSignal,
): Promise<Resource | undefined> {
  const { group, resource } = named;
  const version = named.version ?? (await versionOf(connection, group, signal));
  if (version === undefined) return undefined;
  const all = await resourcesOf(connection, group, version, signal);
  return all.find((one) => one.resource === resource);
}

/** All kinds of a group's version that can be listed and watched. @throws ExhibitError CLUSTER_FAILED, CLUSTER_DENIED */
export async function resourcesOf(
  connection: Connection,
  group: string,
  version: string,
  signal: AbortSignal,
): Promise<Resource[]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const body = await found(connection, path, signal);
  if (body === undefined) return [];
  const read = resourcesSchema.safeParse(body);
  if (!read.success) throw connectionFault(path, 'the answer is no list of resources');
  return read.data.resources
    .filter(({ name, verbs }) => !name.includes('/') && verbs?.includes('list') && verbs.includes('watch'))
    .map(({ name, kind, namespaced }) => ({ group, version, resource: name, kind, namespaced }));
}

async function versionOf(
  connection: Connection,
  group: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (group === '') return 'v1';
  const read = groupsSchema.safeParse(await connection.get('groups', '/apis', signal));
  if (!read.success) throw connectionFault('groups', 'the answer is no list of groups');
  return read.data.groups.find(({ name }) => name === group)?.preferredVersion?.version;
}

async function found(connection: Connection, path: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await connection.get(`the resources of ${path}`, path, signal);
  } catch (error) {
    if (detailsOf(error).status === 404) return undefined;
    throw error;
  }
}
