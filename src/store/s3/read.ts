import { createHash } from 'node:crypto';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { type Digest, ExhibitError, formatDigest, isDigest } from '../../record/index.ts';
import { nameOf, statusOf } from './answer.ts';
import { type Connection, readBody } from './connection.ts';
import type { Lock } from './lock.ts';

/** Name of the metadata in which the digest stands, for stores that keep no SHA-256 themselves. */
export const DIGEST_NAME = 'exhibit-sha256';

/** An object of more bytes is not read into memory. */
export const MOST_BYTES = 2 ** 30;

/** What the head of an object says. */
export interface Head {
  version: string | undefined;
  length: number;
  /** As the store itself computed it over the whole object; undefined where it keeps none. */
  computed: Digest | undefined;
  /** As who wrote it said: it shows damage, and proves nothing against who may write. */
  said: Digest | undefined;
  lock: Lock;
  /** When it was written, in milliseconds since 1970, by the clock of the store. */
  modified: number;
}

export const digestOf = (bytes: Uint8Array): Digest =>
  formatDigest(createHash('sha256').update(bytes).digest());

/** The head of an object, of a version where one is named; undefined where there is none. @throws ExhibitError STORE_FAILED */
export async function head(connection: Connection, key: string, version?: string): Promise<Head | undefined> {
  return connection.ask({ right: 's3:GetObject', key }, async (client, options) => {
    try {
      return headOf(
        await client.headObject(
          {
            Bucket: connection.place.bucket,
            Key: key,
            ChecksumMode: 'ENABLED',
            ...(version === undefined ? {} : { VersionId: version }),
          },
          options,
        ),
      );
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  });
}

/** Damage on the way does not come so often. */
const DIFFERING_TRIES = 3;

export interface ReadOptions {
  version?: string | undefined;
  /** Whether the bytes are compared with the digest beside them; default true. Not where they are compared with others anyway. */
  check?: boolean;
  /** Gives out bytes that differed each time. */
  give?: boolean;
}

/**
 * Bytes of an object, compared with the SHA-256 that stands beside them; undefined where there is none.
 * @throws ExhibitError STORE_FAILED, also for bytes that differ each time or are more than a gigabyte
 */
export async function read(
  connection: Connection,
  key: string,
  { version, check = true, give = false }: ReadOptions = {},
): Promise<{ bytes: Uint8Array; version: string | undefined } | undefined> {
  const { bucket } = connection.place;
  const location = { file: `s3://${bucket}/${key}` };
  let differed = 0;
  return connection.ask({ right: 's3:GetObject', key }, async (client, options, alive) => {
    try {
      const answer = await client.getObject(
        {
          Bucket: bucket,
          Key: key,
          ChecksumMode: 'ENABLED',
          ...(version === undefined ? {} : { VersionId: version }),
        },
        options,
      );
      const bytes = await readBody(answer.Body, MOST_BYTES, options.abortSignal, alive);
      const { computed, said, length, version: found } = headOf(answer);
      const wanted = check ? (computed ?? said) : undefined;
      const whole = bytes.length === length && (wanted === undefined || digestOf(bytes) === wanted);
      if (!whole) differed += 1;
      if (!whole && !(give && differed >= DIFFERING_TRIES))
        throw new ExhibitError(
          'STORE_FAILED',
          `${location.file}: the bytes that came are not those that were written`,
          {
            location,
            details: { again: differed < DIFFERING_TRIES, expected: wanted, actual: digestOf(bytes) },
            hint: 'Look at the versions of the object: an earlier one may be whole.',
          },
        );
      return { bytes, version: found };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      if (error instanceof RangeError)
        throw new ExhibitError('STORE_FAILED', `${location.file}: ${error.message}, which are not read`, {
          location,
        });
      throw error;
    }
  });
}

/** No such object, or a delete marker in its place. A bucket that is not there is an error. */
export function isAbsent(error: unknown): boolean {
  return statusOf(error) === 404 && nameOf(error) !== 'NoSuchBucket';
}

export function headOf(answer: Omit<HeadObjectCommandOutput, '$metadata'>): Head {
  const said = `sha256:${answer.Metadata?.[DIGEST_NAME] ?? ''}`;
  return {
    version: answer.VersionId,
    length: answer.ContentLength ?? 0,
    computed: answer.ChecksumType === 'COMPOSITE' ? undefined : fromBase64(answer.ChecksumSHA256),
    said: isDigest(said) ? said : undefined,
    modified: answer.LastModified?.getTime() ?? 0,
    lock: {
      ...(answer.ObjectLockMode === undefined ? {} : { ObjectLockMode: answer.ObjectLockMode }),
      ...(answer.ObjectLockRetainUntilDate === undefined
        ? {}
        : { ObjectLockRetainUntilDate: answer.ObjectLockRetainUntilDate }),
      ...(answer.ObjectLockLegalHoldStatus === 'ON' ? { ObjectLockLegalHoldStatus: 'ON' } : {}),
    },
  };
}

/** Undefined for what is not 32 bytes, such as the checksum of checksums of an object in parts (`...-3`). */
function fromBase64(text: string | undefined): Digest | undefined {
  const bytes = /^[A-Za-z0-9+/]{43}=$/.test(text ?? '') ? Buffer.from(text ?? '', 'base64') : undefined;
  return bytes === undefined ? undefined : formatDigest(bytes);
}
