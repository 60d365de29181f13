import { z } from 'zod';
import { generatedField } from '../generated.ts';
import { count, digest, inLog, ledger } from './schema.ts';

const row = z.strictObject({
  digest: digest.describe('SHA-256 of the canonical JSON of the row'),
  row: z.array(z.json()),
});

/** `query --rerun -o json`, version 1, as published. */
export const rerunSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  saved: z.strictObject({
    record_id: z.string(),
    log_index: count,
    recorded_at: z.string(),
    actor: z.string().optional(),
    name: z.string(),
    query: z.strictObject({
      name: z.string(),
      text: z.string(),
      parameters: z.record(z.string(), z.string()),
    }),
    engine: z.enum(['duckdb', 'trino', 'athena']),
    ledger: ledger.describe('the log as it was then, and as it was asked again'),
    complete: z.boolean(),
    row_count: count,
    result_digest: digest,
    rows_kept: z.boolean(),
  }),
  outcome: z.enum(['same', 'changed']),
  changes: z.array(z.string()),
  again: z.strictObject({ complete: z.boolean(), row_count: count, result_digest: digest }),
  rows: z
    .strictObject({ gone: z.array(row), come: z.array(row) })
    .optional()
    .describe('which rows changed; present where they were kept'),
  limits: z.array(z.string()).describe('what running it again could not keep as it was'),
  recorded: inLog.optional(),
  exit_code: z.int(),
});

export type RerunDocument = z.infer<typeof rerunSchema>;
