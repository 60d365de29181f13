import { z } from 'zod';

/** Longest answer, in bytes. */
export const MOST_ANSWER = 16 * 1024 * 1024;
/** Most bytes of envelopes in it; base64 makes them a third longer. */
export const MOST_BYTES = 11 * 1024 * 1024;

export const questionSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** As keys.ts makes them. */
  keys: z.array(z.string().max(2_048)).max(1_000),
});

export const answerSchema = z.object({
  schemaVersion: z.literal(1),
  attestations: z.array(z.object({ digest: z.string(), envelope: z.base64() })),
  left_out: z.int().nonnegative(),
});

export type Answer = z.infer<typeof answerSchema>;
