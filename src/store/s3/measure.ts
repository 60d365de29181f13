import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { type Digest, ExhibitError } from '../../record/index.ts';
import type { Connection } from './connection.ts';
import { type Head, head, headOf, isAbsent } from './read.ts';

/** The lock of one version, as the store shows it. */
export interface LockState {
  /** Undefined where it has no lock, or where these credentials may not see it. */
  mode: 'GOVERNANCE' | 'COMPLIANCE' | undefined;
  /** When it ends, in milliseconds since 1970; undefined where there is none. */
  until: number | undefined;
  /** Legal hold. */
  held: boolean;
}

/** What the store says about one version. */
export interface Looked {
  /** Undefined where the bucket keeps none. */
  version: string | undefined;
  length: number;
  lock: LockState;
  /** When it was written, in milliseconds since 1970, by the clock of the store. */
  modified: number;
}

export interface Measured extends Looked {
  /** Of the bytes that came, whatever stands beside them. */
  digest: Digest;
  /** False where more bytes came than were wanted: the rest was not read, and the digest is that of nothing. */
  whole: boolean;
}

/** What the store says about an object, or a version of it; undefined where there is none. @throws ExhibitError STORE_FAILED */
export async function look(
  connection: Connection,
  key: string,
  version?: string,
): Promise<Looked | undefined> {
  const found = await head(connection, key, version);
  return found === undefined ? undefined : lookedOf(found);
}

/**
 * Reads an object and hashes what comes, without keeping it.
 * @param most bytes that are read
 * @throws ExhibitError STORE_FAILED
 */
export async function measure(
  connection: Connection,
  key: string,
  { version, most }: { version?: string | undefined; most: number },
): Promise<Measured | undefined> {
  const { bucket } = connection.place;
  return connection.ask({ right: 's3:GetObject', key }, async (client, { abortSignal }, alive) => {
    try {
      const answer = await client.getObject(
        { Bucket: bucket, Key: key, ...(version === undefined ? {} : { VersionId: version }) },
        { abortSignal },
      );
      const stream = addAbortSignal(abortSignal, answer.Body as Readable);
      const hash = createHash('sha256');
      let length = 0;
      for await (const part of stream as AsyncIterable<Uint8Array>) {
        alive();
        length += part.length;
        if (length > most) break;
        hash.update(part);
      }
      const said = headOf(answer);
      if (length < said.length && length <= most)
        throw new ExhibitError('STORE_FAILED', `s3://${bucket}/${key}: the bytes ended too soon`, {
          location: { file: `s3://${bucket}/${key}` },
          details: { again: true },
        });
      return { ...lookedOf(said), length, digest: `sha256:${hash.digest('hex')}`, whole: length <= most };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  });
}

function lookedOf({ version, length, lock, modified }: Head): Looked {
  return {
    version,
    length,
    modified,
    lock: {
      mode: lock.ObjectLockMode,
      until: lock.ObjectLockRetainUntilDate?.getTime(),
      held: lock.ObjectLockLegalHoldStatus === 'ON',
    },
  };
}
