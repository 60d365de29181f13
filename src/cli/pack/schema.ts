import { z } from 'zod';

const count = z.int().min(0);
const log = z.strictObject({ origin: z.string(), size: count, root: z.string() });

/** `pack -o json`, version 1, as published. */
export const packSchema = z.strictObject({
  schemaVersion: z.literal(1),
  pack: z.string().describe('file'),
  digest: z.string(),
  bytes: count,
  files: count,
  log,
  incomplete: z.array(z.string()).describe('answers that are not complete'),
  missing: z.array(z.string()).describe('what of the period is known to be missing, in words'),
  left_out: z.array(z.string()),
  record_id: z.string().optional().describe('record of the log that has the digest of the pack'),
  not_recorded: z.string().optional().describe('why there is none'),
});

/** `verify pack --json`, version 1, as published. */
export const packVerifiedSchema = z.strictObject({
  schemaVersion: z.literal(1),
  holds: z
    .literal(true)
    .describe(
      'its files are as its list says, and its records follow from the log; see `recorded` and `not_shown`',
    ),
  digest: z.string(),
  generated: z.string().optional().describe('that the log is one of made-up data: it is evidence of nothing'),
  not_shown: z
    .string()
    .optional()
    .describe(
      'why this is not shown to be the pack on record: `recorded` is not there, and the exit code is 3',
    ),
  engagement: z.strictObject({
    id: z.string(),
    framework: z.string(),
    from: z.string(),
    to: z.string(),
    auditor: z.string(),
    log_index: count,
  }),
  log,
  level: z.string(),
  witnessed: z
    .strictObject({ by: count, of: count, size: count })
    .describe('witnesses that co-signed, of those whose keys were given, and up to which size of the log'),
  time_stamps: count.describe('in the pack; `stamped` says what they are worth'),
  stamped: z
    .strictObject({
      tokens: count,
      newest: z
        .strictObject({
          time: z.string(),
          accuracy: z.number().optional(),
          tsa: z.string(),
          size: count,
          index: count,
        })
        .optional(),
      uncovered: count,
    })
    .optional()
    .describe('where roots of authorities were given: each token was checked'),
  files: count,
  records: count,
  manifests: count,
  lake_files: count,
  blobs: count,
  answers: count,
  continuations: count,
  samples: count,
  samples_whole: count.describe('of these, drawn again over their whole population, which is in the pack'),
  samples_unseen: count.describe('items of draws whose decision is not in the pack'),
  incomplete: z.array(z.string()).describe('answers that are not complete'),
  reports: z
    .strictObject({
      complete: z.boolean().nullable().describe('null: no report of the pack says'),
      warnings: z.array(z.string()),
    })
    .describe('what the reports say first of themselves'),
  left_out: z.array(z.string()),
  recorded: z
    .strictObject({ index: count, size: count })
    .optional()
    .describe('the record of the log that has the digest of this pack, where it was given'),
});
