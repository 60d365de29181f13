import { z } from 'zod';
import { drawDetails } from '../../audit/index.ts';
import { LAYERS, VERDICTS } from '../../record/index.ts';
import { generatedField } from '../generated.ts';
import { populationShape } from '../population/schema.ts';

const count = z.int().min(0);
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const { kind: _, ...details } = drawDetails.shape;

const past = z.strictObject({
  record_id: z.string(),
  log_index: count,
  recorded_at: z.string(),
  engagement: z.string().optional(),
  ...details,
});

const rule = z.union([
  z.strictObject({ rule: z.literal('all'), why: z.string() }),
  z.strictObject({ rule: z.literal('given'), size: count }),
  z.strictObject({
    rule: z.literal('zero deviations'),
    confidence_ppm: z.int(),
    tolerable_ppm: z.int(),
    source: z.string(),
  }),
  z.strictObject({ rule: z.literal('table'), source: z.string() }),
]);

/** `sample -o json`, version 1, as published. */
export const sampleSchema = z.strictObject({
  schemaVersion: z.literal(1),
  ...populationShape,
  interim: z.boolean(),
  draw: z.strictObject({
    record_id: z.string().optional(),
    log_index: count.optional(),
    not_recorded: z
      .string()
      .optional()
      .describe(
        'why the draw is on no record; then there is neither record nor index, and its number is the one it would have had',
      ),
    number: z
      .int()
      .min(1)
      .describe('n-th draw for this control or policy in periods that have a day in common'),
    same_population: z.int().min(1).describe('n-th draw of the very same population'),
    earlier: z.array(past),
    unknown: z.string().optional().describe('why there may be more draws than these'),
  }),
  nonce: z.string(),
  nonce_by: details.nonce_by,
  seed: hex,
  rule,
  method: details.method,
  strata: z.array(z.strictObject({ name: z.string(), population: count, size: count })),
  items_digest: z.string(),
  proven_by: z
    .enum(['given', 'the folder', 'the bucket'])
    .describe('whose keys the proofs were verified with'),
  items: z.array(
    z.strictObject({
      id: z.string(),
      stratum: z.string(),
      place: hex.describe('SHA-256 over seed and id'),
      record_id: z.string(),
      log_index: count,
      proven_in: count.describe('log size of the checkpoint to which the inclusion proof was verified'),
      layer: z.enum(LAYERS),
      policy_id: z.string(),
      subject_type: z.string().nullable(),
      subject_id: z.string().nullable(),
      environment: z.string().nullable(),
      verdict: z.enum(VERDICTS),
      disposition: z.string().nullable(),
      decisions: count,
      failed: count,
      undecided: count,
    }),
  ),
  exit_code: z.int(),
});

/** `sample list -o json`, version 1, as published. */
export const sampleListSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  scope: populationShape.scope,
  draws: z.array(past),
  unknown: z.string().optional().describe('why there may be more draws than these'),
  exit_code: z.int(),
});
