import { LINKED } from './report.ts';
import {
  IN_PERIOD,
  inPeriod,
  OF_FRAMEWORK,
  PERIOD,
  type QueryTemplate,
  RECORDED_DAY,
  recordedDay,
  UP_TO,
} from './types.ts';

/** In the order in which a change comes to them. */
const PLACE = `CASE layer WHEN 'pre-commit' THEN 1 WHEN 'ci' THEN 2 WHEN 'admission' THEN 3 WHEN 'runtime' THEN 4 ELSE 5 END`;

/** What pictures are drawn from, where no other question has it. */
export const PICTURE_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'layer-funnel',
    title: 'What each layer judged, stopped and let through',
    question:
      'Of each layer: how many pairs of a policy of the framework and a subject were judged, how many failed, were denied, were waived, and how many of those that failed were judged by a later layer afterwards?',
    parameters: OF_FRAMEWORK,
    positions: ['framework', 'from', 'to'],
    // What was judged is read once, by the days on which any control has the policy: a decision that two links have is the same least and most. A later layer judged
    // it after it had failed where it judged it last after that.
    sql: `WITH linked AS (
  SELECT DISTINCT map_digest, policy_id, valid_from, valid_until FROM control_map WHERE framework = ?
), judged AS (
  SELECT f.policy_id, f.subject_type, f.subject_id, coalesce(f.environment, '') AS environment, f.layer, ${PLACE} AS place,
    max(f.observed_at) AS last_at, min(CASE WHEN f.verdict = 'fail' THEN f.observed_at END) AS first_failed_at,
    max(CASE WHEN f.verdict = 'fail' AND f.disposition = 'enforced' THEN 1 ELSE 0 END) AS denied,
    max(CASE WHEN f.verdict = 'fail' AND f.disposition = 'waived' THEN 1 ELSE 0 END) AS overridden
  FROM fact f JOIN linked c ON c.map_digest = f.control_map_digest AND c.policy_id = f.policy_id
    AND ${recordedDay('f')} BETWEEN c.valid_from AND c.valid_until
  WHERE f.record_type = 'decision' AND f.verdict <> 'not_applicable' AND ${inPeriod('f')}
  GROUP BY 1, 2, 3, 4, 5, 6
), counted AS (
  SELECT layer, count(*) AS evaluated, count(first_failed_at) AS failed, CAST(sum(denied) AS bigint) AS denied,
    CAST(sum(overridden) AS bigint) AS overridden
  FROM judged
  GROUP BY 1
), reached AS (
  SELECT layer, count(*) AS reached
  FROM (
    SELECT DISTINCT a.policy_id, a.subject_type, a.subject_id, a.environment, a.layer
    FROM judged a JOIN judged b ON b.policy_id = a.policy_id AND b.subject_type = a.subject_type
      AND b.subject_id = a.subject_id AND b.place > a.place AND b.last_at >= a.first_failed_at
    WHERE a.first_failed_at IS NOT NULL AND b.place > (SELECT min(place) FROM judged WHERE first_failed_at IS NOT NULL)
  ) each
  GROUP BY 1
)
SELECT c.layer, c.evaluated, c.failed, c.denied, c.overridden, coalesce(r.reached, 0) AS reached
FROM counted c LEFT JOIN reached r ON r.layer = c.layer
ORDER BY 1`,
  },
  {
    name: 'control-latest',
    title: 'The last decision of each control',
    question:
      'Which decision of each control of the framework came last in the period, by which version of the policies? One that found nothing to judge is none.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework', 'from', 'to'],
    sql: `WITH latest AS (
  SELECT control_map_digest, policy_id, ${RECORDED_DAY} AS recorded_day, max(log_index) AS log_index
  FROM fact
  WHERE record_type = 'decision' AND verdict <> 'not_applicable' AND ${IN_PERIOD}
  GROUP BY 1, 2, 3
), placed AS (
  SELECT c.control, max(n.log_index) AS log_index
  FROM latest n ${LINKED('n', 'n.recorded_day', 'n.recorded_day')}
  WHERE c.framework = ?
  GROUP BY 1
)
SELECT p.control, f.log_index, f.record_id, f.recorded_at, f.layer, f.policy_id, f.verdict, f.policy_revision, f.bundle_digest
FROM placed p JOIN fact f ON f.log_index = p.log_index
WHERE ${inPeriod('f')}
ORDER BY 1`,
  },
  {
    name: 'override-history',
    title: 'Every override that was recorded',
    question:
      'Which overrides were recorded up to the end of the period, for which policy and scope, from when to when? An override that was renewed has several digests.',
    parameters: [{ name: 'to', type: 'day', about: 'last day that is read' }],
    positions: ['to'],
    history: true,
    sql: `SELECT override_id, override_digest, min(log_index) AS log_index, min(recorded_at) AS first_recorded_at, max(policy_id) AS policy_id,
  max(json_extract_scalar(details, '$.created')) AS created, max(json_extract_scalar(details, '$.sunset')) AS sunset,
  min_by(details, log_index) AS details
FROM fact
WHERE record_type = 'override' AND ${UP_TO}
GROUP BY 1, 2
ORDER BY 3, 1`,
  },
  {
    name: 'time-stamps',
    title: 'Time stamps of the log',
    question: 'Which time stamps of the log were recorded, by whom, and of how many records?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT log_index, record_id, observed_at, json_extract_scalar(details, '$.size') AS size,
  json_extract_scalar(details, '$.tsa') AS tsa, json_extract_scalar(details, '$.blob') AS token_digest
FROM fact
WHERE record_type = 'timestamp' AND emitter = 'exhibit.timestamps' AND ${IN_PERIOD}
ORDER BY log_index`,
  },
];
