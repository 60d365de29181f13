import { z } from 'zod';

const time = z.string().describe('RFC 3339, UTC');

/** A finding that is open now, with whose it is and what is to be done. All text is attacker-controlled. */
export const openFindingSchema = z.strictObject({
  finding: z.string(),
  policy: z.string(),
  severity: z.string(),
  subject: z.string(),
  covers: z
    .array(z.strictObject({ policy: z.string(), subject: z.string() }))
    .describe('what fails by itself: a finding may stand for several'),
  where: z.string().describe('file and repository of the last fail, where it names them'),
  layers: z.array(z.string()),
  message: z.string(),
  owner: z.string(),
  owner_by: z
    .string()
    .describe('what says so: assignment, annotation, label, codeowners, catalogue, default'),
  since: time.describe('first fail of what is open now'),
  due: time,
  overdue: z.boolean(),
  record_id: z.string().describe('of the last fail'),
  fix: z.string().describe('as the rule said at the last fail, else the remediation of the policy'),
});
export type OpenFinding = z.infer<typeof openFindingSchema>;

/** An engagement and what its auditor waits for. */
export const engagementLineSchema = z.strictObject({
  engagement: z.string(),
  framework: z.string(),
  from: z.string(),
  to: z.string(),
  state: z.string(),
  expires: time,
  requests: z.int().min(0),
  unanswered: z.array(
    z.strictObject({ record_id: z.string(), asked_at: time, control: z.string(), text: z.string() }),
  ),
});
export type EngagementLine = z.infer<typeof engagementLineSchema>;
