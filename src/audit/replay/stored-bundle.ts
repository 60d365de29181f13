import { z } from 'zod';
import { versionsUpTo } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { type Bundle, openBundle, type VerificationKey } from '../../policy/index.ts';
import { type Digest, isDigest, isExhibitError, parseRecord } from '../../record/index.ts';

const digest = z.custom<Digest>((value) => typeof value === 'string' && isDigest(value));
/** No bundle has more files; a list that says so is not read on. */
const MOST_FILES = 50_000;
const filesSchema = z.array(z.object({ name: z.string(), digest })).max(MOST_FILES);

/** What the log says of a bundle. */
export interface Announced {
  /** Blobs that list its files, the newest first: one for each signature that it had. */
  lists: readonly [Digest, ...Digest[]];
  /** RFC 3339, of each signature that has an end. */
  expires: readonly string[];
}

/**
 * Where in a log the record of each bundle names its files, by the bundle's digest. The manifests of closed days list these records, so that only
 * what was recorded since is searched.
 * @param to leaves from there on are left out
 */
export async function announcedBundles(reader: LogReader, to: number): Promise<Map<string, Announced>> {
  const found = new Map<string, { lists: Set<Digest>; expires: Set<string> }>();
  for (const { log_index } of await versionsUpTo(reader, to)) {
    const { bundle_digest, details } = parseRecord((await reader.entry(log_index)).bytes);
    const files = details?.files_digest;
    if (bundle_digest === undefined || typeof files !== 'string' || !isDigest(files)) continue;
    // Anybody who sends records may announce a bundle as often as he likes: each thing is kept once.
    const known = found.get(bundle_digest) ?? { lists: new Set(), expires: new Set() };
    found.set(bundle_digest, known);
    known.lists.delete(files);
    known.lists.add(files);
    if (typeof details?.expires === 'string') known.expires.add(details.expires);
  }
  return new Map(
    [...found].map(([of, { lists, expires }]) => {
      const newest = [...lists].reverse() as [Digest, ...Digest[]];
      return [of, { lists: newest, expires: [...expires] }];
    }),
  );
}

/**
 * A bundle as the evidence keeps it, whole. Its digest is compared, so its signature need not be: the record names the digest. Where
 * keys are given it is, too.
 * @param keys of which one must have signed; none: no signature is asked for
 * @returns undefined where a part of it is not kept, or the parts are not those of the digest
 * @throws ExhibitError BLOB_DIGEST where a file was exchanged; BUNDLE_SIGNATURE, BUNDLE_UNSIGNED, BUNDLE_DIGEST where no key signed it
 */
export async function storedBundle(
  reader: LogReader,
  digest: string,
  files: Digest,
  keys: readonly VerificationKey[] = [],
): Promise<Bundle | undefined> {
  try {
    const list = filesSchema.parse(JSON.parse(Buffer.from(await reader.blob(files)).toString('utf8')));
    const all = new Map<string, Uint8Array>();
    for (const { name, digest: of } of list) all.set(name, await reader.blob(of));
    const bundle = openBundle(all, { keys, allowUnsigned: true, expired: 'give' });
    return bundle.digest === digest ? bundle : undefined;
  } catch (error) {
    if (isExhibitError(error) && PASSED_ON.has(error.code)) throw error;
    return undefined;
  }
}

const PASSED_ON: ReadonlySet<string> = new Set([
  'BLOB_DIGEST',
  'BUNDLE_SIGNATURE',
  'BUNDLE_UNSIGNED',
  'BUNDLE_DIGEST',
]);
