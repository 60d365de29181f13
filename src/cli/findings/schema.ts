import { z } from 'zod';
import { LAYERS, SEVERITIES } from '../../record/index.ts';
import { NIS2_STEPS, STATES } from '../../respond/index.ts';

const time = z.string().describe('RFC 3339, UTC');
const count = z.int().min(0);
const ledger = z.strictObject({ origin: z.string(), size: count, root: z.string() });
const head = {
  schemaVersion: z.literal(1),
  at: time.describe('the moment that the answer is about'),
  ledger,
};

const summary = {
  id: z.string(),
  policy: z.string().describe('of several with one meaning, the first'),
  policies: z.array(z.string()),
  rule: z.string().exactOptional(),
  subject: z.string().describe('what the cause is: the owner of the subjects, where the records name one'),
  environment: z.string().exactOptional(),
  cluster: z.string().exactOptional(),
  severity: z.enum(SEVERITIES),
  state: z.enum(STATES).describe('open, acknowledged and reopened are open; waived and gone are not fixed'),
  owner: z.strictObject({
    name: z.string(),
    by: z.enum(['assignment', 'annotation', 'label', 'codeowners', 'catalogue', 'default']),
    evidence: z.string(),
    weak: z.boolean().describe('nobody is named: the default'),
  }),
  opened: time.describe('of the last episode'),
  detected: time.describe('when the log took it'),
  due: time,
  overdue: z.boolean(),
  escalation: z.strictObject({ level: count, since: time.exactOptional() }),
  snoozed_until: time.exactOptional(),
  episodes: count.describe('more than one: it came back'),
  occurrences: z.strictObject({ open: count, passed: count, waived: count, withdrawn: count, gone: count }),
  article23: z
    .strictObject({
      known: time,
      steps: z.array(
        z.strictObject({
          step: z.enum(NIS2_STEPS),
          due: time,
          limit: time.describe('the last moment by the directive, where it is later').exactOptional(),
          submitted: time.exactOptional(),
          late: z.boolean(),
          reference: z.string().exactOptional(),
          evidence: z.array(z.string()).describe('record ids'),
        }),
      ),
    })
    .exactOptional(),
};

/** `findings list -o json`, version 1, as published. */
export const findingsSchema = z.strictObject({
  ...head,
  judged: count.describe('verdicts that were read; 0: nothing was watched'),
  counts: z.strictObject({
    ...{ open: count, acknowledged: count, reopened: count },
    ...{ waived: count, withdrawn: count, gone: count, resolved: count },
    overdue: count,
    escalated: count,
  }),
  weaknesses: z.array(z.string()),
  findings: z.array(z.strictObject(summary)),
  exit_code: z.int(),
});
export type FindingsReport = z.infer<typeof findingsSchema>;

/** `findings show -o json` and what responses print, version 1. */
export const findingSchema = z.strictObject({
  ...head,
  finding: z.strictObject({
    ...summary,
    notes: z.array(z.string()),
    all_occurrences: z.array(
      z.strictObject({
        policy: z.string(),
        rule: z.string().exactOptional(),
        subject_type: z.string().exactOptional(),
        subject_id: z.string(),
        subject_name: z.string().exactOptional(),
        layers: z.array(z.enum(LAYERS)),
        tools: z.array(z.string()),
        state: z.enum(['open', 'passed', 'waived', 'withdrawn', 'gone']),
        severity: z.enum(SEVERITIES),
        message: z.string().exactOptional(),
        first_failed: time,
        last_failed: time,
        first_record: z.string(),
        last_record: z.string(),
        closed_by: z.string().describe('record that closed it').exactOptional(),
        override_id: z.string().exactOptional(),
        not_judged_since: time
          .describe('looks came to no verdict since; that closes nothing')
          .exactOptional(),
      }),
    ),
    all_episodes: z.array(
      z.strictObject({
        opened: time,
        detected: time,
        passed_before: time.exactOptional(),
        acknowledged: time.exactOptional(),
        closed: time.exactOptional(),
        closed_as: z.enum(['resolved', 'waived', 'withdrawn', 'gone']).exactOptional(),
      }),
    ),
    history: z.array(
      z.strictObject({
        at: time,
        what: z.string(),
        record_id: z.string(),
        actor: z.string().exactOptional(),
        text: z.string().exactOptional(),
      }),
    ),
    deliveries: z.array(
      z.strictObject({
        at: time,
        channel: z.string(),
        event: z.string(),
        outcome: z.enum(['sending', 'delivered', 'failed']),
        number: count,
        key: z.string(),
        record_id: z.string(),
      }),
    ),
  }),
});
export type FindingReport = z.infer<typeof findingSchema>;

const figure = z.strictObject({
  count,
  open: count.describe('of those, not done yet: they count with their age so far'),
  median: count.describe('seconds, nearest rank').exactOptional(),
  p90: count.describe('seconds, nearest rank').exactOptional(),
});
const figures = {
  findings: count,
  episodes: count,
  open: count,
  overdue: count,
  waived: count,
  withdrawn: count.describe('their policy is in no bundle any more'),
  gone: count,
  reopened: count,
  detect: figure,
  detect_at_most: figure,
  acknowledge: figure,
  resolve: figure,
};

/** `findings metrics -o json`, version 1. */
export const findingMetricsSchema = z.strictObject({
  ...head,
  judged: count,
  all: z.strictObject(figures),
  by_policy: z.array(z.strictObject({ policy: z.string(), ...figures })),
  by_severity: z.array(z.strictObject({ severity: z.string(), ...figures })),
  by_owner: z.array(z.strictObject({ owner: z.string(), ...figures })),
  exit_code: z.int(),
});
export type FindingMetricsReport = z.infer<typeof findingMetricsSchema>;

/** `findings notify -o json`, version 1. */
export const noticesSchema = z.strictObject({
  ...head,
  notices: z.array(
    z.strictObject({
      finding: z.string(),
      channel: z.string(),
      event: z.string(),
      key: z.string(),
      outcome: z
        .enum(['delivered', 'failed', 'uncertain', 'due'])
        .describe('uncertain: it may have arrived; due: --dry-run'),
      attempts: count,
      why: z.string().exactOptional(),
    }),
  ),
  exit_code: z.int(),
});
export type NoticesReport = z.infer<typeof noticesSchema>;
