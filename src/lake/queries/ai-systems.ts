import { LINKED } from './report.ts';
import { OF_FRAMEWORK, type QueryTemplate, RECORDED_DAY, UP_TO } from './types.ts';

/**
 * A decision names an AI system where its subject is one, or where its details do: an application says so for what it asks. Where both
 * are said, the subject counts. A registration without an id names none.
 */
const NAMED = `CASE WHEN subject_type = 'ai_system' THEN nullif(subject_id, '(unnamed)') ELSE json_extract_scalar(details, '$.ai_system') END`;

export const AI_SYSTEM_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'ai-systems',
    title: 'Decisions on each AI system',
    question:
      'Which AI systems do decisions for the controls of the framework name, up to the last day; how many decisions of each verdict did each have in the period; and what did the last decision on each of its subjects say? A waived fail is a fail. Decisions that name no AI system are not here.',
    parameters: OF_FRAMEWORK,
    positions: ['to', 'from', 'framework'],
    history: true,
    sql: `WITH judged AS (
  SELECT control_map_digest, policy_id, subject_type, subject_id, coalesce(environment, '') AS environment, verdict, disposition,
    recorded_at, record_id, log_index, ${RECORDED_DAY} AS recorded_day, ${NAMED} AS ai_system
  FROM fact
  WHERE record_type = 'decision' AND (subject_type = 'ai_system' OR details LIKE '%"ai_system":"%') AND ${UP_TO}
), recent AS (
  SELECT log_index, 1 AS is_so FROM judged WHERE recorded_day >= ?
), placed AS (
  SELECT c.control, n.policy_id, n.ai_system, n.subject_type, n.subject_id, n.environment, n.verdict, n.disposition, n.recorded_at,
    n.record_id, n.log_index, coalesce(r.is_so, 0) AS recent
  FROM judged n ${LINKED('n', 'n.recorded_day', 'n.recorded_day')}
    LEFT JOIN recent r ON r.log_index = n.log_index
  WHERE c.framework = ? AND n.ai_system <> ''
), subjects AS (
  SELECT control, ai_system, policy_id, subject_type, subject_id, environment, sum(recent) AS decisions,
    sum(CASE WHEN verdict = 'pass' THEN recent ELSE 0 END) AS pass, sum(CASE WHEN verdict = 'fail' THEN recent ELSE 0 END) AS fail,
    sum(CASE WHEN verdict = 'fail' AND disposition = 'waived' THEN recent ELSE 0 END) AS waived,
    sum(CASE WHEN verdict IN ('error', 'not_evaluated') THEN recent ELSE 0 END) AS undecided,
    sum(CASE WHEN verdict = 'not_applicable' THEN recent ELSE 0 END) AS not_applicable,
    max_by(verdict, log_index) AS last_verdict, max_by(record_id, log_index) AS record_id, max_by(recorded_at, log_index) AS recorded_at,
    max(log_index) AS log_index
  FROM placed
  GROUP BY 1, 2, 3, 4, 5, 6
), ranked AS (
  SELECT *, CASE last_verdict WHEN 'fail' THEN 1 WHEN 'error' THEN 2 WHEN 'not_evaluated' THEN 2 WHEN 'pass' THEN 3 ELSE 4 END AS place
  FROM subjects
), shown AS (
  SELECT *, row_number() OVER (PARTITION BY control, ai_system, policy_id ORDER BY place, log_index DESC) AS line
  FROM ranked
)
SELECT control, ai_system, policy_id, CAST(sum(decisions) AS bigint) AS decisions, CAST(sum(pass) AS bigint) AS pass,
  CAST(sum(fail) AS bigint) AS fail, CAST(sum(waived) AS bigint) AS waived, CAST(sum(undecided) AS bigint) AS undecided,
  CAST(sum(not_applicable) AS bigint) AS not_applicable, count(*) AS subjects, count(*) FILTER (WHERE place = 1) AS failing,
  count(*) FILTER (WHERE place = 2) AS open, count(*) FILTER (WHERE place = 3) AS passing, max(recorded_at) AS last_recorded_at,
  max(CASE WHEN line = 1 THEN last_verdict END) AS shown_verdict, max(CASE WHEN line = 1 THEN recorded_at END) AS shown_recorded_at,
  max(CASE WHEN line = 1 THEN record_id END) AS shown_record_id, max(CASE WHEN line = 1 THEN log_index END) AS shown_log_index
FROM shown
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
];
