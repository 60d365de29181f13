import { z } from 'zod';

/** Most subjects of one question. */
export const MOST_ASKED = 500;

const name = z.string().min(1).max(4_096);
const askedSchema = z.strictObject({
  policy_id: name,
  rule_id: name,
  subject_id: name,
  environment: name.exactOptional(),
  cluster: name.exactOptional(),
});
/** A policy's word about a subject. Where environment or cluster are given, records that state another are of another thing. */
export type EarlierAsked = z.infer<typeof askedSchema>;

/** What a server is asked about earlier gates. */
export const earlierQuestionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  asked: z.array(askedSchema).max(MOST_ASKED),
});

const ciSchema = z.object({
  run_id: z.string(),
  change: z.string().exactOptional(),
  /** Digest of the signed statement, where admission rested on one. */
  attestation: z.string().exactOptional(),
});
/** The run of CI that an earlier pass is, or rests on. */
export type EarlierRun = z.infer<typeof ciSchema>;

const passSchema = z.object({
  record_id: z.string(),
  layer: z.enum(['admission', 'ci']),
  observed_at: z.string(),
  ci: ciSchema.exactOptional(),
  /** The object that passed, without its secrets. */
  object: z.unknown().exactOptional(),
});
/** A pass at an earlier gate, as it was recorded. */
export type EarlierPass = z.infer<typeof passSchema>;

/** In the order of the question: a pass; null where the last word was none; or that nobody here can say. */
export const earlierAnswerSchema = z.object({
  schemaVersion: z.literal(1),
  passes: z.array(z.union([passSchema, z.object({ unknown: z.string() }), z.null()])),
});
export type EarlierAnswer = z.infer<typeof earlierAnswerSchema>['passes'][number];
