import { ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';

/** A version or a delete marker of some object. */
export interface ListedVersion {
  /** As `put` takes it. */
  key: string;
  version: string;
  marker: boolean;
  /** True for the one that a reader gets who names no version. */
  latest: boolean;
  /** Bytes; 0 for a marker. */
  length: number;
  /** When it was written, in milliseconds since 1970, by the clock of the store. */
  modified: number;
}

/** Nobody writes one object so often. */
const MOST_OF_ONE = 100_000;
/** More are not listed: their names would not fit into memory. */
const MOST = 5_000_000;

/** All versions and delete markers of one object, the newest first. @param key below the bucket @throws ExhibitError STORE_FAILED */
export async function versionsOf(connection: Connection, key: string): Promise<ListedVersion[]> {
  const { bucket, prefix } = connection.place;
  const own = key.slice(prefix.length);
  const found: ListedVersion[] = [];
  for await (const { listed, last } of pages(connection, key)) {
    found.push(...listed.filter((one) => one.key === own));
    // Keys come sorted: one behind ours ends it.
    if ((last ?? '') > key) break;
    if (found.length > MOST_OF_ONE)
      throw new ExhibitError('STORE_FAILED', `s3://${bucket}/${key} has more than ${MOST_OF_ONE} versions`);
  }
  // Within its list each kind is in order, the newest first; the sort keeps that for equal times.
  return found.sort((a, b) => b.modified - a.modified);
}

/**
 * All versions and delete markers below a prefix, page by page; those of one object need not come together.
 * @throws ExhibitError STORE_FAILED
 */
export async function* versionsBelow(
  connection: Connection,
  prefix: string,
): AsyncGenerator<ListedVersion, void> {
  const { prefix: root, name } = connection.place;
  let count = 0;
  for await (const { listed } of pages(connection, `${root}${prefix}`)) {
    yield* listed;
    count += listed.length;
    if (count > MOST)
      throw new ExhibitError('STORE_FAILED', `${name} has more than ${MOST} versions below ${prefix}`, {
        location: { file: name },
      });
  }
}

/** @returns what each page lists, and the last key of it where more pages follow */
async function* pages(
  connection: Connection,
  Prefix: string,
): AsyncGenerator<{ listed: ListedVersion[]; last: string | undefined }, void> {
  const { bucket, prefix: root } = connection.place;
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await connection.ask({ right: 's3:ListBucketVersions' }, (client, options) =>
      client.listObjectVersions({ Bucket: bucket, Prefix, ...next }, options),
    );
    const listed: ListedVersion[] = [];
    for (const [list, marker] of [
      [page.Versions ?? [], false],
      [page.DeleteMarkers ?? [], true],
    ] as const)
      for (const one of list)
        if (one.Key !== undefined && one.VersionId !== undefined)
          listed.push({
            key: one.Key.slice(root.length),
            version: one.VersionId,
            marker,
            latest: one.IsLatest === true,
            length: ('Size' in one ? one.Size : undefined) ?? 0,
            modified: one.LastModified?.getTime() ?? 0,
          });
    const last = page.IsTruncated === true ? page.NextKeyMarker : undefined;
    yield { listed, last };
    if (last === undefined) return;
    next = {
      KeyMarker: last,
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
}
