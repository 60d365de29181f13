import { z } from 'zod';

const dollars = z.number().describe('US dollars');

/** `cost -o json`, version 1, as published. */
export const costSchema = z.strictObject({
  schemaVersion: z.literal(1),
  region: z.string(),
  prices: z.strictObject({ title: z.string(), dated: z.string(), sources: z.array(z.string()) }),
  load: z.strictObject({
    records_per_day: z.int(),
    record_bytes: z.int().describe('of a record in the log'),
    controls: z.int(),
    controls_per_record: z.number(),
    inputs_per_day: z.int(),
    input_bytes: z.int(),
    years: z.int(),
    copies: z.int(),
    queries_per_day: z.int(),
    kms: z.boolean(),
  }),
  year: z.strictObject({
    records: z.int(),
    bytes: z.number().describe('that are new in a year, in one bucket'),
    objects: z.number().describe('that are new in a year, in one bucket'),
  }),
  parts: z.array(
    z.strictObject({
      part: z.enum(['s3_storage', 's3_put', 's3_get', 'athena', 'kms', 'glue']),
      quantity: z.string(),
      first_year: dollars,
      last_year: dollars,
      all_years: dollars,
    }),
  ),
  sum: z.strictObject({ first_year: dollars, last_year: dollars, all_years: dollars }),
  per_million_records: z.strictObject({
    first_year: dollars.describe('written, and kept in their first year'),
    all_years: dollars.describe('written, and kept until the last year ends'),
  }),
  left_out: z.array(z.string()).describe('what is not counted'),
});
