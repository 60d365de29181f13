import { z } from 'zod';
import { digestOf } from '../../policy/index.ts';
import { type Digest, ExhibitError, isExhibitError } from '../../record/index.ts';
import { readAll } from '../bundles/origins/faults.ts';
import type { Registry } from '../bundles/origins/registry.ts';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
/** The envelope alone, as cosign 2 lays it. */
export const DSSE_LAYER = 'application/vnd.dsse.envelope.v1+json';
/** The config of an artifact that has none. */
export const EMPTY = 'application/vnd.oci.empty.v1+json';
/** An image may be any of these. */
export const IMAGE_TYPES = [
  MANIFEST,
  INDEX,
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
/** @see OCI Distribution Specification 1.1, "Pushing manifests": the most that a registry must take. */
const MANIFEST_BYTES = 4 * 1024 * 1024;

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const annotations = z.record(z.string(), z.string());
export const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  artifactType: z.string().exactOptional(),
  annotations: annotations.exactOptional(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  artifactType: z.string().exactOptional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  subject: descriptorSchema.exactOptional(),
});
export const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(descriptorSchema),
});

/** The descriptor of some bytes. */
export function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** Reads a manifest or an index. @throws ExhibitError REGISTRY_FAILED */
export function readJson<T>(schema: z.ZodType<T>, bytes: Uint8Array, name: string): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw damaged(name, 'a manifest of it cannot be read', cause);
  }
}

/**
 * A manifest with its bytes, whose digest was checked where one named it.
 * @returns undefined where it is not there
 */
export async function getManifest(
  registry: Registry,
  version: string,
  accept: readonly string[],
  name: string,
): Promise<{ bytes: Buffer; descriptor: Descriptor } | undefined> {
  let reply: Response;
  try {
    reply = await registry.ask(`manifests/${version}`, accept.join(', '));
  } catch (error) {
    if (isExhibitError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
  const bytes = await take(reply, MANIFEST_BYTES, name);
  const type = (reply.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  const descriptor = describe(type, bytes);
  if (version.startsWith('sha256:') && descriptor.digest !== version)
    throw damaged(name, `the registry gives another manifest than ${version} names`);
  return { bytes, descriptor };
}

/** A blob whose bytes were checked against its digest. @throws ExhibitError REGISTRY_FAILED */
export async function getBlob(
  registry: Registry,
  { digest: named, size, mediaType }: Descriptor,
  limit: number,
  name: string,
): Promise<Buffer> {
  if (size > limit) throw damaged(name, `a blob of it has ${size} bytes; ${limit} is the most`);
  const bytes = await take(await registry.ask(`blobs/${named}`, mediaType), limit, name);
  if (digestOf(bytes) !== named) throw damaged(name, `the registry gives another blob than ${named} names`);
  return bytes;
}

/** @see OCI Distribution Specification 1.1, "Pushing a blob monolithically" */
export async function putBlob(registry: Registry, bytes: Uint8Array): Promise<void> {
  const named: Digest = digestOf(bytes);
  const there = await registry.ask(`blobs/${named}`, '*/*', 'HEAD', { also: [404] });
  if (there.ok) return;
  const started = await registry.send('blobs/uploads/', 'POST', 'application/octet-stream');
  await started.body?.cancel();
  const place = registry.placeOf(started.headers.get('location'));
  place.searchParams.set('digest', named);
  const done = await registry.send(place, 'PUT', 'application/octet-stream', new Uint8Array(bytes));
  await done.body?.cancel();
}

/** @returns the registry's answer, for its headers */
export async function putManifest(
  registry: Registry,
  version: string,
  type: string,
  value: object,
): Promise<{ descriptor: Descriptor; headers: Headers }> {
  const bytes = Buffer.from(JSON.stringify(value));
  const descriptor = describe(type, bytes);
  const place = version === '' ? descriptor.digest : version;
  const reply = await registry.send(`manifests/${place}`, 'PUT', type, new Uint8Array(bytes));
  await reply.body?.cancel();
  return { descriptor, headers: reply.headers };
}

const THING = { code: 'REGISTRY_FAILED', what: 'the attestation' } as const;

export async function take(reply: Response, limit: number, name: string): Promise<Buffer> {
  try {
    return await readAll(reply.body, limit, name, THING);
  } catch (error) {
    if (isExhibitError(error)) throw error;
    throw damaged(name, 'the connection broke off', error);
  }
}

export function damaged(name: string, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('REGISTRY_FAILED', `${name}: ${why}`, {
    location: { file: name },
    ...(cause === undefined ? {} : { cause }),
  });
}
