import { z } from 'zod';
import { EXPECTATIONS, type Expectation } from '../../store/index.ts';

const names = Object.keys(EXPECTATIONS) as [Expectation, ...Expectation[]];

/** `store check -o json`, version 1, as published. */
export const storeCheckSchema = z.strictObject({
  schemaVersion: z.literal(1),
  store: z.string().describe('s3://bucket/prefix'),
  rows: z.array(
    z.strictObject({
      expectation: z.enum(names),
      text: z.string(),
      result: z
        .enum(['ok', 'not_ok', 'not_known'])
        .describe('not_known: it was not tried, or what came back does not tell'),
      required: z.boolean().describe('false: Exhibit does without, and the exit code does not change'),
      why: z.string(),
    }),
  ),
  left: z
    .array(z.strictObject({ key: z.string(), version: z.string(), locked_until: z.string() }))
    .describe('what the check has left in the bucket: it is locked'),
  exit_code: z.int(),
});
