import { ExhibitError } from '../../record/index.ts';
import type { StampedLog } from '../timestamp/stamps.ts';
import { blobPath, type VerifiedPack } from './verify.ts';

/**
 * What the time stamps of a pack that holds are compared with, for `verifyStamps`. A pack has some records of its log: the time of one that it has not is
 * taken from the nearest before it, which is no later.
 */
export function stampedPack({ contents, inside }: VerifiedPack): Omit<StampedLog, 'roots' | 'policies'> {
  const { origin, size } = contents.log;
  const { files, records, roots } = inside;
  const indexes = [...records.keys()].sort((a, b) => a - b);
  return {
    origin,
    size,
    rootAt: async (at) => roots.get(at) ?? '',
    recordedAt: async (index) => {
      const nearest = indexes.findLast((each) => each <= index);
      // Before all of them nothing is known, and no time is later than the first.
      return String(nearest === undefined ? new Date(0).toISOString() : records.get(nearest)?.recorded_at);
    },
    blob: async (digest) => {
      const path = blobPath(digest);
      const bytes = files.get(path);
      if (bytes === undefined)
        throw new ExhibitError('BLOB_MISSING', `the token ${digest} is not in the pack`, {
          hint: 'Ask for a pack that has it, or leave the roots out: then nothing is known of when it was.',
          location: { file: path },
        });
      return bytes;
    },
  };
}
