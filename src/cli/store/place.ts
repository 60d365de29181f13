import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ExhibitError } from '../../record/index.ts';
import { isS3Url, type NamedStore, namedFolder, type S3Store, s3Store } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { type BucketFlags, bucketOf } from './flags.ts';

/** A place that holds a copy, and how to leave it. */
export interface Place {
  store: NamedStore;
  /** The same place, where it may have older versions of what it holds. */
  versions?: S3Store;
  close(): void;
}

/** A copy to read: a folder or a bucket. Bytes are given as they are, since the log itself says which differ. */
export function copyAt(place: string, flags: BucketFlags, { clock, cwd }: Context): Place {
  if (!isS3Url(place)) return folderPlace(resolve(cwd, place));
  const store = s3Store(bucketOf(place, flags), { clock, differing: 'give' });
  return { store, versions: store, close: () => store.close() };
}

export function folderPlace(folder: string): Place {
  return { store: namedFolder(folder), close: () => undefined };
}

/**
 * A folder that a copy may go to.
 * @throws ExhibitError LEDGER_EXISTS for one that is written to, USAGE for one that lies in the ledger or around it
 */
export function mustBeApart(source: string, target: string): void {
  const location = { file: target };
  const within = (from: string, to: string) => {
    const way = relative(from, to);
    return way === '' || (!way.startsWith('..') && resolve(way) !== way);
  };
  if (within(source, target) || within(target, source))
    throw new ExhibitError('USAGE', `${target} and ${source} lie in one another`, {
      location,
      hint: 'Copy to a folder of its own, on another disk.',
    });
  if (existsSync(join(target, 'writer.db')))
    throw new ExhibitError('LEDGER_EXISTS', `${target} is a ledger that is written to`, {
      location,
      hint: 'Nothing is copied over a ledger: take another folder.',
    });
}
