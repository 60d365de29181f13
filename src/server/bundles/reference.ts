/** Where an artefact lies in a registry. */
export interface Reference {
  /** `registry.example.com:5000` */
  registry: string;
  /** `acme/policies` */
  repository: string;
  /** What is asked for: a digest where one is given, otherwise the tag. */
  version: string;
  /** `sha256:...`, where the reference names exactly one artefact. */
  digest: string | undefined;
}

const HOST = /^(localhost|[\w-]+(\.[\w-]+)+|[\w-]+(?=:)|\[[0-9a-f:]+\])(:\d{1,5})?$/i;
const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `registry/repository:tag`, `registry/repository@sha256:...`, or both together, of which the digest counts.
 * @see OCI Distribution Specification 1.1, "Pulling manifests", for the form of names and tags
 * @throws Error with what was expected
 */
export function parseReference(text: string): Reference {
  const slash = text.indexOf('/');
  const [registry, rest] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 0 || !HOST.test(registry))
    throw new Error('expected registry/repository:tag, with the host of the registry written out');
  const [named = '', digest, more] = rest.split('@');
  const colon = named.indexOf(':');
  const [repository, tag] = colon < 0 ? [named, undefined] : [named.slice(0, colon), named.slice(colon + 1)];
  if (!REPOSITORY.test(repository))
    throw new Error(
      `${JSON.stringify(repository)} is no repository: lower case letters, digits, . _ - and /`,
    );
  if (more !== undefined || (digest !== undefined && !DIGEST.test(digest)))
    throw new Error('expected @sha256: and 64 hexadecimal digits');
  if (tag !== undefined && !TAG.test(tag)) throw new Error(`${JSON.stringify(tag)} is no tag`);
  const version = digest ?? tag;
  if (version === undefined)
    throw new Error('names no version: write registry/repository:tag or registry/repository@sha256:...');
  return { registry, repository, version, digest };
}
