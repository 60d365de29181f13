import { z } from 'zod';
import { DISPOSITIONS, LAYERS, SEVERITIES, VERDICTS } from '../../record/index.ts';

const count = z.int().min(0);
const ids = z.array(z.string());

/** `check -o json`, version 1, as published. */
export const checkSchema = z.strictObject({
  schemaVersion: z.literal(1),
  bundle: z.strictObject({ digest: z.string(), revision: z.string() }),
  effective_time: z
    .string()
    .nullable()
    .describe('set when another time than now was asked for: then nothing was enforced'),
  layer: z.enum(LAYERS),
  repository: z
    .string()
    .describe('of what was judged, as host and path, such as github.com/example/shop; not verified')
    .optional(),
  fail_on: z.enum([...SEVERITIES, 'any', 'none']).describe('severity at and above which a violation blocks'),
  results: z.array(
    z.strictObject({
      policy_id: z.string(),
      rule_id: z.string(),
      controls: z.array(z.string()),
      subject: z.strictObject({
        type: z.string(),
        id: z.string(),
        name: z.string(),
        environment: z.string().describe('where the subject states one').optional(),
      }),
      verdict: z.enum(VERDICTS),
      disposition: z.enum(DISPOSITIONS),
      severity: z.enum(SEVERITIES),
      message: z.string().optional(),
      fix: z.string().optional(),
      file: z.string().optional(),
      line: z.int().min(1).optional(),
      column: z.int().min(1).optional(),
      override_id: z.string().optional(),
      override_sunset: z.string().describe('until when that override holds').optional(),
      would: z
        .strictObject({ disposition: z.enum(DISPOSITIONS), override_id: z.string().optional() })
        .describe('in a simulation: what would have been done at that time')
        .optional(),
      known: z
        .enum(['baseline', 'unchanged'])
        .describe('a fail that was there before: in the baseline, or of a subject that nobody changed')
        .optional(),
    }),
  ),
  summary: z.strictObject({
    subjects: count,
    pass: count,
    fail: count.describe('without those that are waived, or in a simulation would be'),
    error: count,
    not_applicable: count,
    not_evaluated: count,
    waived: count,
  }),
  overrides: z
    .strictObject({
      used: z.array(z.strictObject({ id: z.string(), waived: count })),
      orphans: ids.describe('in force, and matched nothing that was judged'),
      expired: z
        .array(z.strictObject({ id: z.string(), matched: count }))
        .describe('past their sunset; they would still match a fail'),
      expiring_14: ids.describe('in force, and end within 14 days'),
      expiring_7: ids,
    })
    .describe('how the overrides of the bundle were used in this run'),
  advisory: z
    .strictObject({ exit_code: z.int().min(0).max(4), reason: z.string() })
    .describe('set where the gate only warns: how it would have ended')
    .optional(),
  known: z
    .strictObject({
      fail_on: z
        .enum([...SEVERITIES, 'any'])
        .describe('severity at and above which a known violation blocks'),
      blocking: count.describe('known, and blocking all the same'),
      baseline: z
        .strictObject({
          file: z.string(),
          digest: z.string(),
          found: count,
          gone: count.describe('in the baseline, and not found any more'),
          ignored: count.describe('added to the baseline by the change itself: they do not count'),
        })
        .optional(),
      changed_since: z.strictObject({ ref: z.string(), commit: z.string(), unchanged: count }).optional(),
    })
    .optional(),
  pre_commit: z
    .strictObject({
      commits: count,
      judged: count,
      without_input: count.describe('commits that touch no file that a hook judges'),
      missing: z.array(
        z.strictObject({ commit: z.string(), state: z.enum(['none', 'refused']), files: count }),
      ),
    })
    .describe('whether the commits of the change were judged before they were made')
    .optional(),
  exit_code: z.int().min(0).max(4),
  reason: z.string().describe('why the exit code is what it is'),
});

/** A report as it is published. */
export type CheckDocument = z.infer<typeof checkSchema>;
