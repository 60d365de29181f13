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

/** More are not listed: their names would not fit into memory. */
const MOST = 5_000_000;

/**
 * All versions and delete markers below a prefix, page by page; those of one object need not come together.
 * @throws ExhibitError STORE_FAILED
 */
export async function* versionsBelow(
  connection: Connection,
  prefix: string,
): AsyncGenerator<ListedVersion, void> {
  const { bucket, prefix: root, name } = connection.place;
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let listed = 0; ; ) {
    const page = await connection.ask({ right: 's3:ListBucketVersions' }, (client, options) =>
      client.listObjectVersions({ Bucket: bucket, Prefix: `${root}${prefix}`, ...next }, options),
    );
    for (const [list, marker] of [
      [page.Versions ?? [], false],
      [page.DeleteMarkers ?? [], true],
    ] as const)
      for (const one of list) {
        if (one.Key === undefined || one.VersionId === undefined) continue;
        listed += 1;
        yield {
          key: one.Key.slice(root.length),
          version: one.VersionId,
          marker,
          latest: one.IsLatest === true,
          length: ('Size' in one ? one.Size : undefined) ?? 0,
          modified: one.LastModified?.getTime() ?? 0,
        };
      }
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
    if (listed > MOST)
      throw new ExhibitError('STORE_FAILED', `${name} has more than ${MOST} versions below ${prefix}`, {
        location: { file: name },
      });
    next = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
}
