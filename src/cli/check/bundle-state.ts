import { type Bundle, bundleDigest, digestOf, unpackTar } from '../../policy/index.ts';
import type { Digest, ErrorCode, ExhibitError } from '../../record/index.ts';

/** Something wrong with the bundle that an enforcement point was given, and what it did about it. */
export interface BundleState {
  /**
   * stale: its signature held until a time that is over. rolled_back: an older one than the last.
   * other_lineage: one of another policy repository than the last. unverifiable: not to be trusted.
   */
  state: 'stale' | 'rolled_back' | 'other_lineage' | 'unverifiable';
  /**
   * kept_last: the last good bundle went on in its place. nothing_passes: it was used, and a pass by it is recorded as not
   * evaluated. refused: nothing was judged.
   */
  action: 'kept_last' | 'nothing_passes' | 'refused';
  code: ErrorCode;
  /** In words: what is wrong, and what was done. */
  message: string;
  /** Of the bundle that is not as it should be. Of one that does not verify these are its own claims, where it could be read. */
  digest: Digest;
  serial?: number;
  revision?: string;
  expires?: string;
  /** What was used in its place, or itself. */
  used?: { digest: Digest; serial: number; revision: string; expires?: string };
}

/** An older bundle than the last one that was used, or one of another policy repository: its signature holds. */
export function passedOver(error: ExhibitError, kept: Bundle | undefined): BundleState {
  const { digest, serial, revision } = error.details;
  return {
    state: error.code === 'BUNDLE_LINEAGE' ? 'other_lineage' : 'rolled_back',
    code: error.code,
    digest: digest as Digest,
    ...(typeof serial === 'number' ? { serial } : {}),
    ...(typeof revision === 'string' ? { revision } : {}),
    ...instead(error.message, kept),
  };
}

/** A bundle whose signature or bytes do not hold, or cannot be told to hold now. Its digest is that of its files, or of its bytes where it cannot be unpacked. */
export function unverifiable(error: ExhibitError, bytes: Uint8Array, kept: Bundle | undefined): BundleState {
  let digest: Digest;
  try {
    digest = bundleDigest(unpackTar(bytes));
  } catch {
    digest = digestOf(bytes);
  }
  return { state: 'unverifiable', code: error.code, digest, ...instead(error.message, kept) };
}

/** A bundle that has expired: another one that has not goes on, or itself, by which nothing passes. */
export function stale(bundle: Bundle, used: Bundle): BundleState {
  const { digest, revision_time: serial, revision, expires } = bundle;
  const what = `The signature of the bundle of ${revision} held until ${expires}.`;
  const self = used === bundle;
  return {
    state: 'stale',
    action: self ? 'nothing_passes' : 'kept_last',
    code: 'BUNDLE_EXPIRED',
    message: self ? `${what} It still finds violations; nothing passes by it.` : `${what} ${goesOn(used)}`,
    digest,
    serial,
    revision,
    ...(expires === undefined ? {} : { expires }),
    used: named(used),
  };
}

function instead(why: string, kept: Bundle | undefined): Pick<BundleState, 'action' | 'message' | 'used'> {
  if (kept === undefined)
    return { action: 'refused', message: `${why} There is no last good bundle, so nothing was judged.` };
  return { action: 'kept_last', message: `${why} ${goesOn(kept)}`, used: named(kept) };
}

const goesOn = ({ revision }: Bundle) => `The last good one goes on in its place, of ${revision}.`;

function named({
  digest,
  revision_time: serial,
  revision,
  expires,
}: Bundle): NonNullable<BundleState['used']> {
  return { digest, serial, revision, ...(expires === undefined ? {} : { expires }) };
}
