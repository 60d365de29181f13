import { bundleFiles } from '../assemble.ts';
import { SIGNATURE_FILE } from '../digest.ts';
import { digestOf } from '../hash.ts';
import { packTar, unpackTar } from '../tar.ts';
import type { Files } from '../types.ts';
import { conftest } from './conftest.ts';
import { OCI_BUNDLE_LAYER, OCI_MANIFEST } from './oci-types.ts';
import type { Exported, ExportFormat, ExportSource } from './types.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
/** What `conftest push` writes and `conftest pull` puts into a folder. @see Conftest internal/commands/push.go */
const CONFTEST_CONFIG = 'application/vnd.unknown.config.v1+json';
const REGO = 'application/vnd.cncf.openpolicyagent.policy.layer.v1+rego';
const TITLE = 'org.opencontainers.image.title';
const TAG = 'org.opencontainers.image.ref.name';

/** Tags of the two images of a layout. */
const BUNDLE_TAG = 'latest';
const CONFTEST_TAG = 'conftest';

/**
 * An OCI image layout with two images: the bundle (tag `latest`), as a stock OPA downloads it, and the Conftest form (tag
 * `conftest`), as `conftest pull` does. `oras copy --from-oci-layout` and `skopeo copy oci:` bring them to a registry.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export const oci: ExportFormat = {
  name: 'oci',
  summary: 'an OCI image layout with the bundle for OPA and the folder for `conftest pull`',
  bundle: true,
  async make(source: ExportSource): Promise<Exported> {
    const { repository, opa, version, sign } = source;
    const unsigned = await bundleFiles(repository, version, opa);
    const bundle = sign === undefined ? unsigned : await sign(unsigned);
    const rego = await conftest.make(source);
    return {
      files: layout(bundle, rego.files),
      policies: repository.policies.map(({ id }) => id),
      left_out: [],
      overrides: { carried: repository.overrides.map(({ id }) => id).sort(), left_out: [] },
    };
  },
  comparable: unsignedLayout,
};

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}
interface Manifest {
  schemaVersion: 2;
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[];
}
interface Index {
  schemaVersion: 2;
  mediaType: string;
  manifests: Descriptor[];
}

function layout(bundle: Files, rego: Files): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const tar = blob(files, OCI_BUNDLE_LAYER, packTar(bundle), { [TITLE]: 'bundle.tar.gz' });
  const modules = [...rego.keys()]
    .sort()
    .map((path) => blob(files, REGO, rego.get(path) ?? new Uint8Array(), { [TITLE]: path }));
  const image = (tag: string, config: string, layers: Descriptor[]): Descriptor => {
    const manifest: Manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: blob(files, config, Buffer.from('{}')),
      layers,
    };
    return blob(files, OCI_MANIFEST, json(manifest), { [TAG]: tag });
  };
  const manifests = [image(BUNDLE_TAG, CONFIG, [tar]), image(CONFTEST_TAG, CONFTEST_CONFIG, modules)];
  const index: Index = { schemaVersion: 2, mediaType: INDEX, manifests };
  files.set('index.json', json(index));
  files.set('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  return files;
}

function blob(
  files: Map<string, Uint8Array>,
  mediaType: string,
  data: Uint8Array,
  annotations?: Record<string, string>,
): Descriptor {
  const digest = digestOf(data);
  files.set(pathOf(digest), data);
  return { mediaType, digest, size: data.length, ...(annotations === undefined ? {} : { annotations }) };
}

const pathOf = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** The same layout with its bundle unsigned, so that two makings are the same bytes. One that is no layout stays as it is. */
function unsignedLayout(files: Files): Files {
  try {
    const out = new Map(files);
    const index = read<Index>(files.get('index.json'));
    const image = index.manifests.find((one) => one.annotations?.[TAG] === BUNDLE_TAG);
    const manifest = read<Manifest>(files.get(pathOf(image?.digest ?? '')));
    const layer = manifest.layers.find(({ mediaType }) => mediaType === OCI_BUNDLE_LAYER);
    const bundle = unpackTar(files.get(pathOf(layer?.digest ?? '')) ?? new Uint8Array());
    if (image === undefined || layer === undefined || !bundle.delete(SIGNATURE_FILE)) return files;
    out.delete(pathOf(layer.digest));
    out.delete(pathOf(image.digest));
    Object.assign(layer, blob(out, OCI_BUNDLE_LAYER, packTar(bundle)));
    Object.assign(image, blob(out, OCI_MANIFEST, json(manifest)));
    return out.set('index.json', json(index));
  } catch {
    return files;
  }
}

const read = <T>(data: Uint8Array | undefined): T =>
  JSON.parse(Buffer.from(data ?? '').toString('utf8')) as T;
