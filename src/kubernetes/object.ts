import { z } from 'zod';
import { connectionFault } from './fault.ts';
import type { KubernetesObject, Resource } from './types.ts';

const text = z.string().min(1);
export const objectSchema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: text,
    namespace: text.optional(),
    uid: text,
    resourceVersion: text,
  }),
});

/** An object of a kind; those of a list do not say which they are. @throws ExhibitError CLUSTER_FAILED */
export function readObject(value: unknown, resource: Resource, what: string): KubernetesObject {
  const read = objectSchema.safeParse(value);
  if (!read.success) throw connectionFault(what, 'an object has no name, uid or version');
  const { group, version, kind } = resource;
  // As it came, and not as the schema gave it back: exact numbers are no plain objects.
  const object = value as KubernetesObject;
  const { apiVersion = group === '' ? version : `${group}/${version}`, kind: own = kind } = read.data;
  // In the same order, however it came: what is written of it is compared.
  return { apiVersion, kind: own, ...omit(object) };
}

function omit({ apiVersion: _, kind: __, ...rest }: KubernetesObject): Omit<
  KubernetesObject,
  'apiVersion' | 'kind'
> & {
  metadata: KubernetesObject['metadata'];
} {
  return rest as { metadata: KubernetesObject['metadata'] };
}
