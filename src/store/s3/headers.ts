import { type Digest, fromHex } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import type { Asked } from './faults.ts';
import { type Lock, lockOf } from './lock.ts';
import { DIGEST_NAME } from './read.ts';
import { lockAt } from './settings.ts';

export interface ToWrite {
  /** Below the bucket. */
  key: string;
  bytes: Uint8Array;
  digest: Digest;
  /** Refuse to replace: `If-None-Match: *`. Not every store heeds it. */
  ifAbsent: boolean;
  /** Instead of that of the settings. */
  lock?: Lock;
}

export const base64Of = (digest: Digest): string =>
  Buffer.from(fromHex(digest.slice('sha256:'.length))).toString('base64');

/** What is asked to write it. */
export function askedOf(connection: Connection, object: ToWrite): Asked {
  const locked = headersOf(connection, object).ObjectLockMode !== undefined;
  return { right: 's3:PutObject', key: object.key, locked };
}

/** What an object carries, written whole or in parts. */
export function headersOf({ place, clock }: Connection, { key, digest, lock }: ToWrite) {
  const locked: Lock = lock ?? lockOf(lockAt(place, key), clock());
  return {
    Bucket: place.bucket,
    Key: key,
    Metadata: { [DIGEST_NAME]: digest.slice('sha256:'.length) },
    ...(place.kms_key === undefined
      ? {}
      : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: place.kms_key }),
    ...locked,
  };
}
