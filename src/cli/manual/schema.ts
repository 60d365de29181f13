import { z } from 'zod';
import { FORMS } from '../../audit/index.ts';

const count = z.int().min(0);
const day = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
const time = z.string().describe('RFC 3339, UTC');

const item = z.strictObject({
  record_id: z.string(),
  log_index: count,
  framework: z.string(),
  control: z.string(),
  title: z.string(),
  form: z.enum(FORMS),
  name: z.string().describe('of the file, made safe to show').optional(),
  media_type: z.string().describe('by its content'),
  bytes: count,
  digest: z.string(),
  added_at: time,
  added_by: z.string().describe('a reference, never a name'),
  valid_until: day,
  expiring_from: day,
  freshness: z.enum(['fresh', 'expiring', 'stale']).describe('on the day of the list'),
  verdict: z.enum(['pass', 'fail', 'not_evaluated']).describe('of its last review; no verdict of a policy'),
  reviews: z.array(
    z.strictObject({
      record_id: z.string(),
      log_index: count,
      recorded_at: time,
      verdict: z.enum(['pass', 'fail']),
      reviewer: z.string(),
      note: z.string().optional(),
    }),
  ),
  secrets_seen: count.describe('lines that look as if they held a credential').optional(),
  ai_system: z.string().describe('the AI system that it documents').optional(),
  supersedes: z.string().optional(),
  replaced_by: z.string().optional(),
  in_force: z.boolean().describe('passed its review, is not stale, and nothing replaced it'),
});

/** `manual -o json`, version 1, as published: the items that the command is about. */
export const manualSchema = z.strictObject({
  schemaVersion: z.literal(1),
  on: day.describe('the day on which freshness is told'),
  ledger: z.strictObject({ origin: z.string(), size: count, root: z.string() }),
  items: z.array(item),
  summary: z.strictObject({
    items: count,
    in_force: count,
    failed: count,
    not_reviewed: count,
    expiring: count,
    stale: count,
    replaced: count,
  }),
});
export type ManualDocument = z.infer<typeof manualSchema>;
