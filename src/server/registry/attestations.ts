import { MAX_ENVELOPE_BYTES, PAYLOAD_TYPE, SIGSTORE_BUNDLE } from '../../verify/index.ts';
import type { Registry } from '../bundles/origins/registry.ts';
import {
  type Descriptor,
  DSSE_LAYER,
  damaged,
  EMPTY,
  getBlob,
  getManifest,
  INDEX,
  indexSchema,
  MANIFEST,
  manifestSchema,
  readJson,
  take,
} from './parts.ts';

/** Most attestations of one image that are looked at; more are an error, not a cut. */
const MOST = 100;
/** Most pages of a list of referrers. */
const PAGES = 20;
const LIST_BYTES = 4 * 1024 * 1024;
const ARTIFACTS: readonly string[] = [PAYLOAD_TYPE, SIGSTORE_BUNDLE];

/** One attestation as a registry gave it. Attacker-controlled. */
export interface Pulled {
  /** Where it was found. */
  from: string;
  bytes: Buffer;
}

/**
 * Every attestation that lies beside an image: referrers by the API or, where the registry has none, by their tag; and the image
 * `sha256-<digest>.att`. The same bytes come once. Nothing is verified.
 * @throws ExhibitError REGISTRY_FAILED
 */
export async function pullAttestations(
  registry: Registry,
  image: Pick<Descriptor, 'digest'>,
  name: string,
): Promise<Pulled[]> {
  const found = new Map<string, Pulled>();
  const add = async (layer: Descriptor, from: string) => {
    if (found.has(layer.digest)) return;
    if (found.size >= MOST) throw damaged(name, `more than ${MOST} attestations lie beside it`);
    found.set(layer.digest, { from, bytes: await getBlob(registry, layer, MAX_ENVELOPE_BYTES, name) });
  };
  for (const entry of await referrers(registry, image.digest, name)) {
    const manifest = await getManifest(registry, entry.digest, [MANIFEST], name);
    if (manifest === undefined) throw damaged(name, `the referrer ${entry.digest} is listed and not there`);
    const { artifactType, subject, layers } = readJson(manifestSchema, manifest.bytes, name);
    // A list is nobody's word: the manifest itself says of what it speaks.
    if (subject?.digest !== image.digest || !ARTIFACTS.includes(artifactType ?? '')) continue;
    for (const layer of layers) await add(layer, `referrer ${entry.digest}`);
  }
  const tag = `${image.digest.replace(':', '-')}.att`;
  const cosign = await getManifest(registry, tag, [MANIFEST], name);
  if (cosign !== undefined) {
    const { layers } = readJson(manifestSchema, cosign.bytes, name);
    for (const layer of layers.filter(({ mediaType }) => mediaType === DSSE_LAYER))
      await add(layer, `tag ${tag}`);
  }
  return [...found.values()];
}

/** @see OCI Distribution Specification 1.1, "Listing Referrers" */
async function referrers(registry: Registry, image: string, name: string): Promise<Descriptor[]> {
  const all: Descriptor[] = [];
  let path = `referrers/${image}`;
  for (let page = 0; page < PAGES; page += 1) {
    const reply = await registry.ask(path, INDEX, 'GET', { also: [404] });
    if (!reply.ok) {
      await reply.body?.cancel();
      const tag = await getManifest(registry, image.replace(':', '-'), [INDEX], name);
      return tag === undefined ? [] : ours(readJson(indexSchema, tag.bytes, name).manifests);
    }
    all.push(...ours(readJson(indexSchema, await take(reply, LIST_BYTES, name), name).manifests));
    const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(reply.headers.get('link') ?? '')?.[1];
    if (next === undefined) return all;
    const more = /\/(referrers\/[^/]+)$/.exec(next)?.[1];
    if (more === undefined) throw damaged(name, 'its list of referrers goes on at a place that is none');
    path = more;
  }
  throw damaged(name, `its list of referrers has more than ${PAGES} pages`);
}

/** What an entry says of its type, where it says one: some registries give the type of the config there, which is empty. */
function ours(entries: readonly Descriptor[]): Descriptor[] {
  return entries.filter(
    ({ artifactType = EMPTY, mediaType }) =>
      mediaType === MANIFEST && (artifactType === EMPTY || ARTIFACTS.includes(artifactType)),
  );
}
