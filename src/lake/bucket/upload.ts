import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExhibitError, formatDigest, isExhibitError } from '../../record/index.ts';
import type { WriteStore, Written } from '../../store/index.ts';
import { manifestCopy } from '../copy.ts';
import { LAKE_FOLDERS, manifestKey } from '../keys.ts';
import { sha256 } from '../manifest.ts';
import { inParallel } from '../parallel.ts';
import type { Manifest, ManifestFile } from '../types.ts';

export interface Uploaded {
  /** The same files, each with the version that holds it where the bucket keeps versions. */
  files: ManifestFile[];
  /** Keys under which another object lay, which no manifest names. It lies below ours now. */
  covered: string[];
}

/**
 * Puts the files of a day from the folder into the bucket. To do it again changes nothing: what is there with the same bytes is found, and
 * its version is the same.
 * @param onFile called after each file
 * @throws ExhibitError STORE_FAILED, LEDGER_IO; LAKE_MISMATCH for a file that was changed since it was written
 */
export async function uploadFiles(
  folder: string,
  bucket: WriteStore,
  files: readonly ManifestFile[],
  onFile?: () => void,
): Promise<Uploaded> {
  const covered: string[] = [];
  const uploaded = await inParallel(files, async (file): Promise<ManifestFile> => {
    const bytes = await readFile(join(folder, file.key));
    if (formatDigest(sha256(bytes)) !== file.sha256)
      throw new ExhibitError('LAKE_MISMATCH', `${file.key} was changed before it was uploaded`, {
        location: { file: file.key },
      });
    const { written, over } = await putOver(bucket, file.key, bytes);
    if (over) covered.push(file.key);
    onFile?.();
    const { version: _, ...rest } = file;
    return { ...rest, ...(written?.version === undefined ? {} : { version: written.version }) };
  });
  return { files: uploaded, covered: covered.sort() };
}

/** Puts the derived copy of a manifest into the bucket. @throws ExhibitError STORE_FAILED, LEDGER_IO */
export async function uploadCopy(bucket: WriteStore, manifest: Manifest): Promise<void> {
  await putOver(bucket, manifestKey(manifest.details.day), manifestCopy(manifest));
}

/** Keys of the lake that the bucket shows. @throws ExhibitError STORE_FAILED */
export async function shownKeys(bucket: WriteStore): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const folder of LAKE_FOLDERS) for (const key of await bucket.list(`${folder}/`)) keys.add(key);
  return keys;
}

/**
 * Whatever lies under the key of a file that no manifest names yet was not put there by a close that came to its end: by one of another
 * DuckDB, or by somebody who wants no day to be closed. It is covered, and in a bucket with versions it stays.
 */
async function putOver(
  bucket: WriteStore,
  key: string,
  bytes: Uint8Array,
): Promise<{ written: Written | undefined; over: boolean }> {
  try {
    return { written: await bucket.put(key, bytes, { ifAbsent: true }), over: false };
  } catch (error) {
    if (!isExhibitError(error, 'LEDGER_IO')) throw error;
    return { written: await bucket.put(key, bytes), over: true };
  }
}
