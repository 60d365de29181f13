import type { S3Client } from '@aws-sdk/client-s3';
import { isExhibitError } from '../../../record/index.ts';
import type { S3Setting } from '../../bundle-settings.ts';
import { causeOf, notThere, originFault, readAll, tooLong } from './faults.ts';
import type { Bounds, Found, Origin, OriginKind } from './types.ts';

export const s3: OriginKind = ({ s3: setting }) => (setting === undefined ? undefined : new Bucket(setting));

/** One object, read by GetObject alone: no listing, no other right is needed. */
class Bucket implements Origin {
  readonly name: string;
  readonly folder = undefined;
  readonly every: number;
  readonly #setting: S3Setting;
  #client: S3Client | undefined;

  constructor(setting: S3Setting) {
    this.#setting = setting;
    this.name = `s3://${setting.bucket}/${setting.key}`;
    this.every = setting.poll_seconds;
  }

  async read(since: string | undefined, { bytes: limit, signal }: Bounds): Promise<Found | 'unchanged'> {
    const { bucket, key } = this.#setting;
    // Loaded here, so that only a server with such a bundle has it in memory.
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#open();
    try {
      const { Body, ETag, ContentLength } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(since === undefined ? {} : { IfNoneMatch: since }),
        }),
        { abortSignal: signal },
      );
      const body = Body as (AsyncIterable<Uint8Array> & { destroy?(): void }) | undefined;
      if ((ContentLength ?? 0) > limit) {
        body?.destroy?.();
        throw tooLong(this.name, limit);
      }
      return { bytes: await readAll(body, limit, this.name), tag: ETag };
    } catch (error) {
      if (statusOf(error) === 304) return 'unchanged';
      throw isExhibitError(error) ? error : this.#fault(error);
    }
  }

  close(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }

  async #open(): Promise<S3Client> {
    if (this.#client !== undefined) return this.#client;
    const { S3Client: Client } = await import('@aws-sdk/client-s3');
    const { region, endpoint, path_style } = this.#setting;
    this.#client ??= new Client({
      region,
      forcePathStyle: path_style,
      ...(endpoint === undefined ? {} : { endpoint }),
      // Tries are counted in one place for all origins.
      maxAttempts: 1,
      // The bundle's own signature says whether its bytes are right; not every S3 knows these checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return this.#client;
  }

  #fault(error: unknown): Error {
    const { bucket, key, region } = this.#setting;
    const status = statusOf(error);
    const name = nameOf(error);
    const said = status === undefined ? causeOf(error) : `${status}${name === undefined ? '' : ` ${name}`}`;
    if (name === 'CredentialsProviderError')
      return originFault(this.name, 'there are no credentials', {
        cause: error,
        hint: 'Set AWS_PROFILE, or give the machine or the service account a role that may s3:GetObject.',
      });
    if (status === 404)
      return notThere(this.name, 'Look at bucket, key, region and endpoint in the configuration.', error);
    if (status === 403)
      return originFault(this.name, `${said}: access is denied`, {
        cause: error,
        hint: `Allow s3:GetObject on arn:aws:s3:::${bucket}/${key}. Without s3:ListBucket a missing object is denied, too.`,
      });
    if (status === 301 || name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed')
      return originFault(this.name, `${said}: the bucket is not in ${region}`, {
        cause: error,
        hint: 'Set s3.region to the region of the bucket.',
      });
    return originFault(this.name, said, {
      cause: error,
      again: status === undefined || status === 429 || status >= 500,
      hint: 'The last good bundle is served until it answers.',
    });
  }
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { $metadata?: { httpStatusCode?: unknown } }).$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The code of the answer, if it is a word: it comes from outside. */
function nameOf(error: unknown): string | undefined {
  const { name } = error as { name?: unknown };
  return typeof name === 'string' && /^[A-Za-z]{3,60}$/.test(name) && !/^Unknown/.test(name)
    ? name
    : undefined;
}
