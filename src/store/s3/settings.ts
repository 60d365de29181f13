import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';

/** Amazon keeps a lock for a hundred years at most. */
const MOST_DAYS = 36_500;

export const lockSchema = z
  .strictObject({
    mode: z.enum(['GOVERNANCE', 'COMPLIANCE']).default('GOVERNANCE'),
    days: z.int().min(1).max(MOST_DAYS).describe('that an object stays locked, from when it is written'),
    acknowledge_irreversible: z
      .boolean()
      .default(false)
      .describe(
        'COMPLIANCE: nobody, not even the owner of the account, can delete or shorten before the days are over',
      ),
    retention: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/), z.int().min(1).max(MOST_DAYS))
      .describe(
        'days for evidence/<framework>/..., by framework; what all of them need (log, blobs, facts) is locked for the longest of all',
      )
      .optional(),
    legal_hold: z.boolean().default(false).describe('held until it is taken off, whatever the days say'),
  })
  .refine(({ mode, acknowledge_irreversible }) => mode !== 'COMPLIANCE' || acknowledge_irreversible, {
    message: 'COMPLIANCE cannot be undone by anybody: it wants acknowledge_irreversible: true',
    path: ['acknowledge_irreversible'],
  });

/** A bucket, or a part of one. Credentials do not stand here: they come by the default chain of the SDK. */
export const s3StoreSchema = z.strictObject({
  url: z
    .string()
    .regex(
      /^s3:\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](\/[\w.+=@-]+)*\/?$/i,
      'expected s3://BUCKET or s3://BUCKET/PREFIX, of letters, digits and ._+=@-',
    )
    .refine((url) => !/\/\.{1,2}(\/|$)/.test(url), 'has a part that is . or ..'),
  region: z.string().min(1).describe('default: as the SDK finds it (AWS_REGION, profile)').optional(),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .describe("of another S3 than Amazon's (default: AWS_ENDPOINT_URL_S3)")
    .optional(),
  path_style: z.boolean().default(false).describe('the bucket is in the path, not in the host'),
  kms_key: z
    .string()
    .min(1)
    .max(2048)
    .describe('id or ARN of the key that encrypts what is written')
    .optional(),
  lock: lockSchema.describe('lock of what is written (default: what the bucket says)').optional(),
});

export type S3StoreSettings = z.input<typeof s3StoreSchema>;
export type LockSetting = z.output<typeof lockSchema>;

/** The lock of what is written under a key below the bucket: by framework for its evidence, else the longest of all. */
export function lockAt(
  { lock, prefix }: Pick<S3Place, 'lock' | 'prefix'>,
  key: string,
): LockSetting | undefined {
  if (lock?.retention === undefined) return lock;
  const { retention } = lock;
  const [folder, framework = ''] = key.slice(prefix.length).split('/');
  if (folder === 'evidence')
    return {
      ...lock,
      days: Object.hasOwn(retention, framework) ? (retention[framework] ?? lock.days) : lock.days,
    };
  return { ...lock, days: Math.max(lock.days, ...Object.values(retention)) };
}

/** Settings with their bucket and prefix apart. */
export interface S3Place extends Omit<z.output<typeof s3StoreSchema>, 'url'> {
  /** `s3://bucket/prefix`, without a slash at the end. */
  name: string;
  bucket: string;
  /** Empty, or with a slash at the end. */
  prefix: string;
}

/** @throws ExhibitError CONFIG_INVALID, naming the setting */
export function s3Place(settings: S3StoreSettings): S3Place {
  const parsed = s3StoreSchema.safeParse(settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ExhibitError('CONFIG_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`, {
      location: { file: settings.url },
    });
  }
  const { url, ...rest } = parsed.data;
  const name = url.replace(/\/$/, '');
  const [bucket = '', ...parts] = name.slice('s3://'.length).split('/');
  return { ...rest, name, bucket, prefix: parts.map((part) => `${part}/`).join('') };
}
