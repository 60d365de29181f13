import { IN_PERIOD, OF_CONTROL, OF_FRAMEWORK, type QueryTemplate, RECORDED_DAY, UP_TO } from './types.ts';

const field = (name: string) => `json_extract_scalar(details, '$.${name}') AS ${name}`;

/** Every manual record up to the last day, with what its details say. */
const TOLD = `told AS (
  SELECT log_index, record_id, recorded_at, actor, ${field('kind')}, ${field('manual')}, ${field('framework')}, ${field('control')},
    ${field('title')}, ${field('form')}, ${field('name')}, ${field('media_type')},
    CAST(json_extract_scalar(details, '$.bytes') AS bigint) AS bytes, ${field('digest')}, ${field('valid_until')},
    ${field('expiring_from')}, ${field('ai_system')}, ${field('supersedes')}, ${field('verdict')}, ${field('reviewer')}
  FROM fact
  WHERE record_type = 'manual' AND emitter = 'exhibit.audit' AND ${UP_TO}
), reviewed AS (
  SELECT manual, verdict, reviewer, recorded_at, row_number() OVER (PARTITION BY manual ORDER BY log_index DESC) AS place,
    count(*) OVER (PARTITION BY manual) AS reviews
  FROM told
  WHERE kind = 'manual reviewed'
), replaced AS (
  SELECT supersedes, min_by(record_id, log_index) AS replaced_by
  FROM told
  WHERE kind = 'manual added' AND supersedes IS NOT NULL
  GROUP BY 1
), expiring AS (
  SELECT record_id, 1 AS is_so FROM told WHERE kind = 'manual added' AND expiring_from <= ?
), stale AS (
  SELECT record_id, 1 AS is_so FROM told WHERE kind = 'manual added' AND valid_until < ?
)`;

const STATES = `states AS (
  SELECT a.framework, a.control, a.record_id, a.log_index, a.recorded_at AS added_at, a.actor AS added_by, a.title, a.form, a.name,
    a.media_type, a.bytes, a.digest, a.valid_until,
    CASE WHEN s.is_so = 1 THEN 'stale' WHEN e.is_so = 1 THEN 'expiring' ELSE 'fresh' END AS freshness,
    coalesce(r.verdict, 'not_evaluated') AS manual_verdict, r.reviewer, r.recorded_at AS reviewed_at, coalesce(r.reviews, 0) AS reviews,
    a.ai_system, a.supersedes, p.replaced_by
  FROM told a
  LEFT JOIN reviewed r ON r.manual = a.record_id AND r.place = 1
  LEFT JOIN replaced p ON p.supersedes = a.record_id
  LEFT JOIN expiring e ON e.record_id = a.record_id
  LEFT JOIN stale s ON s.record_id = a.record_id
  WHERE a.kind = 'manual added' AND a.framework = ?`;

const items = (narrower: string) => `WITH ${TOLD}, ${STATES}${narrower}
)
SELECT control, record_id, log_index, added_at, added_by, title, form, name, media_type, bytes, digest, valid_until, freshness,
  manual_verdict, reviewer, reviewed_at, reviews, ai_system, supersedes, replaced_by
FROM states
ORDER BY control, log_index`;

/** What is asked as of the last day has no first one. */
const ASOF = ({ name }: { name: string }) => name !== 'from';

/** What people gave and judged. It is counted apart from decisions everywhere. */
export const MANUAL_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'manual-evidence',
    title: 'Manual evidence of a framework',
    question:
      'Which documents, screenshots and attestations were given for the controls up to the last day, who reviewed them with which verdict, which AI system do they document, and were they fresh on that day? What was replaced or failed stays in the list.',
    parameters: OF_FRAMEWORK.filter(ASOF),
    positions: ['to', 'to', 'to', 'framework'],
    history: true,
    sql: items(''),
  },
  {
    name: 'manual-evidence-of-control',
    title: 'Manual evidence of a control',
    question:
      'Which documents, screenshots and attestations were given for the control up to the last day, who reviewed them with which verdict, and were they fresh on that day?',
    parameters: OF_CONTROL.filter(ASOF),
    positions: ['to', 'to', 'to', 'framework', 'control'],
    history: true,
    sql: items(' AND a.control = ?'),
  },
  {
    name: 'evidence-kinds',
    title: 'Automated and manual evidence of each control',
    question:
      'Which kind of evidence does each control of the framework have: decisions that passed or failed in the period, manual evidence that passed its review and is not stale on the last day, both, or none? Manual evidence alone is manual, never a pass.',
    parameters: OF_FRAMEWORK,
    positions: ['to', 'to', 'to', 'framework', 'from', 'to', 'framework', 'framework', 'framework'],
    history: true,
    sql: `WITH ${TOLD}, ${STATES}
), given AS (
  SELECT control, count(*) AS manual_items,
    count(*) FILTER (WHERE manual_verdict = 'pass' AND freshness <> 'stale' AND replaced_by IS NULL) AS manual_in_force,
    count(*) FILTER (WHERE manual_verdict = 'fail') AS manual_failed,
    count(*) FILTER (WHERE manual_verdict = 'not_evaluated') AS manual_not_reviewed,
    count(*) FILTER (WHERE freshness = 'stale') AS manual_stale,
    count(*) FILTER (WHERE replaced_by IS NOT NULL) AS manual_replaced
  FROM states
  GROUP BY 1
), counted AS (
  SELECT control_map_digest, policy_id, verdict, ${RECORDED_DAY} AS recorded_day, sum(decisions) AS decisions
  FROM daily_counts
  WHERE ${IN_PERIOD}
  GROUP BY 1, 2, 3, 4
), decided AS (
  SELECT c.control, CAST(sum(n.decisions) AS bigint) AS decisions,
    CAST(coalesce(sum(n.decisions) FILTER (WHERE n.verdict IN ('pass', 'fail')), 0) AS bigint) AS judged
  FROM counted n JOIN control_map c ON c.map_digest = n.control_map_digest AND c.policy_id = n.policy_id
    AND n.recorded_day BETWEEN c.valid_from AND c.valid_until
  WHERE c.framework = ?
  GROUP BY 1
), named AS (
  SELECT control FROM control_map WHERE framework = ?
  UNION
  SELECT control FROM framework_controls WHERE framework = ? AND is_current
)
SELECT n.control,
  CASE WHEN coalesce(d.judged, 0) > 0 AND coalesce(g.manual_in_force, 0) > 0 THEN 'automated and manual'
    WHEN coalesce(d.judged, 0) > 0 THEN 'automated' WHEN coalesce(g.manual_in_force, 0) > 0 THEN 'manual' ELSE 'none' END AS kind,
  coalesce(d.decisions, 0) AS automated_decisions, coalesce(d.judged, 0) AS automated_judged,
  coalesce(g.manual_items, 0) AS manual_items, coalesce(g.manual_in_force, 0) AS manual_in_force,
  coalesce(g.manual_failed, 0) AS manual_failed, coalesce(g.manual_not_reviewed, 0) AS manual_not_reviewed,
  coalesce(g.manual_stale, 0) AS manual_stale, coalesce(g.manual_replaced, 0) AS manual_replaced
FROM named n LEFT JOIN decided d ON d.control = n.control LEFT JOIN given g ON g.control = n.control
ORDER BY 1`,
  },
  {
    name: 'saved-queries',
    title: 'Questions whose answers were saved',
    question:
      'Which answers were saved in the period, by whom, over which size of the log, complete or not, with how many rows and which digest, and what did running them again say?',
    parameters: OF_FRAMEWORK.filter(({ name }) => name !== 'framework'),
    positions: ['from', 'to'],
    sql: `SELECT log_index, record_id, recorded_at, ${field('kind')}, ${field('name')}, json_extract_scalar(details, '$.query.name') AS question,
  actor, json_extract_scalar(details, '$.ledger.size') AS ledger_size, json_extract_scalar(details, '$.coverage.complete') AS complete,
  json_extract_scalar(details, '$.row_count') AS row_count, json_extract_scalar(details, '$.result_digest') AS result_digest,
  ${field('saved')}, ${field('outcome')}
FROM fact
WHERE record_type = 'query' AND emitter = 'exhibit.audit' AND json_extract_scalar(details, '$.kind') IN ('query saved', 'query run again') AND ${IN_PERIOD}
ORDER BY log_index`,
  },
];
