import { toHex } from '../record/index.ts';
import { folderStore, getBlob, type NamedStore } from '../store/index.ts';
import type { Stamped } from '../verify/index.ts';
import { earlierRoot } from './audit-path.ts';
import { BundleCache } from './bundle-cache.ts';
import { recordedAt } from './entry.ts';
import { sha256 } from './hash.ts';
import { ProvenLog } from './proven-log.ts';
import type { VerifiedLedger } from './verify-options.ts';

/** Which time stamps a reader believes. */
export interface StampTrust {
  /** Roots of authorities, PEM. */
  roots: string;
  /** Object identifiers of policies; left out: any of these authorities. */
  policies?: readonly string[];
}

/**
 * Checks every time stamp of a ledger that was verified, against the same checkpoint.
 * @throws ExhibitError TIMESTAMP_INVALID with the record; BLOB_MISSING, BLOB_DIGEST for a token; CONFIG_INVALID for the roots
 */
export async function verifyStamped(
  place: string | NamedStore,
  { checkpoint, stamps }: Pick<VerifiedLedger, 'checkpoint' | 'stamps'>,
  { roots, policies }: StampTrust,
): Promise<Stamped> {
  // Loaded here: what reads certificates is large, and most commands need none of it.
  const { parseRoots, verifyStamps } = await import('../verify/timestamp/index.ts');
  const store = typeof place === 'string' ? folderStore(place) : place;
  const log = new ProvenLog(store, checkpoint);
  const bundles = new BundleCache(log);
  return verifyStamps(stamps, {
    origin: checkpoint.origin,
    size: checkpoint.size,
    rootAt: async (size) => toHex(await earlierRoot(log, size)),
    recordedAt: async (index) => recordedAt(await bundles.entry(index)),
    blob: (digest) => getBlob(store, sha256, digest),
    roots: parseRoots(roots),
    ...(policies === undefined ? {} : { policies }),
  });
}
