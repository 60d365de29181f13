import type { NamedFile } from '../../ledger/index.ts';
import type { ListedVersion, Measured, VersionStore } from '../../store/index.ts';
import type { LakeProblem, ManifestFile } from '../types.ts';

/** The versions of an object, the newest first. */
export type Versions = readonly ListedVersion[];

/** A file whose bytes lie in another version than its manifest names: in a copy of the bucket, or written again after the first was removed. */
export interface Moved {
  key: string;
  pinned: string;
  version: string | undefined;
}

/** What lies in the bucket for one file of a manifest. */
export interface Compared {
  problems: LakeProblem[];
  /** The version that the manifest names is gone, and another one has its bytes. */
  moved: Moved | undefined;
  /** The version with the bytes that the manifest names. */
  whole: Measured | undefined;
}

/**
 * Compares what the bucket has under the key of a file with its manifest. The version that the manifest names counts; without one, or where it is
 * gone, any version with the right bytes. What lies over it is said, for whoever reads by the key gets that.
 * @throws ExhibitError STORE_FAILED
 */
export async function compareObject(
  store: VersionStore,
  day: string,
  file: ManifestFile,
  versions: Versions,
): Promise<Compared> {
  const { key, version: pinned } = file;
  const at = { day, key };
  const { whole, differs } = await findWhole(store, file, versions);
  if (whole === undefined) return { problems: [lost(at, file, versions, differs)], moved: undefined, whole };
  const moved =
    pinned === undefined || whole.version === pinned ? undefined : { key, pinned, version: whole.version };
  const [latest] = versions;
  if (latest === undefined || latest.version === whole.version) return { problems: [], moved, whole };
  const kept = `version ${whole.version ?? ''}, with the bytes that the manifest names, is whole below it`;
  if (latest.marker) {
    const message = `${key}: a delete marker (${latest.version}) lies over it; ${kept}`;
    return { problems: [{ kind: 'hidden', ...at, message }], moved, whole };
  }
  const over = await measured(store, file, latest.version);
  if (over?.digest === file.sha256) return { problems: [], moved, whole };
  const message = `${key}: version ${latest.version} with other bytes lies over it; ${kept}`;
  return { problems: [{ kind: 'overwritten', ...at, message }], moved, whole };
}

/** The version with the bytes that a manifest names: the one that it names, or any other. @throws ExhibitError STORE_FAILED */
export async function findWhole(
  store: VersionStore,
  file: NamedFile,
  versions: Versions,
): Promise<{ whole: Measured | undefined; differs: Measured | undefined }> {
  const objects = versions.filter(({ marker }) => !marker);
  const pinned = objects.filter(({ version }) => version === file.version);
  const others = objects.filter(({ version }) => version !== file.version);
  let differs: Measured | undefined;
  for (const { version, length } of [...pinned, ...others]) {
    if (length !== file.bytes && version !== file.version) continue;
    const found = await measured(store, file, version);
    if (found?.whole === true && found.length === file.bytes && found.digest === file.sha256)
      return { whole: found, differs };
    differs ??= found;
  }
  return { whole: undefined, differs };
}

/** One byte more than there should be, so that a longer object is not taken for a whole one. */
const measured = (store: VersionStore, file: NamedFile, version: string): Promise<Measured | undefined> =>
  store.measure(file.key, { version, most: file.bytes + 1 });

function lost(
  at: { day: string; key: string },
  file: ManifestFile,
  versions: Versions,
  differs: Measured | undefined,
): LakeProblem {
  const { key } = at;
  const named = file.version === undefined ? '' : ` (version ${file.version})`;
  const objects = versions.filter(({ marker }) => !marker);
  if (objects.length === 0) {
    const over = versions.length === 0 ? '' : '; what is left are delete markers';
    return { kind: 'missing', ...at, message: `${key}${named} is missing${over}` };
  }
  if (differs !== undefined && differs.version === file.version) {
    const message = `${key}${named} differs from its manifest`;
    return { kind: 'digest', ...at, message, expected: file.sha256, found: differs.digest };
  }
  const message =
    file.version === undefined
      ? `${key} differs from its manifest in each of its versions`
      : `${key}${named} is missing, and no other version has its bytes`;
  const kind = file.version === undefined ? 'digest' : 'missing';
  return {
    kind,
    ...at,
    message,
    expected: file.sha256,
    ...(differs === undefined ? {} : { found: differs.digest }),
  };
}
