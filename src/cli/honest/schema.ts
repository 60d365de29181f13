import { z } from 'zod';
import { generatedField } from '../generated.ts';

/** `honest-test -o json`, version 1, as published. */
export const honestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  from: z.string().describe('RFC 3339, UTC'),
  to: z.string(),
  ledger: z.strictObject({ origin: z.string(), size: z.int().min(0), root: z.string() }),
  answers: z.array(
    z.strictObject({
      question: z.enum(['ci', 'admission', 'auditor', 'overrides']),
      text: z.string(),
      answer: z.enum(['yes', 'no', 'not_shown']).describe('not_shown: nothing in the evidence shows it'),
      why: z.string(),
      rests_on: z.array(
        z.strictObject({
          record_id: z.string().optional(),
          log_index: z.int().optional(),
          reference: z.string().describe('of another log: a change of the code host, an audit id').optional(),
          says: z.string(),
        }),
      ),
      counts: z.record(z.string(), z.int()),
      made_up: z
        .int()
        .min(0)
        .describe('records that were found and do not count: they were made up for a demonstration'),
    }),
  ),
  yes: z.int(),
  verdict: z.enum(['policy as code', 'a library, not policy as code']),
  exit_code: z.int(),
});
