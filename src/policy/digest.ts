import { canonicalize, type Digest } from '../record/index.ts';
import { digestOf } from './hash.ts';
import type { Files } from './types.ts';

export const SIGNATURE_FILE = '.signatures.json';

/**
 * The digest that names a bundle: over the canonical JSON of `[{name, sha256}]`, sorted by name, without the signature.
 * So it is the same however the bundle is packed and whoever signed it.
 */
export function bundleDigest(files: Files): Digest {
  const names = [...files.keys()].filter((name) => name !== SIGNATURE_FILE).sort();
  return digestOf(
    canonicalize(names.map((name) => ({ name, sha256: digestOf(files.get(name) ?? '').slice(7) }))),
  );
}
