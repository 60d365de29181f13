import type { LedgerReader } from '../../ledger/index.ts';
import { formatDigest } from '../../record/index.ts';
import { folderStore, type S3Store, versionsByKey } from '../../store/index.ts';
import { writeManifestCopy } from '../copy.ts';
import { readManifest, sha256 } from '../manifest.ts';
import type { LakeProblem } from '../types.ts';
import { findWhole } from './objects.ts';

/**
 * Takes files of a restored lake that are missing or differ from below what lies over them in the bucket, where a version there has the bytes that the manifest
 * names. The copy of a manifest is written anew from the log.
 * @param problems what verifyLake found in the folder
 * @returns keys that are right now
 * @throws ExhibitError STORE_FAILED, LEDGER_IO, LAKE_FAILED
 */
export async function restoreFromBelow(
  reader: LedgerReader,
  store: S3Store,
  problems: readonly LakeProblem[],
): Promise<string[]> {
  const folder = folderStore(reader.folder);
  const taken: string[] = [];
  for (const { kind, day, key } of problems) {
    const manifest = day === undefined ? undefined : await readManifest(reader, day).catch(() => undefined);
    if (manifest === undefined) continue;
    if (kind === 'manifest_copy') {
      await writeManifestCopy(reader.folder, manifest);
      taken.push(key);
      continue;
    }
    const file = manifest.files.find((one) => one.key === key);
    if (file === undefined) continue;
    const versions = (await versionsByKey(store, [key])).get(key) ?? [];
    const { whole } = await findWhole(store, file, versions);
    const bytes = whole?.version === undefined ? undefined : await store.getVersion(key, whole.version);
    if (bytes === undefined || formatDigest(sha256(bytes)) !== file.sha256) continue;
    await folder.put(key, bytes);
    taken.push(key);
  }
  return taken;
}
