import { z } from 'zod';
import { LAYERS, VERDICTS } from '../../record/index.ts';

const count = z.int().min(0);
const saying = z.enum([...VERDICTS, 'none']);

/** `policy impact -o json`, version 1, as published. */
export const impactSchema = z.strictObject({
  schemaVersion: z.literal(1),
  period: z
    .strictObject({ from: z.string(), to: z.string() })
    .describe('UTC days of recording, both included'),
  ledger: z.strictObject({ origin: z.string(), size: count, root: z.string() }),
  bundle: z.strictObject({ named: z.string(), digest: z.string(), revision: z.string() }),
  decisions: z.strictObject({
    total: count.describe('decision records of the period'),
    without_input: count.describe('without a stored input: not compared'),
    simulated: count.describe('made at a time that somebody chose: not compared'),
  }),
  inputs: z.strictObject({
    judged: count,
    not_stored: count.describe('named by records, but not there: not compared'),
  }),
  verdicts: z.strictObject({
    same: count,
    different: count,
    transitions: z.array(z.strictObject({ old: saying, new: saying, count })),
  }),
  differences: z.array(
    z.strictObject({
      policy_id: z.string(),
      rule_id: z.string(),
      subject_id: z.string(),
      layer: z.enum(LAYERS),
      file: z.string(),
      old: saying.describe('recorded; none: the policy said nothing of the subject'),
      new: saying,
      cause: z
        .enum(['policy', 'not_reproduced', 'unknown'])
        .describe(
          'policy: the policies of then give the recorded verdict on the stored input. not_reproduced: they do not either, such as where what decided was redacted. unknown: they are not kept',
        ),
      input_ref: z.string(),
      observed_at: z.string(),
    }),
  ),
  complete: z.boolean().describe('every decision with an input was compared'),
});

export type ImpactReport = z.infer<typeof impactSchema>;
