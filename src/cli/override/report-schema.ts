import { z } from 'zod';
import { generatedField } from '../generated.ts';

const count = z.int().min(0);
const ids = z.array(z.string());
const byPolicy = z.array(
  z.strictObject({ policy: z.string(), in_force: count, uses: count.exactOptional() }),
);

/** `override report -o json`, version 1, as published. */
export const overrideReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  generated: generatedField,
  counts: z.strictObject({
    in_force: count,
    waiting: count,
    expired: count,
    rejected: count,
    self_approved: count,
  }),
  ages: z
    .strictObject({ up_to_7: count, up_to_30: count, up_to_90: count, older: count })
    .describe('of those in force: days since their creation'),
  by_policy: byPolicy,
  by_owner: z.array(z.strictObject({ owner: z.string(), in_force: count })),
  expiring_7: ids,
  expiring_14: ids,
  unchecked_tickets: ids.describe('in force, and nobody knows all that a tracker could say'),
  self_approved: ids,
  evidence: z
    .strictObject({
      from: z.string(),
      to: z.string(),
      complete: z.boolean(),
      gaps: z.array(z.string()),
      uses: z.array(z.strictObject({ id: z.string(), policy: z.string(), uses: count, last: z.string() })),
      expired_matched: z.array(z.strictObject({ id: z.string(), matched: count })),
      orphans: ids.describe('in force, called an orphan by a run, and used by none'),
      bypasses: z
        .strictObject({
          by_repository: z.array(
            z.strictObject({
              repository: z.string(),
              changes: count,
              gated: count,
              bypassed: count,
              unknown: count,
            }),
          ),
          by_policy: z.array(z.strictObject({ policy: z.string(), bypasses: count })),
          by_kind: z.array(z.strictObject({ kind: z.string(), bypasses: count })),
        })
        .exactOptional()
        .describe('changes merged past the gate, of how many; absent where no merges were imported'),
    })
    .exactOptional(),
  suspects: byPolicy.describe('policies that are waived so often that they are suspect'),
});
export type OverrideReport = z.infer<typeof overrideReportSchema>;
