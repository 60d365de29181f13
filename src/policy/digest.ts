import { canonicalize, type Digest } from '../record/index.ts';
import { digestOf } from './hash.ts';
import type { Files } from './types.ts';

export const SIGNATURE_FILE = '.signatures.json';

/** SHA-256 of each file's bytes, by name. */
export function fileDigests(files: Files): Map<string, Digest> {
  return new Map([...files].map(([name, data]) => [name, digestOf(data)]));
}

/**
 * The digest that names a bundle: over the canonical JSON of `[{name, sha256}]`, sorted by name, without the signature.
 * So it is the same however the bundle is packed and whoever signed it.
 */
export function bundleDigest(
  files: Files,
  digests: ReadonlyMap<string, Digest> = fileDigests(files),
): Digest {
  const listed = [...digests]
    .filter(([name]) => name !== SIGNATURE_FILE)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, digest]) => ({ name, sha256: digest.slice(7) }));
  return digestOf(canonicalize(listed));
}
