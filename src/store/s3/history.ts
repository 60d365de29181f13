import { ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import { head } from './read.ts';

/** One version of an object, or a delete marker over it. */
export interface ObjectVersion {
  key: string;
  version: string;
  marker: boolean;
  /** Bytes; 0 for a marker. */
  length: number;
  /** When it was written, by the clock of the store, in milliseconds since 1970. */
  modified: number;
}

/** How an object is locked, as the store says of the object itself. */
export interface ObjectLock {
  mode: 'GOVERNANCE' | 'COMPLIANCE';
  /** Milliseconds since 1970. */
  until: number;
}

/** More are not listed: they would not fit into memory. */
const MOST = 5_000_000;

/**
 * Every version of every object below a prefix, sorted by key. A newer version or a delete marker can be put over any lock, so what
 * was written first is found only here.
 * @throws ExhibitError STORE_FAILED
 */
export async function historyOf(connection: Connection, prefix: string): Promise<ObjectVersion[]> {
  const { bucket, prefix: root, name } = connection.place;
  const found: ObjectVersion[] = [];
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await connection.ask({ right: 's3:ListBucketVersions' }, (client, options) =>
      client.listObjectVersions({ Bucket: bucket, Prefix: `${root}${prefix}`, ...next }, options),
    );
    for (const [list, marker] of [
      [page.Versions ?? [], false],
      [page.DeleteMarkers ?? [], true],
    ] as const)
      for (const { Key, VersionId, LastModified, ...more } of list)
        if (Key !== undefined && VersionId !== undefined)
          found.push({
            key: Key.slice(root.length),
            version: VersionId,
            marker,
            length: ('Size' in more ? more.Size : undefined) ?? 0,
            modified: LastModified?.getTime() ?? 0,
          });
    if (found.length > MOST)
      throw new ExhibitError('STORE_FAILED', `${name} has more than ${MOST} versions below ${prefix}`, {
        location: { file: name },
      });
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) break;
    next = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** The lock of one version; undefined where it has none, or none that may be read. @throws ExhibitError STORE_FAILED */
export async function lockOfVersion(
  connection: Connection,
  key: string,
  version: string,
): Promise<ObjectLock | undefined> {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } =
    (await head(connection, key, version))?.lock ?? {};
  return mode === undefined || until === undefined ? undefined : { mode, until: until.getTime() };
}
