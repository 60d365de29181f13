import type { VersionStore } from './version-store.ts';
import type { ListedVersion } from './versions.ts';

/** All versions below some prefixes, by key; those of one object with the newest first. @throws ExhibitError STORE_FAILED */
export async function versionsByKey(
  store: Pick<VersionStore, 'versions'>,
  prefixes: readonly string[],
): Promise<Map<string, ListedVersion[]>> {
  const byKey = new Map<string, ListedVersion[]>();
  for (const prefix of prefixes)
    for await (const version of store.versions(prefix)) {
      const known = byKey.get(version.key);
      if (known === undefined) byKey.set(version.key, [version]);
      else known.push(version);
    }
  // What the store calls the latest is what readers get, whatever the clock says.
  for (const versions of byKey.values())
    versions.sort((a, b) => Number(b.latest) - Number(a.latest) || b.modified - a.modified);
  return byKey;
}
