import { IN_PERIOD, inPeriod, OF_CONTROL, type QueryTemplate } from './types.ts';

const CONTROL_POSITIONS = ['framework', 'control', 'from', 'to'] as const;

/** Questions about one control: they read its own files. */
export const CONTROL_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'verdicts-by-day',
    title: 'Verdicts per day',
    question: 'How many decisions of each verdict and disposition did this control have on each day?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT CAST(recorded_at AS date) AS recorded_day, verdict, disposition, count(*) AS decisions
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD}
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
  {
    name: 'failures-and-recovery',
    title: 'Failures, and how long until they passed',
    question:
      'Which subjects began to fail, and when did the same policy pass for the same subject again? Not passed again within the period is an empty time. A waived failure is a failure.',
    parameters: OF_CONTROL,
    positions: [...CONTROL_POSITIONS, ...CONTROL_POSITIONS],
    sql: `WITH failing AS (
  SELECT DISTINCT policy_id, subject_type, subject_id, coalesce(environment, '') AS environment
  FROM evidence
  WHERE framework = ? AND control = ? AND ${IN_PERIOD} AND verdict = 'fail'
), judged AS (
  SELECT e.policy_id, e.subject_type, e.subject_id, e.environment, e.verdict, e.severity, e.observed_at, e.log_index, e.record_id,
    lag(e.verdict) OVER (PARTITION BY e.policy_id, e.subject_type, e.subject_id, e.environment ORDER BY e.observed_at, e.log_index)
      AS previous
  FROM evidence e JOIN failing f ON f.policy_id = e.policy_id AND f.subject_type = e.subject_type AND f.subject_id = e.subject_id
    AND f.environment = coalesce(e.environment, '')
  WHERE e.framework = ? AND e.control = ? AND ${inPeriod('e')} AND e.verdict IN ('pass', 'fail')
), turns AS (
  SELECT *, lead(observed_at) OVER (PARTITION BY policy_id, subject_type, subject_id, environment ORDER BY observed_at, log_index) AS passed_at
  FROM judged
  WHERE previous IS NULL OR previous <> verdict
)
SELECT policy_id, subject_type, subject_id, environment, severity, observed_at AS failed_at, passed_at,
  date_diff('minute', observed_at, passed_at) AS minutes_to_pass, record_id, log_index
FROM turns
WHERE verdict = 'fail'
ORDER BY failed_at, log_index`,
  },
  {
    name: 'population',
    title: 'Population of a control',
    question:
      'Which subjects were judged for this control, how often, when first and last, and what was the last verdict?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `WITH latest AS (
  SELECT policy_id, subject_type, subject_id, environment, verdict, disposition, observed_at,
    row_number() OVER (PARTITION BY policy_id, subject_type, subject_id, environment ORDER BY observed_at DESC, log_index DESC) AS place,
    count(*) OVER (PARTITION BY policy_id, subject_type, subject_id, environment) AS decisions,
    min(observed_at) OVER (PARTITION BY policy_id, subject_type, subject_id, environment) AS first_observed_at
  FROM evidence
  WHERE framework = ? AND control = ? AND ${IN_PERIOD}
)
SELECT policy_id, subject_type, subject_id, environment, decisions, first_observed_at, observed_at AS last_observed_at,
  verdict AS last_verdict, disposition AS last_disposition
FROM latest
WHERE place = 1
ORDER BY policy_id, subject_type, subject_id, environment`,
  },
  {
    name: 'decisions',
    title: 'Every decision of a control',
    question:
      'What is each decision, with the digests that lead to its rule, its input and its leaf in the log?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT log_index, record_id, observed_at, recorded_at, late, layer, policy_id, strength, subject_type, subject_id, environment,
  verdict, disposition, severity, message, override_id, bundle_digest, input_digest, leaf_hash
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD}
ORDER BY log_index`,
  },
  {
    name: 'waived-decisions',
    title: 'Waived decisions',
    question:
      'Which failing decisions of this control were waived, and by which override? Waived is never a pass.',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT log_index, record_id, observed_at, layer, policy_id, subject_type, subject_id, environment, verdict, disposition,
  override_id, override_digest, change
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD} AND disposition = 'waived'
ORDER BY log_index`,
  },
  {
    name: 'undecided',
    title: 'Errors and what was not evaluated',
    question: 'Where did this control get no answer: a rule that failed, an input that could not be read?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT log_index, record_id, observed_at, layer, tool, policy_id, subject_type, subject_id, verdict, disposition, message
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD} AND verdict IN ('error', 'not_evaluated')
ORDER BY log_index`,
  },
  {
    name: 'enforcement-by-layer',
    title: 'Enforcement by layer',
    question: 'At which layers was this control judged, by which tools, and what was done about what failed?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT layer, tool, policy_id, count(*) AS decisions,
  count(*) FILTER (WHERE verdict = 'pass') AS pass,
  count(*) FILTER (WHERE verdict = 'fail') AS fail,
  count(*) FILTER (WHERE disposition = 'enforced') AS enforced,
  count(*) FILTER (WHERE disposition = 'warned') AS warned,
  count(*) FILTER (WHERE disposition = 'observed') AS observed,
  count(*) FILTER (WHERE disposition = 'waived') AS waived,
  count(*) FILTER (WHERE disposition = 'awaiting_approval') AS awaiting_approval,
  count(*) FILTER (WHERE verdict IN ('error', 'not_evaluated')) AS undecided,
  count(*) FILTER (WHERE verdict = 'not_applicable') AS not_applicable
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD}
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
  {
    name: 'who-changed-what',
    title: 'Who, and which change',
    question: 'Which actors and changes were judged for this control, with which result?',
    parameters: OF_CONTROL,
    positions: CONTROL_POSITIONS,
    sql: `SELECT repository, change, "commit", actor, actor_verified_by, min(observed_at) AS first_observed_at, count(*) AS decisions,
  count(*) FILTER (WHERE verdict = 'fail') AS fail,
  count(*) FILTER (WHERE disposition = 'waived') AS waived,
  count(*) FILTER (WHERE verdict IN ('error', 'not_evaluated')) AS undecided
FROM evidence
WHERE framework = ? AND control = ? AND ${IN_PERIOD}
GROUP BY 1, 2, 3, 4, 5
ORDER BY 6, 1, 2, 3, 4, 5`,
  },
];
