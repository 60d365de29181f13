import { ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';

/** A version of one object, or a delete marker. */
export interface Version {
  version: string;
  marker: boolean;
  /** Bytes; 0 for a marker. */
  length: number;
}

/** Nobody writes one object so often. */
const MOST = 100_000;

/** All versions and delete markers of one object, the newest first. @throws ExhibitError STORE_FAILED */
export async function versionsOf(connection: Connection, key: string): Promise<Version[]> {
  const found: (Version & { at: number })[] = [];
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await connection.ask({ right: 's3:ListBucketVersions' }, (client, options) =>
      client.listObjectVersions({ Bucket: connection.place.bucket, Prefix: key, ...next }, options),
    );
    for (const [list, marker] of [
      [page.Versions ?? [], false],
      [page.DeleteMarkers ?? [], true],
    ] as const)
      for (const one of list)
        if (one.Key === key && one.VersionId !== undefined)
          found.push({
            version: one.VersionId,
            marker,
            length: ('Size' in one ? one.Size : undefined) ?? 0,
            at: one.LastModified?.getTime() ?? 0,
          });
    // Keys come sorted: one behind ours ends it.
    const past = (page.NextKeyMarker ?? '') > key;
    if (page.IsTruncated !== true || past || page.NextKeyMarker === undefined) break;
    if (found.length > MOST)
      throw new ExhibitError(
        'STORE_FAILED',
        `s3://${connection.place.bucket}/${key} has more than ${MOST} versions`,
      );
    next = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    };
  }
  // Within its list each kind is in order, the newest first; the sort keeps that for equal times.
  return found.sort((a, b) => b.at - a.at).map(({ at: _, ...version }) => version);
}
