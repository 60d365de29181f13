import {
  IN_PERIOD,
  inPeriod,
  LINKED_ON_DAY,
  OF_FRAMEWORK,
  PERIOD,
  type QueryTemplate,
  RECORDED_DAY,
} from './types.ts';

/** Links of the framework, for what was recorded on a day that they speak of. */
export const LINKED = (table: string, first: string, last: string): string =>
  `JOIN control_map c ON c.map_digest = ${table}.control_map_digest AND c.policy_id = ${table}.policy_id
    AND ${first} <= c.valid_until AND ${last} >= c.valid_from`;

const COUNTS = (n: string): string => `CAST(sum(${n}) AS bigint) AS decisions,
  CAST(coalesce(sum(${n}) FILTER (WHERE verdict = 'pass'), 0) AS bigint) AS pass,
  CAST(coalesce(sum(${n}) FILTER (WHERE verdict = 'fail'), 0) AS bigint) AS fail,
  CAST(coalesce(sum(${n}) FILTER (WHERE verdict = 'fail' AND disposition = 'waived'), 0) AS bigint) AS waived,
  CAST(coalesce(sum(${n}) FILTER (WHERE verdict IN ('error', 'not_evaluated')), 0) AS bigint) AS undecided,
  CAST(coalesce(sum(${n}) FILTER (WHERE verdict = 'not_applicable'), 0) AS bigint) AS not_applicable`;

const COUNTED = `WITH counted AS (
  SELECT control_map_digest, policy_id, layer, tool, verdict, disposition, ${RECORDED_DAY} AS recorded_day, decisions
  FROM daily_counts
  WHERE ${IN_PERIOD}
)`;

/** What the reports on a framework are made of: each answers for all of its controls at once. */
export const REPORT_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'control-days',
    title: 'Verdicts per control and day',
    question:
      'How many decisions of each verdict did each control of the framework have on each day? waived and stopped (enforced at pre-commit, ci or admission) are parts of fail. A day without a line has no evidence.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `${COUNTED}
SELECT c.control, n.recorded_day, ${COUNTS('n.decisions')},
  CAST(coalesce(sum(n.decisions) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND n.layer IN ('pre-commit', 'ci', 'admission')), 0) AS bigint) AS stopped
FROM counted n ${LINKED('n', 'n.recorded_day', 'n.recorded_day')}
WHERE c.framework = ?
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
  {
    name: 'framework-decisions',
    title: 'Decisions of a framework, each counted once',
    question:
      'How many decisions of each verdict count for any control of the framework? One that counts for several controls is one. waived is a part of fail.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `${COUNTED}
SELECT ${COUNTS('n.decisions')}
FROM counted n
WHERE EXISTS (
  SELECT 1 FROM control_map c
  WHERE c.framework = ? AND c.map_digest = n.control_map_digest AND c.policy_id = n.policy_id
    AND n.recorded_day BETWEEN c.valid_from AND c.valid_until)`,
  },
  {
    name: 'control-layers',
    title: 'Layers of each control',
    question:
      'At which layers, by which tools and policies was each control of the framework judged, since when and on how many days? waived and denied (enforced) are parts of fail.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `${COUNTED}
SELECT c.control, n.policy_id, n.layer, n.tool, min(n.recorded_day) AS first_day, max(n.recorded_day) AS last_day,
  count(DISTINCT n.recorded_day) AS days, ${COUNTS('n.decisions')},
  CAST(coalesce(sum(n.decisions) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced'), 0) AS bigint) AS denied
FROM counted n ${LINKED('n', 'n.recorded_day', 'n.recorded_day')}
WHERE c.framework = ?
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4`,
  },
  {
    name: 'control-subjects',
    title: 'Population of each control',
    question:
      'How many subjects did each control of the framework have? A subject counts once for a control, whatever policies judged it, on the days on which the control map links them.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `SELECT control, count(*) AS subjects
FROM (
  SELECT DISTINCT c.control, f.subject_type, f.subject_id, coalesce(f.environment, '') AS environment
  FROM fact f ${LINKED_ON_DAY}
  WHERE f.record_type = 'decision' AND f.verdict <> 'not_applicable' AND ${inPeriod('f')} AND c.framework = ?
) named
GROUP BY 1
ORDER BY 1`,
  },
  {
    name: 'control-exceptions',
    title: 'Exceptions of each control',
    question:
      'Which subjects failed which policy of each control of the framework, and did they pass later within the period? One that was fixed stays an exception of the period. Of each control the first 100 by time; exceptions says how many there are, and distinct_exceptions how many of all controls together: a subject and policy that count for several controls are one.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework', 'from', 'to'],
    // Passes are looked for only where an exception is shown.
    sql: `WITH placed AS (
  SELECT c.control, f.policy_id, f.subject_type, f.subject_id, coalesce(f.environment, '') AS environment,
    min(f.observed_at) AS first_failed_at, max(f.observed_at) AS last_failed_at, count(*) AS fails,
    count(*) FILTER (WHERE f.disposition = 'waived') AS waived, min(f.log_index) AS log_index,
    min_by(f.record_id, f.log_index) AS record_id, max_by(f.severity, f.log_index) AS severity, max_by(f.message, f.log_index) AS message
  FROM fact f ${LINKED_ON_DAY}
  WHERE f.record_type = 'decision' AND f.verdict = 'fail' AND ${inPeriod('f')} AND c.framework = ?
  GROUP BY 1, 2, 3, 4, 5
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY control ORDER BY first_failed_at, log_index, policy_id) AS place,
    count(*) OVER (PARTITION BY control) AS exceptions,
    row_number() OVER (PARTITION BY policy_id, subject_type, subject_id, environment ORDER BY control) AS again
  FROM placed
), summed AS (
  SELECT *, CAST(sum(CASE WHEN again = 1 THEN 1 ELSE 0 END) OVER () AS bigint) AS distinct_exceptions
  FROM ranked
), shown AS (
  SELECT * FROM summed WHERE place <= 100
), passed AS (
  SELECT s.policy_id, s.subject_type, s.subject_id, s.environment, s.last_failed_at, min(p.observed_at) AS passed_at
  FROM (
    SELECT DISTINCT policy_id, subject_type, subject_id, environment, last_failed_at FROM shown
  ) s JOIN fact p ON p.policy_id = s.policy_id AND p.subject_type = s.subject_type AND p.subject_id = s.subject_id
    AND coalesce(p.environment, '') = s.environment
  WHERE p.record_type = 'decision' AND p.verdict = 'pass' AND p.observed_at > s.last_failed_at AND ${inPeriod('p')}
  GROUP BY 1, 2, 3, 4, 5
)
SELECT s.control, s.exceptions, s.distinct_exceptions, s.policy_id, s.subject_type, s.subject_id, s.environment, s.severity, s.message, s.first_failed_at,
  s.last_failed_at, s.fails, s.waived, p.passed_at, s.record_id, s.log_index
FROM shown s LEFT JOIN passed p ON p.policy_id = s.policy_id AND p.subject_type = s.subject_type AND p.subject_id = s.subject_id
  AND p.environment = s.environment AND p.last_failed_at = s.last_failed_at
ORDER BY s.control, s.first_failed_at, s.log_index, s.policy_id`,
  },
  {
    name: 'control-waivers',
    title: 'Overrides used for each control',
    question: 'Which overrides waived fails of each control of the framework, and how many?',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `WITH used AS (
  SELECT control_map_digest, policy_id, override_id, ${RECORDED_DAY} AS recorded_day, count(*) AS uses
  FROM fact
  WHERE record_type = 'decision' AND disposition = 'waived' AND ${IN_PERIOD}
  GROUP BY 1, 2, 3, 4
)
SELECT c.control, n.override_id, n.policy_id, CAST(sum(n.uses) AS bigint) AS uses
FROM used n ${LINKED('n', 'n.recorded_day', 'n.recorded_day')}
WHERE c.framework = ?
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
  {
    name: 'sources-by-day',
    title: 'What each source sent, by day',
    question:
      'On which days did each emitter send how many records, of them runs and late ones? A day without a line has nothing of it.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT emitter, ${RECORDED_DAY} AS recorded_day, count(*) AS records, count(*) FILTER (WHERE record_type = 'run') AS runs,
  count(*) FILTER (WHERE late) AS late
FROM fact
WHERE ${IN_PERIOD}
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
  {
    name: 'runs-by-hour',
    title: 'Runs of each source, by hour',
    question:
      'In which hours, UTC, did each emitter record how many runs; when were the first and the last of the hour; and how many milliseconds at most lay between two that followed each other in it? An hour without a line has none.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH runs AS (
  SELECT emitter, ${RECORDED_DAY} AS recorded_day, hour(recorded_at) AS hour_of_day, recorded_at, log_index
  FROM fact
  WHERE record_type = 'run' AND ${IN_PERIOD}
), apart AS (
  SELECT emitter, recorded_day, hour_of_day, recorded_at,
    lag(recorded_at) OVER (PARTITION BY emitter, recorded_day, hour_of_day ORDER BY recorded_at, log_index) AS run_before
  FROM runs
)
SELECT emitter, recorded_day, hour_of_day, count(*) AS runs, min(recorded_at) AS first_run_at, max(recorded_at) AS last_run_at,
  coalesce(max(date_diff('millisecond', run_before, recorded_at)), 0) AS longest_between
FROM apart
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
  {
    name: 'override-notices',
    title: 'What runs said of overrides',
    question: 'Which runs met an override after its sunset, or one that matched nothing?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT log_index, record_id, recorded_at, details
FROM fact
WHERE record_type = 'run' AND (details LIKE '%"expired":[{%' OR details LIKE '%"orphans":["%') AND ${IN_PERIOD}
ORDER BY log_index`,
  },
  {
    name: 'policy-records',
    title: 'Records of policy versions',
    question: 'Which records announced a version of the policies, with the digests of what they announced?',
    parameters: [],
    positions: [],
    sql: `SELECT log_index, recorded_at, policy_revision, bundle_digest, control_map_digest, frameworks_digest, policies_digest
FROM policy_version
ORDER BY 1`,
  },
];
