import { type Digest, ExhibitError, formatDigest, isDigest, type Sha256 } from '../record/index.ts';
import type { FolderStore } from './folder.ts';
import type { ObjectStore } from './types.ts';

/** Key of a blob: `blobs/sha256/ab/<the other 62 digits>`. @throws ExhibitError USAGE for what is no digest */
export function blobKey(digest: Digest): string {
  if (!isDigest(digest)) throw new ExhibitError('USAGE', `${JSON.stringify(digest)} is not a digest`);
  const hex = digest.slice('sha256:'.length);
  return `blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
}

/** Stores bytes under their digest. Storing them again does nothing. @throws ExhibitError LEDGER_IO */
export async function putBlob(store: ObjectStore, sha256: Sha256, bytes: Uint8Array): Promise<Digest> {
  const digest = formatDigest(sha256(bytes));
  const key = blobKey(digest);
  const there = await store.get(key);
  // A blob that was damaged on disk is written anew: its bytes are known to be right.
  const whole = there !== undefined && formatDigest(sha256(there)) === digest;
  await store.put(key, bytes, { ifAbsent: whole || there === undefined });
  return digest;
}

/** The same for many, which is faster: names are synced once a folder. @throws ExhibitError LEDGER_IO (any of them may be there) */
export async function putBlobs(
  store: FolderStore,
  sha256: Sha256,
  blobs: Iterable<Uint8Array>,
): Promise<Digest[]> {
  const all = new Map<Digest, Uint8Array>();
  for (const bytes of blobs) all.set(formatDigest(sha256(bytes)), bytes);
  const fresh = [];
  for (const [digest, bytes] of all) {
    const key = blobKey(digest);
    if ((await store.get(key)) === undefined) fresh.push({ key, bytes });
    else await putBlob(store, sha256, bytes);
  }
  await store.putAll(fresh);
  return [...all.keys()];
}

/** Bytes of a blob, checked against their digest. @throws ExhibitError BLOB_MISSING, BLOB_DIGEST */
export async function getBlob(store: ObjectStore, sha256: Sha256, digest: Digest): Promise<Uint8Array> {
  const key = blobKey(digest);
  const bytes = await store.get(key);
  if (bytes === undefined) {
    throw new ExhibitError('BLOB_MISSING', `the blob ${digest} is not there`, { location: { file: key } });
  }
  const actual = formatDigest(sha256(bytes));
  if (actual !== digest) {
    throw new ExhibitError('BLOB_DIGEST', `the blob ${digest} has the digest ${actual}`, {
      location: { file: key },
      details: { expected: digest, actual },
    });
  }
  return bytes;
}
