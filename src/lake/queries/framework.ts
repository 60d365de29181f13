import {
  IN_PERIOD,
  inPeriod,
  LINKED_ON_DAY,
  OF_FRAMEWORK,
  PERIOD,
  type QueryTemplate,
  RECORDED_DAY,
  recordedDay,
} from './types.ts';

/** Decisions with the controls that their own map links them to on that day. */
const PLACED = `FROM fact f ${LINKED_ON_DAY}`;

/** Questions across controls and policies: daily counts, or the fact table, with the control map as bridge, and what the manifests say. */
export const FRAMEWORK_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'framework-verdicts',
    title: 'Verdicts per control of a framework',
    question:
      'How many decisions of each verdict did each control of the framework have? A control that none supports has one line with zero: nothing was judged.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework', 'framework', 'framework'],
    sql: `WITH counted AS (
  SELECT control_map_digest, policy_id, verdict, disposition, ${RECORDED_DAY} AS recorded_day, sum(decisions) AS decisions
  FROM daily_counts
  WHERE ${IN_PERIOD}
  GROUP BY 1, 2, 3, 4, 5
), decided AS (
  SELECT c.control, n.verdict, n.disposition, n.decisions
  FROM counted n JOIN control_map c ON c.map_digest = n.control_map_digest AND c.policy_id = n.policy_id
    AND n.recorded_day BETWEEN c.valid_from AND c.valid_until
  WHERE c.framework = ?
), named AS (
  SELECT framework, control FROM control_map WHERE framework = ?
  UNION
  SELECT framework, control FROM framework_controls WHERE framework = ? AND is_current
)
SELECT n.framework, n.control, d.verdict, d.disposition, CAST(coalesce(sum(d.decisions), 0) AS bigint) AS decisions
FROM named n LEFT JOIN decided d ON d.control = n.control
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4`,
  },
  {
    name: 'framework-coverage',
    title: 'Coverage of a framework',
    question:
      'For each control of the framework: on how many closed days was evidence expected, on how many did any decision come (also one that found nothing to judge: control-days tells those apart), and is the control automated at all?',
    parameters: OF_FRAMEWORK,
    positions: ['framework', 'from', 'to', 'framework'],
    sql: `WITH files AS (
  SELECT framework, control, count(*) AS days_expected, count(*) FILTER (WHERE row_count > 0) AS days_with_evidence,
    CAST(sum(row_count) AS bigint) AS decisions
  FROM manifest
  WHERE framework = ? AND day BETWEEN ? AND ?
  GROUP BY 1, 2
), listed AS (
  SELECT framework, control, title, coverage FROM framework_controls WHERE framework = ? AND is_current
)
SELECT coalesce(c.framework, f.framework) AS framework, coalesce(c.control, f.control) AS control, c.title, c.coverage,
  coalesce(f.days_expected, 0) AS days_expected, coalesce(f.days_with_evidence, 0) AS days_with_evidence,
  coalesce(f.decisions, 0) AS decisions
FROM listed c FULL OUTER JOIN files f ON f.framework = c.framework AND f.control = c.control
ORDER BY 1, 2`,
  },
  {
    name: 'framework-waived',
    title: 'Waived decisions of a framework',
    question:
      'Which failing decisions of each control of the framework were waived, and by which override? Waived is never a pass. A decision that counts for two controls has two lines.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `SELECT DISTINCT c.control, f.log_index, f.record_id, f.observed_at, f.layer, f.policy_id, f.subject_type, f.subject_id,
  f.environment, f.verdict, f.disposition, f.override_id, f.override_digest, f.change
${PLACED}
WHERE f.record_type = 'decision' AND f.disposition = 'waived' AND ${inPeriod('f')} AND c.framework = ?
ORDER BY 1, 2`,
  },
  {
    name: 'framework-undecided',
    title: 'Errors and what was not evaluated, of a framework',
    question:
      'Where did each control of the framework get no answer: a rule that failed, an input that could not be read? A decision that counts for two controls has two lines.',
    parameters: OF_FRAMEWORK,
    positions: ['from', 'to', 'framework'],
    sql: `SELECT DISTINCT c.control, f.log_index, f.record_id, f.observed_at, f.layer, f.tool, f.policy_id, f.subject_type, f.subject_id,
  f.verdict, f.disposition, f.message
${PLACED}
WHERE f.record_type = 'decision' AND f.verdict IN ('error', 'not_evaluated') AND ${inPeriod('f')} AND c.framework = ?
ORDER BY 1, 2`,
  },
  {
    name: 'policy-versions',
    title: 'Policy versions in force',
    question:
      'Which versions of the policies and the control map were announced, how often (a bundle may be signed again), and which decisions of the period used them? A version without an announcement was used by decisions, and no policy record names it.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH used AS (
  SELECT bundle_digest, control_map_digest, min(policy_revision) AS policy_revision, count(*) AS decisions,
    min(observed_at) AS first_used_at, max(observed_at) AS last_used_at
  FROM fact
  WHERE record_type = 'decision' AND ${IN_PERIOD}
  GROUP BY 1, 2
), announced AS (
  SELECT bundle_digest, control_map_digest, min(log_index) AS log_index, min(recorded_at) AS recorded_at,
    min_by(policy_revision, log_index) AS policy_revision, count(*) AS announcements
  FROM policy_version
  GROUP BY 1, 2
)
SELECT a.log_index, a.recorded_at, a.policy_revision, a.bundle_digest, a.control_map_digest, a.announcements,
  coalesce(u.decisions, 0) AS decisions, u.first_used_at, u.last_used_at
FROM announced a
LEFT JOIN used u ON u.bundle_digest = a.bundle_digest AND u.control_map_digest = a.control_map_digest
UNION ALL
SELECT NULL, NULL, u.policy_revision, u.bundle_digest, u.control_map_digest, 0, u.decisions, u.first_used_at, u.last_used_at
FROM used u
WHERE NOT EXISTS (
  SELECT 1 FROM announced a WHERE a.bundle_digest = u.bundle_digest AND a.control_map_digest = u.control_map_digest)
ORDER BY 1, 4, 5`,
  },
  {
    name: 'never-judged',
    title: 'Policies that judged nothing',
    question: 'Which policies in force never passed or failed anything in the period?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH judged AS (
  SELECT policy_id, CAST(sum(decisions) AS bigint) AS decisions, sum(decisions) FILTER (WHERE verdict IN ('pass', 'fail')) AS judged
  FROM daily_counts
  WHERE ${IN_PERIOD}
  GROUP BY 1
)
SELECT p.policy_id, p.title, p.owner, p.severity, p.cadence, p.since, coalesce(j.decisions, 0) AS decisions
FROM policy p LEFT JOIN judged j ON j.policy_id = p.policy_id
WHERE p.is_current AND coalesce(j.judged, 0) = 0
ORDER BY p.policy_id`,
  },
  {
    name: 'unmapped-decisions',
    title: 'Decisions that support no control',
    question:
      'Which policies decided something that counts for no control, because the control map of the decision does not link them on that day?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    showsUnplaced: true,
    sql: `SELECT f.policy_id, f.tool, f.control_map_digest, CAST(sum(f.decisions) AS bigint) AS decisions
FROM daily_counts f
WHERE ${inPeriod('f')}
  AND NOT EXISTS (SELECT 1 FROM control_map c WHERE c.map_digest = f.control_map_digest AND c.policy_id = f.policy_id
    AND ${recordedDay('f')} BETWEEN c.valid_from AND c.valid_until)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
  {
    name: 'control-links',
    title: 'Which policies support which control',
    question:
      'Which links did each announced control map have, from which leaf of the log on? A map without a usable link has one line without a control.',
    parameters: [],
    positions: [],
    sql: `SELECT DISTINCT v.log_index, v.control_map_digest, c.framework, c.control, c.policy_id, c.strength, c.valid_from, c.valid_until
FROM policy_version v LEFT JOIN control_map c ON c.map_digest = v.control_map_digest
ORDER BY 1, 3, 4, 5, 7`,
  },
  {
    name: 'framework-controls',
    title: 'Controls of the frameworks',
    question: 'Which controls do the frameworks of the last policy version list?',
    parameters: [],
    positions: [],
    sql: `SELECT framework, control, max(title) AS title, max(coverage) AS coverage
FROM framework_controls
WHERE is_current
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
  {
    name: 'control-maps-used',
    title: 'Control maps that decisions name',
    question: 'Which control maps do the decisions of the period name, and how many name each, or none?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT control_map_digest, CAST(sum(decisions) AS bigint) AS decisions
FROM daily_counts
WHERE ${IN_PERIOD}
GROUP BY 1
ORDER BY 1`,
  },
];
