import { z } from 'zod';
import { digestOf, OCI_BUNDLE_LAYER, OCI_MANIFEST } from '../../../policy/index.ts';
import { ExhibitError, isExhibitError } from '../../../record/index.ts';
import type { OciSetting } from '../../bundle-settings.ts';
import { parseReference } from '../reference.ts';
import { credentialsFor } from './credentials.ts';
import { causeOf, originFault, readAll, tooLong } from './faults.ts';
import { Registry } from './registry.ts';
import type { Bounds, Found, OriginKind } from './types.ts';

/** Longest manifest. @see OCI Distribution Specification 1.1, "Pushing manifests" */
const MANIFEST_BYTES = 4 * 1024 * 1024;

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  layers: z.array(
    z.object({
      mediaType: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      size: z.int().nonnegative(),
    }),
  ),
});
type Layer = z.infer<typeof manifestSchema>['layers'][number];

/** The artefact that `exhibit policy export oci` makes and that a stock OPA downloads: an image with the bundle as its layer. */
export const oci: OriginKind = ({ oci: setting }) =>
  setting === undefined
    ? undefined
    : {
        name: setting.reference,
        folder: undefined,
        every: setting.poll_seconds,
        read: (since, bounds) => readOne(setting, since, bounds),
        close() {},
      };

/** The tag is the digest of the manifest. */
async function readOne(
  setting: OciSetting,
  since: string | undefined,
  { bytes: limit, signal }: Bounds,
): Promise<Found | 'unchanged'> {
  const name = setting.reference;
  const reference = parseReference(name);
  // What a digest names does not change.
  if (reference.digest !== undefined && since === reference.digest) return 'unchanged';
  const registry = new Registry({
    name,
    reference,
    insecure: setting.insecure,
    tokenHost: setting.token_host,
    credentials: () => credentialsFor(reference.registry, setting, process.env),
    signal,
  });
  const path = `manifests/${reference.version}`;
  if (since !== undefined) {
    // Registries that count what is pulled do not count this.
    const head = await registry.ask(path, OCI_MANIFEST, 'HEAD');
    if (head.headers.get('docker-content-digest') === since) return 'unchanged';
  }
  const reply = await registry.ask(path, OCI_MANIFEST);
  const manifest = await take(reply, MANIFEST_BYTES, name);
  const digest = digestOf(manifest);
  if (reference.digest !== undefined && reference.digest !== digest)
    throw damaged(name, 'the registry gives another manifest than the digest names');
  if (digest === since) return 'unchanged';
  const layer = bundleLayer(manifest, name);
  if (layer.size > limit) throw tooLong(name, limit);
  const bytes = await take(await registry.ask(`blobs/${layer.digest}`, OCI_BUNDLE_LAYER), limit, name);
  if (digestOf(bytes) !== layer.digest)
    throw damaged(name, 'the registry gives another blob than the manifest names');
  return { bytes, tag: digest };
}

async function take(reply: Response, limit: number, name: string): Promise<Buffer> {
  try {
    return await readAll(reply.body, limit, name);
  } catch (error) {
    throw isExhibitError(error) ? error : originFault(name, causeOf(error), { cause: error, again: true });
  }
}

function bundleLayer(manifest: Buffer, name: string): Layer {
  let parsed: z.infer<typeof manifestSchema>;
  try {
    parsed = manifestSchema.parse(JSON.parse(manifest.toString('utf8')));
  } catch (cause) {
    throw damaged(name, 'it has no image manifest', cause);
  }
  const [layer, ...more] = parsed.layers.filter(({ mediaType }) => mediaType === OCI_BUNDLE_LAYER);
  if (layer === undefined || more.length > 0)
    throw damaged(
      name,
      `expected one layer of type ${OCI_BUNDLE_LAYER}, found ${more.length + (layer ? 1 : 0)}`,
    );
  return layer;
}

function damaged(name: string, why: string, cause?: unknown): ExhibitError {
  return new ExhibitError('BUNDLE_INVALID', `${name}: ${why}`, {
    location: { file: name },
    hint: 'Push what `exhibit policy export oci` makes; the bundle is under its tag `latest`.',
    ...(cause === undefined ? {} : { cause }),
  });
}
