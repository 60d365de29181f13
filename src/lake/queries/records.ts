import { before, IN_PERIOD, inPeriod, PERIOD, type QueryTemplate, UP_TO } from './types.ts';

/**
 * Types of records that are of more than one period. Each is asked for by itself: engines skip files whose filters say that a value is not in them, for
 * one value and not for one of several.
 */
const STANDING = ['override', 'key', 'timestamp', 'manual', 'tombstone'] as const;

/** An act of an audit. */
const ACT = `log_index, record_id, record_type, recorded_at, emitter, sequence, engagement,
  json_extract_scalar(details, '$.kind') AS kind, actor, message, details`;
/** What Exhibit itself recorded of audits. */
const OWN_ACTS = "SELECT *, subject_id AS engagement FROM fact WHERE emitter = 'exhibit.audit'";
/** Comparisons with API servers. */
const COMPARED =
  "SELECT *, CAST(NULL AS varchar) AS engagement FROM fact WHERE emitter = 'admission/reconcile' AND record_type = 'run'";

/** Questions about records of all types, whatever control they support: they read the fact table. */
export const RECORD_QUERIES: readonly QueryTemplate[] = [
  {
    name: 'gap-records',
    title: 'Gaps that were recorded',
    question: 'Which gaps did the emitters and the ledger themselves record?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT log_index, record_id, observed_at, recorded_at, emitter, layer, tool, policy_id, message, details
FROM fact
WHERE record_type = 'gap' AND ${IN_PERIOD}
ORDER BY log_index`,
  },
  {
    name: 'audit-acts',
    title: 'What auditors and their hosts did',
    question:
      'Which engagements were opened and closed, and what was read, asked, drawn, compared and answered? Only what Exhibit itself recorded counts, and comparisons with API servers.',
    parameters: PERIOD,
    positions: ['from', 'to', 'from', 'to'],
    sql: `SELECT ${ACT}
FROM (
  ${OWN_ACTS} AND ${IN_PERIOD}
  UNION ALL
  ${COMPARED} AND ${IN_PERIOD}
) acts
ORDER BY log_index`,
  },
  {
    name: 'audit-acts-of-kind',
    title: 'What auditors and their hosts did, of one kind',
    question:
      'Which acts of audits are of this kind? However many reads there are, they hide no engagement, no draw and no request.',
    parameters: [
      { name: 'kind', type: 'varchar', about: 'such as engagement opened, request, sample drawn' },
      ...PERIOD,
    ],
    positions: ['kind', 'from', 'to', 'kind', 'from', 'to'],
    sql: `SELECT ${ACT}
FROM (
  ${OWN_ACTS} AND json_extract_scalar(details, '$.kind') = ? AND ${IN_PERIOD}
  UNION ALL
  ${COMPARED} AND 'population reconciled' = ? AND ${IN_PERIOD}
) acts
ORDER BY log_index`,
  },
  {
    name: 'audit-acts-of-engagement',
    title: 'What was done in an engagement',
    question: 'What was read, asked, drawn and answered in this engagement?',
    parameters: [{ name: 'engagement', type: 'varchar', about: 'its id' }, ...PERIOD],
    positions: ['engagement', 'from', 'to'],
    sql: `SELECT ${ACT}
FROM (
  ${OWN_ACTS} AND subject_id = ? AND ${IN_PERIOD}
) acts
ORDER BY log_index`,
  },
  {
    name: 'audit-act-numbers',
    title: 'Numbers of the acts of audits',
    question:
      'Which numbers have the acts of audits? The ledger gives them without holes: where two rows come back, what lies between them was not read.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH numbered AS (
  SELECT DISTINCT sequence
  FROM fact
  WHERE emitter = 'exhibit.audit' AND sequence IS NOT NULL AND ${IN_PERIOD}
),
runs AS (
  SELECT sequence, sequence - row_number() OVER (ORDER BY sequence) AS run
  FROM numbered
)
SELECT min(sequence) AS first_number, max(sequence) AS last_number
FROM runs
GROUP BY run
ORDER BY first_number`,
  },
  {
    name: 'standing-records',
    title: 'Overrides, keys, time stamps and manual evidence',
    question:
      'Which records that are of more than one period does the log hold: overrides, keys, time stamps, manual evidence, tombstones?',
    parameters: [{ name: 'to', type: 'day', about: 'last day that is read' }],
    positions: STANDING.map(() => 'to'),
    history: true,
    sql: `SELECT log_index, record_id, record_type, recorded_at, emitter, override_id, override_digest
FROM (
  ${STANDING.map((type) => `SELECT * FROM fact WHERE record_type = '${type}' AND ${UP_TO}`).join('\n  UNION ALL\n  ')}
) standing
ORDER BY log_index`,
  },
  {
    name: 'sequence-gaps',
    title: 'Missing sequence numbers',
    question:
      'Which numbers of which emitter never arrived? Reads from the start of the log: a number is missing until it comes.',
    parameters: [{ name: 'to', type: 'day', about: 'last day that is read' }],
    positions: ['to'],
    history: true,
    sql: `WITH numbered AS (
  SELECT emitter, sequence, coalesce(lag(sequence) OVER (PARTITION BY emitter ORDER BY sequence), -1) AS previous
  FROM fact
  WHERE sequence IS NOT NULL AND ${UP_TO}
)
SELECT emitter, previous + 1 AS first_missing, sequence - 1 AS last_missing, sequence - previous - 1 AS missing
FROM numbered
WHERE sequence - previous > 1
ORDER BY emitter, first_missing`,
  },
  {
    name: 'silent-emitters',
    title: 'Silent emitters',
    question: 'Which emitters have sent nothing since the given day, though they did before?',
    parameters: [
      {
        name: 'since',
        type: 'day',
        about: 'an emitter is silent when its last record is from an earlier day',
      },
      { name: 'to', type: 'day', about: 'last day that is read' },
    ],
    positions: ['to', 'since'],
    history: true,
    sql: `WITH emitters AS (
  SELECT emitter, min(recorded_at) AS first_recorded_at, max(recorded_at) AS last_recorded_at, count(*) AS records
  FROM fact
  WHERE ${UP_TO}
  GROUP BY 1
)
SELECT emitter, first_recorded_at, last_recorded_at, records
FROM emitters
WHERE last_recorded_at < CAST(CAST(? AS date) AS timestamp)
ORDER BY emitter`,
  },
  {
    name: 'late-records',
    title: 'Late records',
    question: 'Which records came in on a later day than they were observed, and how late?',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT log_index, record_id, record_type, emitter, policy_id, verdict, observed_at, recorded_at,
  date_diff('minute', observed_at, recorded_at) AS minutes_late
FROM fact
WHERE late AND ${IN_PERIOD}
ORDER BY log_index`,
  },
  {
    name: 'runs-without-decisions',
    title: 'Runs that decided nothing',
    question: 'Which runs made no decision? A run over an empty population is not a pass.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `SELECT log_index, run_id, observed_at, emitter, layer, tool, repository, change, message
FROM fact
WHERE record_type = 'run' AND run_total = 0 AND ${IN_PERIOD}
ORDER BY log_index`,
  },
  {
    name: 'incomplete-runs',
    title: 'Runs whose decisions did not all arrive',
    question:
      'Of which runs are the decisions not exactly those numbered 0 to run_total - 1 by the end of the period, and which decisions have no run record?',
    parameters: PERIOD,
    positions: ['from', 'to', 'to', 'to', 'from', 'to', 'from'],
    history: true,
    sql: `WITH told AS (
  SELECT log_index, run_id, observed_at, emitter, layer, run_total FROM fact WHERE record_type = 'run' AND ${IN_PERIOD}
), decided AS (
  SELECT run_id, emitter, run_index FROM fact WHERE record_type = 'decision' AND ${UP_TO}
), runs AS (
  SELECT DISTINCT run_id, emitter FROM fact WHERE record_type = 'run' AND ${UP_TO}
), counted AS (
  SELECT t.log_index, count(d.run_id) AS arrived,
    count(DISTINCT CASE WHEN d.run_index < t.run_total THEN d.run_index END) AS numbers
  FROM told t LEFT JOIN decided d ON d.run_id = t.run_id AND d.emitter = t.emitter
  GROUP BY 1
), compared AS (
  SELECT t.log_index, t.run_id, t.observed_at, t.emitter, t.layer, t.run_total, c.arrived, t.run_total - c.numbers AS missing,
    c.arrived - c.numbers AS surplus
  FROM told t JOIN counted c ON c.log_index = t.log_index
), unannounced AS (
  SELECT f.run_id, f.emitter, min(f.log_index) AS log_index, min(f.observed_at) AS observed_at, min(f.layer) AS layer, count(*) AS arrived
  FROM fact f
  WHERE f.record_type = 'decision' AND ${inPeriod('f')}
    AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.run_id = f.run_id AND r.emitter = f.emitter)
  GROUP BY 1, 2
), earlier AS (
  SELECT d.run_id, d.emitter, min(d.log_index) AS log_index, min(d.observed_at) AS observed_at, min(d.layer) AS layer, count(*) AS arrived
  FROM fact d JOIN unannounced u ON u.run_id = d.run_id AND u.emitter = d.emitter
  WHERE d.record_type = 'decision' AND ${before('d')}
  GROUP BY 1, 2
), lost AS (
  SELECT u.run_id, u.emitter, coalesce(e.log_index, u.log_index) AS log_index,
    least(u.observed_at, coalesce(e.observed_at, u.observed_at)) AS observed_at, least(u.layer, coalesce(e.layer, u.layer)) AS layer,
    u.arrived + coalesce(e.arrived, 0) AS arrived
  FROM unannounced u LEFT JOIN earlier e ON e.run_id = u.run_id AND e.emitter = u.emitter
)
SELECT log_index, run_id, observed_at, emitter, layer, run_total, arrived, missing, surplus,
  CASE WHEN missing > 0 AND surplus > 0 THEN 'decisions are missing, and others are too many'
    WHEN missing > 0 THEN 'decisions are missing' ELSE 'more decisions than the run made' END AS problem
FROM compared
WHERE missing > 0 OR surplus > 0
UNION ALL
SELECT log_index, run_id, observed_at, emitter, layer, NULL, arrived, NULL, NULL, 'no run record' FROM lost
ORDER BY 1`,
  },
  {
    name: 'overrides-in-force',
    title: 'Overrides in force',
    question:
      'Which overrides were in force or used in the period, whose are they, until when, how often were they used, and was that within their dates?',
    parameters: PERIOD,
    positions: ['to', 'from', 'to', 'to', 'from'],
    history: true,
    sql: `WITH registered AS (
  SELECT override_id, override_digest, min(log_index) AS log_index, max(policy_id) AS policy_id,
    max(json_extract_scalar(details, '$.owner')) AS owner, max(json_extract_scalar(details, '$.approver')) AS approver,
    max(json_extract_scalar(details, '$.reason')) AS reason, max(json_extract_scalar(details, '$.ticket')) AS ticket,
    max(json_extract_scalar(details, '$.created')) AS created, max(json_extract_scalar(details, '$.sunset')) AS sunset
  FROM fact
  WHERE record_type = 'override' AND ${UP_TO}
  GROUP BY 1, 2
), used AS (
  SELECT override_id, override_digest, count(*) AS uses, count(DISTINCT subject_id) AS subjects, min(observed_at) AS first_used_at,
    max(observed_at) AS last_used_at
  FROM fact
  WHERE record_type = 'decision' AND disposition = 'waived' AND ${IN_PERIOD}
  GROUP BY 1, 2
), valid AS (
  SELECT override_id, override_digest, 1 AS is_current FROM registered WHERE substr(created, 1, 10) <= ? AND substr(sunset, 1, 10) >= ?
), dated AS (
  SELECT r.*, CASE WHEN r.created IS NULL OR r.sunset IS NULL THEN 'registered without dates'
    WHEN c.is_current = 1 THEN 'registered' ELSE 'used outside its dates' END AS register
  FROM registered r LEFT JOIN valid c ON c.override_id = r.override_id AND c.override_digest = r.override_digest
)
SELECT r.override_id, r.override_digest, r.policy_id, r.owner, r.approver, r.reason, r.ticket, r.created, r.sunset,
  coalesce(u.uses, 0) AS uses, coalesce(u.subjects, 0) AS subjects, u.first_used_at, u.last_used_at, r.register
FROM dated r LEFT JOIN used u ON u.override_id = r.override_id AND u.override_digest = r.override_digest
WHERE u.uses > 0 OR r.register <> 'used outside its dates'
UNION ALL
SELECT u.override_id, u.override_digest, NULL, NULL, NULL, NULL, NULL, NULL, NULL, u.uses, u.subjects, u.first_used_at, u.last_used_at,
  'used without a record of its own'
FROM used u
WHERE NOT EXISTS (SELECT 1 FROM registered r WHERE r.override_id = u.override_id AND r.override_digest = u.override_digest)
ORDER BY 1, 2`,
  },
  {
    name: 'record-lineage',
    title: 'Lineage of one record',
    question:
      'From which run, policy version and bundle is a record, and which closed day holds it? The version is the one announced last before the record.',
    parameters: [
      { name: 'record_id', type: 'varchar', about: 'id of the record' },
      { name: 'to', type: 'day', about: 'last day that is read' },
    ],
    positions: ['record_id', 'to', 'to'],
    history: true,
    sql: `WITH found AS (
  SELECT record_id, log_index, record_type, recorded_at, verdict, disposition, policy_id, rule_id, run_id, bundle_digest,
    control_map_digest, input_digest, input_ref
  FROM fact
  WHERE record_id = ? AND ${UP_TO}
), runs AS (
  SELECT run_id, min(log_index) AS log_index, min_by(run_total, log_index) AS run_total, count(*) AS run_records
  FROM fact
  WHERE record_type = 'run' AND run_id IN (SELECT run_id FROM found) AND ${UP_TO}
  GROUP BY 1
), announced AS (
  SELECT f.log_index, count(*) AS announcements,
    coalesce(max(CASE WHEN v.log_index <= f.log_index THEN v.log_index END), min(v.log_index)) AS policy_log_index
  FROM found f JOIN policy_version v ON v.bundle_digest = f.bundle_digest
  GROUP BY 1
)
SELECT f.record_id, f.log_index, f.record_type, f.recorded_at, f.verdict, f.disposition, f.policy_id, f.rule_id, f.run_id,
  n.log_index AS run_log_index, n.run_total, coalesce(n.run_records, 0) AS run_records, f.bundle_digest, a.policy_log_index,
  coalesce(a.announcements, 0) AS announcements, v.policy_revision, f.control_map_digest, f.input_digest, f.input_ref,
  m.day AS closed_day, m.log_index AS manifest_log_index, m.sha256 AS fact_file_sha256
FROM found f
LEFT JOIN runs n ON n.run_id = f.run_id
LEFT JOIN announced a ON a.log_index = f.log_index
LEFT JOIN policy_version v ON v.log_index = a.policy_log_index
LEFT JOIN manifest m ON m.key LIKE 'fact/%' AND m.from_index <= f.log_index AND f.log_index < m.to_index
ORDER BY f.log_index`,
  },
  {
    name: 'bypasses',
    title: 'Changes that came past the gate or the webhook',
    question:
      'Which changes were merged past the gate, how, by whom, and which policies had blocked them, and what was done to the configuration of the webhook? The last word about a change counts.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH told AS (
  SELECT log_index, record_id, recorded_at, repository, change, "commit", actor, override_id, message, details,
    row_number() OVER (PARTITION BY repository, override_id ORDER BY log_index DESC) AS place
  FROM fact
  WHERE record_type = 'override' AND tool IN ('exhibit merges', 'exhibit admission') AND ${IN_PERIOD}
)
SELECT log_index, record_id, recorded_at,
  coalesce(json_extract_scalar(details, '$.merged_at'), json_extract_scalar(details, '$.at')) AS merged_at, repository,
  json_extract_scalar(details, '$.branch') AS branch, change, "commit", actor, json_extract_scalar(details, '$.kind') AS kind,
  message, override_id, details
FROM told
WHERE place = 1
ORDER BY merged_at, log_index`,
  },
  {
    name: 'changes-without-run',
    title: 'Changes without a clean run before their merge',
    question:
      'For which merged changes is there no clean run of the gate before the merge, or none that can be known? The last import about a change counts.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH told AS (
  SELECT log_index, record_id, repository, change, "commit", actor, verdict, rule_id, message, details,
    row_number() OVER (PARTITION BY repository, subject_id ORDER BY log_index DESC) AS place
  FROM fact
  WHERE record_type = 'decision' AND tool = 'exhibit merges' AND ${IN_PERIOD}
)
SELECT log_index, record_id, json_extract_scalar(details, '$.merged_at') AS merged_at, repository,
  json_extract_scalar(details, '$.branch') AS branch, change, "commit", actor, verdict, rule_id AS kind, message
FROM told
WHERE place = 1 AND verdict <> 'pass'
ORDER BY merged_at, log_index`,
  },
  {
    name: 'changes-looked-at',
    title: 'Merged changes that were compared with runs',
    question:
      'How many merged changes of each repository were looked at, and how many of them had a clean run before the merge? No bypass says nothing without it.',
    parameters: PERIOD,
    positions: ['from', 'to'],
    sql: `WITH told AS (
  SELECT repository, verdict, details, row_number() OVER (PARTITION BY repository, subject_id ORDER BY log_index DESC) AS place
  FROM fact
  WHERE record_type = 'decision' AND tool = 'exhibit merges' AND ${IN_PERIOD}
)
SELECT repository, min(json_extract_scalar(details, '$.merged_at')) AS first_merged_at,
  max(json_extract_scalar(details, '$.merged_at')) AS last_merged_at, count(*) AS changes,
  count(*) FILTER (WHERE verdict = 'pass') AS gated,
  count(*) FILTER (WHERE verdict = 'fail') AS bypassed,
  count(*) FILTER (WHERE verdict = 'not_evaluated') AS unknown
FROM told
WHERE place = 1
GROUP BY 1
ORDER BY 1`,
  },
  {
    name: 'gate-runs',
    title: 'Runs of the gate',
    question:
      'Which runs of the gate (layer ci) are recorded, of which repository and commit, and what do their decisions say? blocks_... counts fails of that severity that were enforced.',
    parameters: [{ name: 'to', type: 'day', about: 'last day that is read' }],
    positions: ['to', 'to'],
    history: true,
    sql: `WITH decided AS (
  SELECT run_id, emitter, count(*) AS arrived, count(DISTINCT run_index) AS numbers,
    count(*) FILTER (WHERE verdict IN ('pass', 'fail')) AS judged,
    count(*) FILTER (WHERE verdict IN ('error', 'not_evaluated')) AS undecided,
    count(*) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND severity = 'critical') AS blocks_critical,
    count(*) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND severity = 'high') AS blocks_high,
    count(*) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND severity = 'medium') AS blocks_medium,
    count(*) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND severity = 'low') AS blocks_low,
    count(*) FILTER (WHERE verdict = 'fail' AND disposition = 'enforced' AND severity = 'info') AS blocks_info
  FROM fact
  WHERE record_type = 'decision' AND layer = 'ci' AND ${UP_TO}
  GROUP BY 1, 2
)
SELECT r.record_id, r.log_index, r.recorded_at, r.repository, r."commit", r.change, r.run_total, r.details, r.ext,
  r.actor_verified_by, r.run_id, r.emitter, coalesce(d.arrived, 0) AS arrived, coalesce(d.numbers, 0) AS numbers,
  coalesce(d.judged, 0) AS judged, coalesce(d.undecided, 0) AS undecided, coalesce(d.blocks_critical, 0) AS blocks_critical,
  coalesce(d.blocks_high, 0) AS blocks_high, coalesce(d.blocks_medium, 0) AS blocks_medium, coalesce(d.blocks_low, 0) AS blocks_low,
  coalesce(d.blocks_info, 0) AS blocks_info
FROM fact r LEFT JOIN decided d ON d.run_id = r.run_id AND d.emitter = r.emitter
WHERE r.record_type = 'run' AND r.layer = 'ci' AND r.year || '-' || r.month || '-' || r.day <= ?
ORDER BY r.log_index`,
  },
  {
    name: 'gate-run-failures',
    title: 'Policies that blocked a run of the gate',
    question: 'Which policies blocked which run of the gate?',
    parameters: [{ name: 'to', type: 'day', about: 'last day that is read' }],
    positions: ['to'],
    history: true,
    sql: `SELECT run_id, emitter, policy_id, count(*) AS decisions
FROM fact
WHERE record_type = 'decision' AND layer = 'ci' AND verdict = 'fail' AND disposition = 'enforced' AND ${UP_TO}
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3`,
  },
];
