import { digestOf } from '../../policy/index.ts';
import {
  formatEnvelope,
  formatSigstoreBundle,
  PAYLOAD_TYPE,
  type ReadEnvelope,
  SIGSTORE_BUNDLE,
  SUMMARY_TYPE,
} from '../../verify/index.ts';
import type { Registry } from '../bundles/origins/registry.ts';
import {
  type Descriptor,
  DSSE_LAYER,
  describe,
  EMPTY,
  getManifest,
  INDEX,
  indexSchema,
  MANIFEST,
  manifestSchema,
  putBlob,
  putManifest,
  readJson,
} from './parts.ts';

const CONFIG = 'application/vnd.oci.image.config.v1+json';
const NOTHING = Buffer.from('{}');

/** Where one attestation was put. */
export interface Pushed {
  /** `referrer` with its artifact type, or the tag of cosign. */
  as: string;
  digest: string;
}

/**
 * Puts an attestation beside an image, in the three forms that are in use: a referrer with the envelope, a referrer with a bundle
 * of sigstore (cosign 3), and a layer of the image `sha256-<digest>.att` (cosign 2). What others put there stays.
 * @param image of which it speaks, as the registry has it
 * @throws ExhibitError REGISTRY_FAILED
 */
export async function pushAttestation(
  registry: Registry,
  image: Descriptor,
  { envelope, hint = envelope.signatures[0]?.keyid ?? '' }: ReadEnvelope,
  name: string,
): Promise<Pushed[]> {
  const dsse = Buffer.from(JSON.stringify(formatEnvelope(envelope)));
  const bundle = Buffer.from(JSON.stringify(formatSigstoreBundle(envelope, { hint })));
  return [
    await pushReferrer(registry, image, { artifactType: PAYLOAD_TYPE, layer: DSSE_LAYER, bytes: dsse }, name),
    await pushReferrer(
      registry,
      image,
      {
        artifactType: SIGSTORE_BUNDLE,
        layer: SIGSTORE_BUNDLE,
        bytes: bundle,
        // By these cosign finds it without reading it.
        annotations: {
          'dev.sigstore.bundle.content': 'dsse-envelope',
          'dev.sigstore.bundle.predicateType': SUMMARY_TYPE,
        },
      },
      name,
    ),
    await pushTag(registry, image, dsse, name),
  ];
}

interface Referrer {
  artifactType: string;
  layer: string;
  bytes: Buffer;
  annotations?: Record<string, string>;
}

/** @see OCI Distribution Specification 1.1, "Pushing Manifests with Subject" */
async function pushReferrer(
  registry: Registry,
  { mediaType, digest, size }: Descriptor,
  { artifactType, layer, bytes, annotations }: Referrer,
  name: string,
): Promise<Pushed> {
  await putBlob(registry, NOTHING);
  await putBlob(registry, bytes);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType,
    config: describe(EMPTY, NOTHING),
    layers: [describe(layer, bytes)],
    subject: { mediaType, digest, size },
    ...(annotations === undefined ? {} : { annotations }),
  };
  const put = await putManifest(registry, '', MANIFEST, manifest);
  const entry = { ...put.descriptor, artifactType, ...(annotations === undefined ? {} : { annotations }) };
  // A registry that answers without this header knows no referrers: then they are listed under a tag.
  if (put.headers.get('oci-subject') === null) await listUnderTag(registry, digest, entry, name);
  return { as: `referrer ${artifactType}`, digest: put.descriptor.digest };
}

/** @see OCI Distribution Specification 1.1, "Referrers Tag Schema" */
async function listUnderTag(
  registry: Registry,
  image: string,
  entry: Descriptor,
  name: string,
): Promise<void> {
  const tag = image.replace(':', '-');
  const there = await getManifest(registry, tag, [INDEX], name);
  const before =
    there === undefined
      ? { schemaVersion: 2 as const, manifests: [] }
      : readJson(indexSchema, there.bytes, name);
  if (before.manifests.some(({ digest }) => digest === entry.digest)) return;
  const index = { ...before, mediaType: INDEX, manifests: [...before.manifests, entry] };
  await putManifest(registry, tag, INDEX, index);
}

/** The layout of cosign 2: one image whose layers are the envelopes. @see cosign specs/ATTESTATION_SPEC.md */
async function pushTag(registry: Registry, image: Descriptor, dsse: Buffer, name: string): Promise<Pushed> {
  const tag = `${image.digest.replace(':', '-')}.att`;
  const there = await getManifest(registry, tag, [MANIFEST], name);
  const before = there === undefined ? [] : readJson(manifestSchema, there.bytes, name).layers;
  const layer: Descriptor = {
    ...describe(DSSE_LAYER, dsse),
    annotations: { 'dev.cosignproject.cosign/signature': '', predicateType: SUMMARY_TYPE },
  };
  const same = before.some(({ digest }) => digest === layer.digest);
  if (there !== undefined && same) return { as: `tag ${tag}`, digest: there.descriptor.digest };
  await putBlob(registry, dsse);
  const layers = [...before, layer];
  const config = Buffer.from(
    JSON.stringify({
      architecture: '',
      os: '',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  await putBlob(registry, config);
  const manifest = { schemaVersion: 2, mediaType: MANIFEST, config: describe(CONFIG, config), layers };
  const { descriptor } = await putManifest(registry, tag, MANIFEST, manifest);
  return { as: `tag ${tag}`, digest: descriptor.digest };
}

/** File name of an attestation that was pulled: the same bytes have the same name. */
export const nameOf = (bytes: Uint8Array): string =>
  digestOf(bytes).slice('sha256:'.length, 'sha256:'.length + 16);
