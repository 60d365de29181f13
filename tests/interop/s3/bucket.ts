import { S3 } from '@aws-sdk/client-s3';
import { type S3Options, type S3Store, type S3StoreSettings, s3Store } from '../../../src/store/index.ts';
import type { S3Credentials, S3Server } from './start.ts';

/** Makes the chain of the SDK find these. */
export function become({ accessKeyId, secretAccessKey }: S3Credentials): void {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
}

/** Whoever may do all in the buckets of a user: the opponent too. */
export function administrator({ endpoint, region, credentials }: S3Server): S3 {
  return new S3({ endpoint, region, credentials, forcePathStyle: true });
}

/** A store of ours on a server of these tests. */
export function storeOn(
  { endpoint, region }: Pick<S3Server, 'endpoint' | 'region'>,
  settings: S3StoreSettings,
  options?: S3Options,
): S3Store {
  return s3Store({ endpoint, region, path_style: true, ...settings }, options);
}

let made = 0;

/** A new bucket with versions and Object Lock; its name. */
export async function lockedBucket(client: S3, locked = true): Promise<string> {
  made += 1;
  const Bucket = `evidence-${process.pid}-${made}`;
  await client.createBucket({ Bucket, ...(locked ? { ObjectLockEnabledForBucket: true } : {}) });
  return Bucket;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
