import { z } from 'zod';
import { generatedField } from '../generated.ts';

const count = z.int().min(0);
const root = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.string().describe('RFC 3339, UTC');
const day = z.string().describe('UTC day, YYYY-MM-DD, by recorded_at');
const tree = z.object({ size: count, root });

const request = z.object({
  record_id: z.string(),
  asked_at: time,
  by: z.string().optional(),
  control: z.string().optional(),
  text: z.string(),
  replies: z.array(
    z.object({ record_id: z.string(), at: time, by: z.string().optional(), text: z.string() }),
  ),
});

const act = z.object({
  log_index: count,
  record_id: z.string(),
  record_type: z.string(),
  recorded_at: time,
  kind: z.string(),
  actor: z.string().optional(),
  message: z.string(),
});

/** `engagement open, list, show, close -o json`, version 1, as published. */
export const engagementsSchema = z.object({
  schemaVersion: z.literal(1),
  generated: generatedField,
  as_of: time.describe('the time by which `state` was found'),
  engagements: z.array(
    z.object({
      engagement: z.string(),
      framework: z.string(),
      from: day,
      to: day,
      auditor: z.string().describe('a salted reference; the name is kept apart'),
      opened_at: time,
      expires: time,
      log_index: count,
      state: z.enum(['open', 'expired', 'closed']),
      closed: z.object({ at: time, reason: z.string(), log_index: count }).optional(),
      at_opening: tree,
      period_end: tree.extend({ over: z.boolean().describe('the log has records of a later day') }),
      acts: z.array(act).optional(),
      requests: z.array(request).optional(),
    }),
  ),
});
export type EngagementDocument = z.input<typeof engagementsSchema>;

const verdicts = z.object({
  pass: count,
  fail: count.describe('without those that an override covered'),
  waived: count,
  error: count,
  not_applicable: count,
  not_evaluated: count,
});

/** `engagement answer -o json`, version 1, as published. */
export const engagementAnswerSchema = z.object({
  schemaVersion: z.literal(1),
  engagement: z.string(),
  framework: z.string(),
  from: day,
  to: day,
  caveats: z.array(z.string()).describe('what of the period has no evidence; read them first'),
  trust: z.object({
    origin: z.string(),
    size: count,
    root,
    level: z.string().describe('how far trust in the checkpoint reaches'),
    key_from: z.string(),
    handovers: count,
  }),
  continuations: z
    .array(
      z.object({
        of: z.enum(['period end', 'opening', 'witnessed']),
        size: count,
        root,
        to: tree,
        proof: z.array(root).describe('RFC 6962 section 2.1.2'),
      }),
    )
    .describe('that the log of now goes on from these states, unchanged'),
  read: z.union([z.object({ record_id: z.string() }), z.object({ not_recorded: z.string() })]),
  files: z.object({
    closed_days: count,
    expected: count,
    found: count.describe('there, with the digest and the rows of their manifest'),
    rows_expected: count,
    rows_found: count,
  }),
  overrides: z.object({ listed: count, used: count }),
  gap_records: count,
  controls: z.array(
    z.object({
      control: z.string(),
      title: z.string().nullable(),
      coverage: z.string().nullable(),
      days_expected: count,
      days_with_evidence: count.describe('with a pass or a fail'),
      decisions: count,
      failed: count.describe('all fails, waived or not'),
      verdicts,
      state: z.enum([
        'evidence on each day expected',
        'days without evidence',
        'no evidence',
        'nothing is expected',
      ]),
    }),
  ),
  questions: z.array(
    z.object({
      name: z.string(),
      parameters: z.record(z.string(), z.string()),
      row_count: count,
      result_digest: z.string(),
      complete: z.boolean(),
      ledger: tree,
    }),
  ),
  gaps: z.array(z.object({ kind: z.string(), message: z.string() })),
  missing: z
    .array(z.object({ kind: z.string(), count, message: z.string(), section: z.string() }))
    .describe(
      'what of the period is known to be missing, by its days and by recorded gaps; runs and numbers of sources were not looked at',
    ),
  complete: z.boolean().describe('all that the questions read was read'),
  seconds: z.number().min(0).describe('from the start of the command to the answer'),
  exit_code: z.int(),
});
export type EngagementAnswerDocument = z.input<typeof engagementAnswerSchema>;
