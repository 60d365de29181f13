import { z } from 'zod';
import { CANNOT, WHY } from '../../audit/index.ts';
import { DISPOSITIONS, LAYERS, VERDICTS } from '../../record/index.ts';

const count = z.int().min(0);
const said = z.strictObject({
  verdict: z.enum(VERDICTS),
  disposition: z.enum(DISPOSITIONS),
  override_id: z.string().optional(),
  message: z.string().optional(),
});

const result = z.strictObject({
  record_id: z.string(),
  index: count.optional().describe('in the log; not there: the log has no such record'),
  policy_id: z.string().optional(),
  rule_id: z.string().optional(),
  subject_id: z.string().optional(),
  layer: z.enum(LAYERS).optional(),
  observed_at: z.string().optional(),
  bundle_digest: z.string().optional(),
  input_ref: z.string().optional(),
  recorded: said.optional().describe('not there: the record is no decision, or is not in the log'),
  again: said
    .optional()
    .describe('not there: it was not performed again, or nothing is said of the subject now'),
  outcome: z
    .enum(['same', 'differs', 'cannot'])
    .describe(
      'cannot: it could not be performed again, so that nothing is said of whether it would be the same',
    ),
  reason: z.enum(CANNOT).optional().describe('why it cannot be performed again'),
  text: z.string().optional().describe('the reason in words'),
  differences: z
    .array(
      z.strictObject({ field: z.string(), recorded: z.string().nullable(), again: z.string().nullable() }),
    )
    .optional(),
  why: z
    .array(z.strictObject({ code: z.enum(WHY), text: z.string() }))
    .optional()
    .describe('why it may differ, as far as the evidence shows it'),
});

/** `replay -o json`, version 1, as published. */
export const replaySchema = z.strictObject({
  schemaVersion: z.literal(1),
  ledger: z.strictObject({ origin: z.string(), size: count, root: z.string() }),
  scope: z
    .strictObject({
      framework: z.string(),
      control: z.string().optional(),
      from: z.string(),
      to: z.string(),
      limit: count.optional(),
    })
    .optional()
    .describe('not there: records were named'),
  results: z.array(result),
  population: z
    .strictObject({
      decisions: count.describe('decisions of the scope'),
      not_asked: count.describe('of these beyond the limit'),
      unknown: count.describe(
        'whose control map is not kept, so that they may be of another framework; in an engagement they are left out, and not among the decisions',
      ),
    })
    .optional(),
  bundles: z.array(
    z.strictObject({
      digest: z.string(),
      revision: z.string(),
      signed_by: z
        .string()
        .optional()
        .describe('the key that was given and that signed it; not there: none was given'),
    }),
  ),
  counts: z.strictObject({
    asked: count,
    same: count,
    differs: count,
    cannot: count,
    reasons: z.record(z.string(), count).describe('how many of those that cannot, by reason'),
  }),
  rules: z
    .array(
      z.strictObject({
        policy_id: z.string(),
        bundle_digest: z.string(),
        files: z.array(z.strictObject({ file: z.string(), text: z.string() })),
      }),
    )
    .optional(),
  exit_code: z.int(),
});

export type ReplayReport = z.infer<typeof replaySchema>;
export type ReplayRow = ReplayReport['results'][number];
