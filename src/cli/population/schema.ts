import { z } from 'zod';
import { UNITS } from '../../audit/index.ts';
import { VERDICTS } from '../../record/index.ts';
import { gapsSchema } from '../gaps/schema.ts';
import { generatedField } from '../generated.ts';
import { querySchema } from '../query/schema.ts';

const count = z.int().min(0);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const hex = z.string().regex(/^[0-9a-f]{64}$/);

export const periodEndSchema = z.strictObject({
  origin: z.string(),
  size: count,
  root: hex,
  body: z.string().describe('body of a checkpoint of the log as it was when the period was over'),
  over: z.boolean(),
});

/** What population and sample say of a population. */
export const populationShape = {
  generated: generatedField,
  scope: z.strictObject({ framework: z.string(), from: z.string(), to: z.string() }),
  control: z.string().optional(),
  policy: z.string().optional(),
  unit: z.enum(UNITS),
  query: querySchema.shape.query,
  coverage: querySchema.shape.coverage,
  ledger: querySchema.shape.ledger,
  population: z.strictObject({
    count: count.describe('items'),
    digest: digest.describe('of the ids in the order of their bytes'),
    decisions: count,
    result_digest: digest.describe('of the answer to the query, as exhibit query gives it'),
    verdicts: z.partialRecord(z.enum(VERDICTS), count).describe('of the decisions'),
    look_alikes: z
      .array(z.array(z.string()))
      .describe('ids that differ by case or Unicode form only; each is an item of its own'),
  }),
  completeness: z.strictObject({
    emitters_expected: count,
    gaps: gapsSchema.shape.gaps,
    unregistered: z.array(z.string()),
    open: z.array(z.string()).describe('why the population is not known to be whole'),
  }),
  reconciliations: z.array(
    z.strictObject({
      record_id: z.string(),
      log_index: count,
      recorded_at: z.string(),
      source: z.string(),
      from: z.string(),
      to: z.string(),
      both: count,
      only_source: count,
      only_log: count,
      unknown: count,
    }),
  ),
  reconciled: z.boolean(),
  period_end: periodEndSchema,
};

/** `population -o json`, version 1, as published. */
export const populationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  ...populationShape,
  recorded: z
    .strictObject({ record_id: z.string(), log_index: count })
    .optional()
    .describe('the record of this question; not there with --no-record'),
  exit_code: z.int(),
});
