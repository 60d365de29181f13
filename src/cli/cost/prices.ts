import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';

const price = z.number().min(0).max(1_000_000);

const regionSchema = z.strictObject({
  s3_gb_month: price.describe('S3 Standard, a GB (2^30 bytes) for a month'),
  s3_put_1000: price.describe('1,000 requests that write or list'),
  s3_get_1000: price.describe('1,000 requests that read'),
  athena_tb: price.describe('a TB (2^40 bytes) that Athena reads'),
  athena_least_mb: price.describe('MB (2^20 bytes) that a query is charged at least'),
  kms_key_month: price.describe('a key of yours for a month'),
  kms_10000: price.describe('10,000 requests of KMS'),
  glue_objects_free: z.int().min(0).describe('objects of the catalogue that cost nothing'),
  glue_100000_objects_month: price.describe('100,000 more for a month'),
  glue_requests_free_month: z.int().min(0).describe('requests to the catalogue a month that cost nothing'),
  glue_1000000_requests: price.describe('a million more'),
});

/** A table of prices, version 1, as published: what `exhibit cost --prices FILE` takes. */
export const pricesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  title: z.string().max(500),
  dated: z
    .string()
    .regex(/^\d{4}-\d{2}(-\d{2})?$/)
    .describe('when the prices were looked up'),
  sources: z.array(z.url()).min(1).describe('where they stand'),
  regions: z.record(z.string(), regionSchema),
});

export type Prices = z.infer<typeof pricesSchema>;
export type RegionPrices = z.infer<typeof regionSchema>;

/** A table larger than this is none. */
const MOST_BYTES = 1 << 20;

/**
 * A table of prices: that of the file, or the one that comes with the program.
 * @throws ExhibitError NOT_FOUND, CONFIG_INVALID
 */
export function readPrices(file: string | undefined): Prices {
  const path = file ?? ownTable();
  const location = { file: path };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new ExhibitError('NOT_FOUND', 'the table of prices cannot be read', { cause, location });
  }
  if (bytes.length > MOST_BYTES)
    throw new ExhibitError('CONFIG_INVALID', 'the table of prices is larger than 1 MB', { location });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new ExhibitError('CONFIG_INVALID', 'the table of prices is not JSON', { cause, location });
  }
  const read = pricesSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ExhibitError(
    'CONFIG_INVALID',
    `the table of prices: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'wrong'}`,
    { location, hint: 'Its form is schemas/prices.schema.json.' },
  );
}

/** @throws ExhibitError USAGE for a region that the table has not */
export function pricesOf(prices: Prices, region: string): RegionPrices {
  const found = Object.hasOwn(prices.regions, region) ? prices.regions[region] : undefined;
  if (found !== undefined) return found;
  throw new ExhibitError('USAGE', `the table of prices has no region ${JSON.stringify(region)}`, {
    hint: `It has ${Object.keys(prices.regions).sort().join(', ')}. Another table: --prices FILE`,
  });
}

/** prices/aws.json of the package, from sources and from a build. */
function ownTable(): string {
  for (let at = import.meta.dirname; ; at = join(at, '..')) {
    const file = join(at, 'prices', 'aws.json');
    try {
      readFileSync(file);
      return file;
    } catch {
      if (join(at, '..') === at)
        throw new ExhibitError('NOT_FOUND', 'this installation holds no table of prices', {
          hint: 'Give one with --prices FILE.',
        });
    }
  }
}
