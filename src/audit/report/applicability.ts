import { z } from 'zod';

/** A file of the policy repository: which controls do not apply, or do, and why. */
export const applicabilitySchema = z.strictObject({
  framework: z.string(),
  controls: z.array(
    z.strictObject({
      id: z.union([z.string(), z.number()]).transform(String),
      applicable: z.boolean(),
      reason: z.string().min(20),
    }),
  ),
});
export type Applicability = z.infer<typeof applicabilitySchema> & { digest: string };
