import { z } from 'zod';
import { addDays } from '../../lake/index.ts';

/** Days before the last one of its validity on which evidence is expiring. */
export const EXPIRING_DAYS = 30;

export const FORMS = ['document', 'screenshot', 'attestation'] as const;
export type Form = (typeof FORMS)[number];

const day = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);
const id = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const framework = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/);
const control = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/);

/**
 * What an AI system is called: the `id` of its registration, letter by letter. Attacker-controlled where it is read from a log.
 * @see docs/reference/ai-documents.md
 */
export const aiSystemSchema = z.string().min(1).max(256);

/**
 * Details of a record of kind `manual added`. The verdict of its review is another record, and neither has the field `verdict` of a
 * decision: who counts verdicts never counts these.
 */
export const addedSchema = z.object({
  kind: z.literal('manual added'),
  framework,
  control,
  title: z.string(),
  form: z.enum(FORMS),
  name: z.string().optional().describe('of the file, made safe to show'),
  media_type: z.string().describe('by the content, never by the name'),
  bytes: z.int().min(1),
  digest: digest.describe('the blob'),
  valid_until: day.describe('last day on which it says something'),
  expiring_from: day,
  secrets_seen: z.int().min(1).optional().describe('lines that look as if they held a credential'),
  ai_system: aiSystemSchema.optional().describe('the AI system that it documents; none: it names no system'),
  supersedes: id.optional().describe('record of what it replaces'),
});

/** Details of a record of kind `manual reviewed`. The last review of an item counts; all of them stay. */
export const reviewedSchema = z.object({
  kind: z.literal('manual reviewed'),
  manual: id.describe('record of what was reviewed'),
  framework,
  control,
  verdict: z.enum(['pass', 'fail']),
  reviewer: z.string().describe('as given, such as the approver of an override'),
  digest: digest.describe('the blob that was reviewed'),
  note: z.string().optional(),
});

export type Added = z.infer<typeof addedSchema>;
export type Reviewed = z.infer<typeof reviewedSchema>;

/** First day on which what is valid until a day is expiring. */
export function expiringFrom(validUntil: string): string {
  return addDays(validUntil, -EXPIRING_DAYS);
}

export type Freshness = 'fresh' | 'expiring' | 'stale';

/** How fresh evidence is on a day. On its last day it still counts. */
export function freshnessOn(
  day: string,
  { valid_until, expiring_from }: Pick<Added, 'valid_until' | 'expiring_from'>,
): Freshness {
  if (valid_until < day) return 'stale';
  return expiring_from <= day ? 'expiring' : 'fresh';
}
