import { z } from 'zod';
import { generatedField } from '../generated.ts';
import { populationShape } from '../population/schema.ts';

const count = z.int().min(0);

/** `reconcile -o json`, version 1, as published. */
export const populationReconcileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  scope: populationShape.scope,
  control: populationShape.control,
  policy: populationShape.policy,
  coverage: populationShape.coverage,
  source: z.string(),
  exports: z.array(z.string()).describe('digests of the files that were read'),
  covers: z
    .strictObject({ from: z.string(), to: z.string() })
    .optional()
    .describe('days that the export was asked for, as the caller says'),
  population: z.strictObject({ count, digest: z.string() }),
  both: count,
  without_item: count.describe('of both: the run judged nothing for this population'),
  only_source: z.array(
    z.strictObject({ id: z.string(), at: z.string(), what: z.string(), where: z.string() }),
  ),
  only_log: z.array(z.strictObject({ id: z.string(), keys: z.array(z.string()), items: count })),
  left: z.array(z.strictObject({ reason: z.string(), count })),
  unread: z.array(z.string()).describe('what the export does not say: unknown, never a match'),
  recorded: z.strictObject({ record_id: z.string(), log_index: count }),
  exit_code: z.int(),
});
