import { z } from 'zod';
import { scopeSchema } from '../scope/scope.ts';

const count = z.int().min(0);
const day = z.string().describe('UTC day, YYYY-MM-DD');
const time = z.string().describe('RFC 3339, UTC');
const maybe = z.string().nullable();

const counts = {
  decisions: count,
  pass: count,
  fail: count,
  waived: count.describe('part of fail: an override waived it; never a pass'),
  undecided: count.describe('errors, and what was not evaluated'),
  not_applicable: count,
};

const policySchema = z.strictObject({
  policy_id: z.string(),
  title: z.string(),
  says: z.string().describe('the text of the annotation of its rule'),
  rationale: z.string().describe('why it speaks to the control'),
  strength: z.string(),
  severity: z.string(),
  owner: z.string(),
  cadence: z.string(),
  since: z.string(),
  modes: z.record(z.string(), z.string()).describe('what each layer does with a fail, as declared'),
  remediation: z.string(),
  inputs: z.array(z.string()).describe('kinds of input that it reads; empty: all'),
  file: z.string(),
  text_digest: z.string().describe('of the rule file, as it lies beside the log').exactOptional(),
  revision: z.string(),
});

const layerSchema = z.strictObject({
  policy_id: z.string(),
  layer: z.string(),
  tool: z.string(),
  mode: z.string().describe('as declared; unknown: the policy is none of the repository'),
  first_day: day,
  last_day: day,
  days: count,
  ...counts,
  denied: count.describe('part of fail: it was enforced'),
});

const exceptionSchema = z.strictObject({
  policy_id: z.string(),
  subject_type: z.string(),
  subject_id: z.string(),
  environment: z.string(),
  severity: z.string(),
  message: z.string(),
  first_failed: time,
  last_failed: time,
  fails: count,
  waived: count,
  passed: time.nullable().describe('when it passed later in the period; it stays an exception'),
  record_id: z.string().describe('of the first fail'),
  log_index: count,
});

const changeSchema = z.strictObject({
  recorded_at: time,
  log_index: count,
  record_id: z.string(),
  revision: z.string(),
  policy_id: z.string(),
  what: z.enum(['added', 'removed', 'changed']),
  fields: z.array(z.string()).describe('of the policy; `text`: its file'),
  text_digest: z.string().exactOptional(),
});

/** What somebody gave and somebody else reviewed. Never in a count of decisions. */
export const manualItemSchema = z.strictObject({
  record_id: z.string(),
  log_index: count,
  title: z.string(),
  form: z.string().describe('document, screenshot or attestation'),
  name: maybe.describe('of the file'),
  digest: z.string(),
  added_at: time,
  added_by: z.string().describe('a reference, never a name'),
  ai_system: maybe.describe('the AI system that it documents; null: it names none'),
  valid_until: day,
  freshness: z.enum(['fresh', 'expiring', 'stale']).describe('on the last day of the period'),
  verdict: z.enum(['pass', 'fail', 'not_evaluated']).describe('of the last review; of no policy'),
  reviewer: maybe.describe('as given'),
  reviewed_at: time.nullable(),
  reviews: count,
  replaced_by: maybe,
  in_force: z.boolean().describe('passed its review, is not stale, and nothing replaced it'),
});

/** What one policy said of one AI system. */
export const systemDecisionsSchema = z.strictObject({
  ai_system: z.string(),
  policy_id: z.string(),
  ...counts,
  subjects: count.describe('of the system, up to the last day'),
  failing: count.describe('subjects of which the last decision failed, waived or not'),
  open: count.describe('subjects of which the last decision is an error or missing'),
  passing: count,
  last_recorded_at: time,
  shown: z
    .strictObject({ verdict: z.string(), recorded_at: time, record_id: z.string(), log_index: count })
    .describe('the last decision of the subject that is worst off'),
});

export const CONTROL_KINDS = ['automated', 'partly', 'manual', 'none'] as const;

const controlSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z
    .enum(CONTROL_KINDS)
    .describe(
      'automated: a link of full strength; partly: other links; manual: none, and the framework asks for documents; none',
    ),
  policies: z.array(policySchema),
  foreign_checks: count.describe('links from checks of other tools, in force at the end'),
  ...counts,
  subjects: count,
  days_expected: count,
  days_with_evidence: count.describe('with a pass or a fail'),
  layers: z.array(layerSchema),
  days: z.array(
    z.strictObject({
      day,
      ...counts,
      stopped: count.describe(
        'part of fail: enforced at pre-commit, ci or admission, so that it did not come to run',
      ),
    }),
  ),
  exceptions: count.describe('subject and policy, each counted once'),
  exceptions_listed: z.array(exceptionSchema).describe('the first 100 by time'),
  waivers: z.array(z.strictObject({ override_id: z.string(), policy_id: z.string(), uses: count })),
  changes: z.array(changeSchema),
  manual: z
    .array(manualItemSchema)
    .describe('up to the last day, also what was replaced, failed or is stale'),
  ai_systems: z.array(systemDecisionsSchema).describe('decisions that name an AI system: a part of all'),
  latest: z
    .strictObject({
      log_index: count,
      record_id: z.string(),
      recorded_at: time,
      layer: z.string(),
      policy_id: z.string(),
      verdict: z.string(),
      policy_revision: z.string(),
      bundle_digest: z.string(),
      leaf_hash: z
        .string()
        .describe('of the entry as it was read under the signed root; empty: it is not at its place'),
    })
    .nullable()
    .describe('the last decision of the period that judged something'),
});

const hoursSchema = z.strictObject({
  days: z.array(
    z.strictObject({
      day,
      cells: z
        .string()
        .length(24)
        .describe('an hour each, UTC: r a run and none overdue; m a run was overdue in it; q neither'),
    }),
  ),
  silences: z
    .array(
      z.strictObject({
        last_run: time.nullable().describe('null: none in the period before'),
        due: time.describe('cadence and grace after it'),
        ended: time.nullable().describe('by the next run; null: not until the end of what is known'),
        minutes: z.number().describe('without a run, in whole minutes'),
        runs_missed: count,
        within_hour: z
          .boolean()
          .describe('somewhere between the two runs, and at most so long: the log was read by hour'),
      }),
    )
    .describe('longer than cadence and grace, by when they were due'),
  known_until: time,
});

/** One model of what the evidence of a scope says. Every page and file is made from it. Version 1, as published. */
export const auditReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  scope: scopeSchema,
  engagement: z.string().exactOptional(),
  standing: z.strictObject({
    warnings: z.array(z.string()).describe('what the reader must know first'),
    complete: z.boolean(),
    verification: z.strictObject({
      state: z.enum(['not_run', 'held', 'failed']),
      message: z.string(),
    }),
    period_over: z.boolean(),
    days_expected: count.describe('of the period, up to today'),
    days_missing: z.array(day).describe('without any record; a day that is not over is none of them'),
    days_open: z.array(day).describe('not closed'),
    missing: z
      .array(
        z.strictObject({
          kind: z.enum([
            'days_without_records',
            'days_of_sources',
            'runs_of_sources',
            'runs_incomplete',
            'numbers_missing',
            'gaps_recorded',
          ]),
          count,
          message: z.string(),
          section: z.enum(['sources', 'gaps']).describe('of the report on completeness, which lists each'),
        }),
      )
      .describe('what is known to be missing of the period; with one entry it is not complete'),
    sources_expected: count.describe(
      'sources that the policies in force register; 0: a run that never came would not be missed',
    ),
  }),
  checkpoint: z.strictObject({
    origin: z.string(),
    size: count,
    root: z.string(),
    level: z.string(),
    period_end: z.strictObject({ size: count, root: z.string() }),
  }),
  framework: z.strictObject({ id: z.string(), title: z.string(), version: z.string() }),
  denominators: z.strictObject({
    controls: count,
    ...{ automated: count, partly: count, manual: count, none: count },
    with_evidence: count.describe('with a pass or a fail in the period'),
    with_exceptions: count,
    with_manual: count.describe('with manual evidence in force on the last day'),
  }),
  totals: z
    .strictObject({
      ...counts,
      exceptions: count.describe('subject and policy, each counted once, whatever controls they count for'),
    })
    .describe('of all controls together: a decision that counts for several of them is one'),
  controls: z.array(controlSchema),
  changes: z.array(changeSchema),
  versions: z.array(
    z.strictObject({
      log_index: count,
      record_id: z.string(),
      recorded_at: time,
      revision: z.string(),
      bundle_digest: z.string(),
      control_map_digest: z.string(),
      lineage: z.string(),
      in_force_at_begin: z.boolean(),
    }),
  ),
  overrides: z.strictObject({
    register: z.array(
      z.strictObject({
        override_id: z.string(),
        digest: z.string(),
        policy_id: maybe,
        owner: maybe,
        approver: maybe,
        reason: maybe,
        ticket: maybe,
        created: maybe,
        sunset: maybe,
        uses: count,
        subjects: count,
        first_used: time.nullable(),
        last_used: time.nullable(),
        register: z.string(),
        expired_matched: count.describe('fails that it would have matched after its sunset'),
      }),
    ),
    expired_matched: z.array(
      z.strictObject({
        override_id: z.string(),
        matched: count.describe('fails after its sunset that it would have matched'),
        waived_by_renewal: count.describe(
          'part of matched: waived in that run by another override for the same policy and scope',
        ),
      }),
    ),
    orphans: z.array(z.string()).describe('a run called it one, and none used it in the period'),
    days: z
      .array(
        z.strictObject({
          day,
          ...{ up_to_7: count, up_to_30: count, up_to_90: count, older: count },
          expired: count.describe('past its sunset, and still in a bundle in force'),
        }),
      )
      .describe(
        'overrides open on each day, by their age in days at its end; a renewed one is as old as its first form',
      ),
    renewals: z.array(z.strictObject({ day, override_id: z.string(), since: day })),
    ahead: z
      .array(z.strictObject({ override_id: z.string(), sunset: time, since: day }))
      .describe('open at the end, by their sunset'),
    without_dates: count.describe('recorded without a day of creation or sunset: in no count of days'),
  }),
  completeness: z.strictObject({
    sources: z.array(
      z.strictObject({
        emitter: z.string(),
        owner: z.string().nullable().describe('null: nobody registered it, and nobody would miss it'),
        own: z.boolean().describe('Exhibit itself writes under this name: nobody is to register it'),
        cadence: z.string().nullable(),
        days_expected: count.nullable().describe('null: its cadence is not one of days'),
        days_with_runs: count,
        days_missed: z.array(day),
        days: z.array(z.strictObject({ day, runs: count, records: count })).describe('with records'),
        hours: hoursSchema.nullable().describe('null: its cadence is a day or longer, or no time'),
        runs_missed: count
          .nullable()
          .describe('that did not come, of a cadence longer than a day; null: it is shorter, or no time'),
        records: count,
        runs: count,
        late: count,
        numbers_missing: count,
      }),
    ),
    incomplete_runs: z.array(
      z.strictObject({ run_id: z.string(), emitter: z.string(), problem: z.string() }),
    ),
    gap_records: z.array(
      z.strictObject({
        log_index: count,
        record_id: z.string(),
        emitter: z.string(),
        policy_id: maybe,
        message: z.string(),
      }),
    ),
    unmapped_decisions: count,
    late: count,
  }),
  funnel: z
    .array(
      z.strictObject({
        layer: z.string(),
        ...{ evaluated: count, failed: count, denied: count, overridden: count },
        reached: count.describe('of those that failed, judged by a later layer afterwards'),
      }),
    )
    .describe('pairs of a policy and a subject, by layer'),
  time_stamps: z
    .array(
      z.strictObject({
        log_index: count,
        at: time,
        size: count.describe('records that it covers'),
        tsa: z.string(),
        token_digest: z.string(),
      }),
    )
    .describe('as the log says it; the tokens were not verified here'),
  questions: z.array(
    z.strictObject({ name: z.string(), rows: count, complete: z.boolean(), result_digest: z.string() }),
  ),
});

export type AuditReport = z.infer<typeof auditReportSchema>;
export type ControlReport = AuditReport['controls'][number];
export type ControlKind = (typeof CONTROL_KINDS)[number];
export type SourceHours = z.infer<typeof hoursSchema>;
export type ManualEvidence = z.infer<typeof manualItemSchema>;
export type SystemDecisions = z.infer<typeof systemDecisionsSchema>;
export type PolicyChange = AuditReport['changes'][number];
