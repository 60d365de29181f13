import type { S3Client } from '@aws-sdk/client-s3';
import { ExhibitError } from '../../../record/index.ts';
import { saidBy } from '../problem.ts';

export interface AwsPlace {
  /** Where neither the environment nor the profile says one. */
  region?: string | undefined;
  /** Another service that speaks the protocols of AWS. */
  endpoint?: string | undefined;
}

const CALL_MILLISECONDS = 60_000;
const TRIES = 4;
/** Objects that are looked at by their names: for more, a narrower prefix. */
const MOST_KEYS = 2_000_000;

/** Reads objects of S3, with the credentials that the machine has: s3:ListBucket and s3:GetObject. */
export class Objects {
  readonly #place: AwsPlace;
  #client: S3Client | undefined;

  constructor(place: AwsPlace) {
    this.#place = place;
  }

  /** Every key below a prefix. @throws ExhibitError INPUT_TOO_LARGE; what the SDK throws */
  async *keys(bucket: string, prefix: string): AsyncGenerator<string> {
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    let token: string | undefined;
    let count = 0;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        { abortSignal: AbortSignal.timeout(CALL_MILLISECONDS) },
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      count += page.Contents?.length ?? 0;
      if (count > MOST_KEYS)
        throw new ExhibitError('INPUT_TOO_LARGE', `more than ${MOST_KEYS} objects lie there`, {
          location: { file: `s3://${bucket}/${prefix}` },
          hint: 'Name a narrower prefix: one account and region, or a year.',
        });
      token = page.NextContinuationToken;
    } while (token !== undefined && token !== '');
  }

  /**
   * An object as it lies there.
   * @param most longest object in bytes
   * @throws ExhibitError INPUT_TOO_LARGE, INPUT_UNREADABLE
   */
  async read(bucket: string, key: string, most: number): Promise<Uint8Array> {
    const file = `s3://${bucket}/${key}`;
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
        abortSignal: AbortSignal.timeout(CALL_MILLISECONDS),
      });
      const body = Body as (AsyncIterable<Uint8Array> & { destroy?(): void }) | undefined;
      const parts: Uint8Array[] = [];
      let bytes = ContentLength ?? 0;
      if (bytes <= most) {
        bytes = 0;
        for await (const part of body ?? []) {
          bytes += part.length;
          if (bytes > most) break;
          parts.push(part);
        }
      }
      if (bytes <= most) return Buffer.concat(parts);
      body?.destroy?.();
    } catch (cause) {
      throw new ExhibitError('INPUT_UNREADABLE', `the object cannot be read: ${saidBy(cause)}`, {
        cause,
        location: { file },
        hint: 'Allow s3:GetObject on the objects of the bucket, and kms:Decrypt on its key.',
      });
    }
    throw new ExhibitError('INPUT_TOO_LARGE', `the object is longer than ${most} bytes`, {
      location: { file },
    });
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #open(): Promise<S3Client> {
    // Loaded here, so that only who asks S3 has it in memory.
    const { S3Client: Client } = await import('@aws-sdk/client-s3');
    const { region, endpoint } = this.#place;
    this.#client ??= new Client({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      followRegionRedirects: true,
      maxAttempts: TRIES,
    });
    return this.#client;
  }
}
