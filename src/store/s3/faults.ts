import { ExhibitError, isExhibitError } from '../../record/index.ts';
import { causeOf, nameOf, statusOf } from './answer.ts';
import type { S3Place } from './settings.ts';

/** What was asked, for messages. */
export interface Asked {
  /** The right that it needs, such as `s3:PutObject`. */
  right: string;
  /** Below the bucket; undefined where it is about the bucket. */
  key?: string;
  /** Whether it is written with a lock. */
  locked?: boolean;
}

/** An error of the SDK as ours: what was asked, what came back, what to do. Nothing of the answer but its word and status is shown. */
export function storeFault(error: unknown, place: S3Place, asked: Asked): ExhibitError {
  const { right, key } = asked;
  if (isExhibitError(error)) return error;
  const status = statusOf(error);
  const name = nameOf(error);
  const said =
    status === undefined ? (name ?? causeOf(error)) : `${status}${name === undefined ? '' : ` ${name}`}`;
  const file = key === undefined ? `s3://${place.bucket}` : `s3://${place.bucket}/${key}`;
  const { why, hint } = explain(error, place, asked);
  return new ExhibitError('STORE_FAILED', `${file}: ${why ?? said}${why === undefined ? '' : ` (${said})`}`, {
    cause: error,
    location: { file },
    hint,
    details: { right, status, said: name ?? causeOf(error) },
  });
}

function explain(
  error: unknown,
  { bucket, region }: S3Place,
  { right, key, locked }: Asked,
): { why?: string; hint: string } {
  const name = nameOf(error);
  const status = statusOf(error);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError')
    return {
      why: 'there are no credentials',
      hint: 'Set AWS_PROFILE, or give the machine or the service account a role.',
    };
  if (error instanceof Error && /^Region is missing/.test(error.message))
    return { why: 'no region is set', hint: 'Give --region, or set AWS_REGION.' };
  if (/^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|InvalidToken)$/.test(name ?? ''))
    return {
      why: 'the credentials have expired or are not valid any more',
      hint: 'Renew them and give the same command again: what was written stays, and it goes on from there.',
    };
  if (name === 'RequestTimeTooSkewed')
    return {
      why: 'the clocks of this machine and of the store differ',
      hint: 'Set the clock of this machine.',
    };
  if (
    status === 301 ||
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(name ?? '')
  )
    return {
      why: `the bucket is not in ${region ?? 'the region of the settings'}`,
      hint: 'Give the region of the bucket with --region.',
    };
  if (name === 'NoSuchBucket')
    return { why: 'there is no such bucket', hint: 'Look at bucket, region and endpoint.' };
  if (name === 'InvalidAccessKeyId' || name === 'SignatureDoesNotMatch')
    return {
      why: 'the credentials are wrong',
      hint: 'Look at the credentials, and at the endpoint they are for.',
    };
  if (status === 403)
    return {
      why: 'access is denied',
      hint: `Allow ${right} on arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}. Without s3:ListBucket a missing object is denied, too.`,
    };
  // The answer to a HEAD has no word for its error.
  if (status === 400 && (name === undefined || name === 'BadRequest'))
    return {
      why: 'the request is refused without a reason',
      hint: 'The credentials may have expired, or the bucket is in another region. Set them right and give the same command again: it goes on from there.',
    };
  if (status === 400 && name === 'InvalidRequest' && locked === true)
    return {
      why: 'the bucket takes no lock',
      hint: 'Object Lock is switched on when a bucket is made, with versioning. Ask with: exhibit store check',
    };
  return {
    hint: 'Nothing is known of what was asked last. Give the same command again: it goes on from there.',
  };
}
