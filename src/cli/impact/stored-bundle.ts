import { z } from 'zod';
import type { LedgerReader } from '../../ledger/index.ts';
import { type Bundle, openBundle } from '../../policy/index.ts';
import { type Digest, isDigest, isExhibitError, parseRecord } from '../../record/index.ts';

const filesSchema = z.array(
  z.object({
    name: z.string(),
    digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  }),
);

/** Where in a log the record of each bundle names its files. */
export async function bundleFiles(reader: LedgerReader, to: number): Promise<Map<string, Digest>> {
  const found = new Map<string, Digest>();
  for await (const { bytes } of reader.entries(0, to)) {
    // Most records are decisions: they are not parsed for this.
    if (!Buffer.from(bytes).includes('"record_type":"policy"')) continue;
    const { record_type, bundle_digest, details } = parseRecord(bytes);
    const files = details?.files_digest;
    if (
      record_type === 'policy' &&
      bundle_digest !== undefined &&
      typeof files === 'string' &&
      isDigest(files)
    )
      found.set(bundle_digest, files);
  }
  return found;
}

/**
 * A bundle as the evidence keeps it, whole. Its digest is compared, so its signature need not be: the record names the digest.
 * @returns undefined where a part of it is not kept
 */
export async function storedBundle(
  reader: LedgerReader,
  digest: string,
  files: Digest,
): Promise<Bundle | undefined> {
  try {
    const list = filesSchema.parse(JSON.parse(Buffer.from(await reader.blob(files)).toString('utf8')));
    const all = new Map<string, Uint8Array>();
    for (const { name, digest: of } of list) all.set(name, await reader.blob(of));
    const bundle = openBundle(all, { keys: [], allowUnsigned: true });
    return bundle.digest === digest ? bundle : undefined;
  } catch (error) {
    if (isExhibitError(error, 'BLOB_DIGEST')) throw error;
    return undefined;
  }
}
