import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../kubernetes/index.ts';

/**
 * The object as it is judged and stored. Who wrote which field when is left out: it says nothing of what is, and is often half of the
 * object.
 */
export function judgedForm(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as KubernetesObject;
}

/**
 * Digest of what a change must touch for the object to be judged at once. The state that controllers write again and again is
 * judged with all objects at the cadence: a lease or a heartbeat is no new decision each few seconds.
 */
export function formDigest(object: KubernetesObject): string {
  const { status: _, ...rest } = object;
  const { managedFields: _m, resourceVersion: _v, generation: _g, ...metadata } = object.metadata;
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, metadata }))
    .digest('base64');
}

/** `Deployment/shop/web`: as policies name a Kubernetes object. */
export function placeOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

/** Versions of one cluster grow; an older one is not judged after a newer one. @see KEP-5504 */
export function isOlder(version: string, than: string): boolean {
  if (!/^\d{1,30}$/.test(version) || !/^\d{1,30}$/.test(than)) return false;
  return version.length !== than.length ? version.length < than.length : version < than;
}
