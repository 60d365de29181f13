import { answeredTime, inList, rowsWhereWhole } from '../../lake/index.ts';
import type { LogReader } from '../../ledger/index.ts';
import { type Incomplete, type Scan, type Sent, SKIPPED, type Stretch, VERDICTS } from './scan.ts';

/** Milliseconds of what times are told by. */
const WIDTHS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Shortest times, in milliseconds, in which something is expected once: of emitters, and of policies. */
export interface Shortest {
  emitters: number;
  policies: number;
}

/**
 * The same as `scan` of a long stretch, by the lake. Of the times of an emitter it has the first and the last of each hour (or day, or minute), never
 * longer than the shortest time that is expected of anybody: no silence is within one, and between two the times are those of the log.
 * @returns undefined where the lake does not have all of it, or something is expected more than once a minute
 */
export async function scanByLake(
  reader: LogReader,
  stretch: Stretch,
  policies: ReadonlySet<string>,
  shortest: Shortest,
): Promise<Scan | undefined> {
  const [by, judgedBy] = [widthOf(shortest.emitters), widthOf(shortest.policies)];
  if (by === undefined || judgedBy === undefined) return undefined;
  if (stretch.from === stretch.to) return undefined;
  const rows = await rowsWhereWhole(reader, questionOf(stretch, policies, by, judgedBy), stretch);
  if (rows === undefined) return undefined;
  const byKind = Map.groupBy(rows, ([what]) => what);
  const of = (kind: string) =>
    (byKind.get(kind) ?? []).map(([, name, other, a, b, from, to]) => ({
      ...{ name: String(name), other: String(other), a: Number(a), b: Number(b) },
      ...{ from: answeredTime(from), to: answeredTime(to) },
    }));
  const emitters = new Map<string, Sent>();
  for (const { name } of of('emitter').sort((one, next) => one.a - next.a))
    emitters.set(name, { runs: [], runs_since: 0, records: [], missing: [], tools: new Set() });
  for (const { name, other } of of('tool')) emitters.get(name)?.tools.add(other);
  for (const { name, from, to } of of('records')) emitters.get(name)?.records.push(from, to);
  for (const { name, a, from, to } of of('runs')) {
    const sent = emitters.get(name);
    sent?.runs.push(from, to);
    if (sent !== undefined) sent.runs_since += a;
  }
  for (const { name, a, b, from } of of('hole'))
    emitters.get(name)?.missing.push({ first: a, last: b, by: from });
  for (const { runs, records, missing } of emitters.values()) {
    runs.sort((a, b) => a - b);
    records.sort((a, b) => a - b);
    missing.sort((a, b) => a.first - b.first);
  }
  const judged = new Map([...policies].map((id): [string, number[]] => [id, []]));
  for (const { name, from, to } of of('judged')) judged.get(name)?.push(from, to);
  for (const times of judged.values()) times.sort((a, b) => a - b);
  const incomplete = of('incomplete').map(
    ({ name, other, a, b, from }): Incomplete => ({
      ...{ run_id: other, emitter: name, recorded: from, expected: a, arrived: b },
    }),
  );
  return { emitters, incomplete, judged, recorded: new Set(of('gap').map(({ name }) => name)) };
}

function widthOf(shortest: number): string | undefined {
  return WIDTHS.find(([, width]) => width <= shortest)?.[0];
}

/** What of it, a name, another, two numbers, two times. One question, so that each file is compared with its manifest once. */
function questionOf(
  { from, to, since }: Stretch,
  policies: ReadonlySet<string>,
  by: string,
  judgedBy: string,
): string {
  const within = `log_index >= ${from} AND log_index < ${to}`;
  const sent = `${within} AND emitter NOT IN ${inList(SKIPPED)}`;
  const NONE = 'CAST(NULL AS bigint)';
  const NEVER = 'CAST(NULL AS timestamp)';
  const times = `min(recorded_at), max(recorded_at) FROM fact WHERE ${sent}`;
  const judged = `
UNION ALL SELECT 'judged', policy_id, '', ${NONE}, ${NONE}, ${times} AND record_type = 'decision'
  AND verdict IN ${inList(VERDICTS)} AND policy_id IN ${inList(policies)} GROUP BY policy_id, date_trunc('${judgedBy}', recorded_at)`;
  return `SELECT 'emitter' AS what, emitter AS name, '' AS other, min(log_index) AS a, ${NONE} AS b, ${NEVER} AS since, ${NEVER} AS until
FROM fact WHERE ${sent} GROUP BY emitter
UNION ALL SELECT DISTINCT 'tool', emitter, tool, ${NONE}, ${NONE}, ${NEVER}, ${NEVER} FROM fact WHERE ${sent}
UNION ALL SELECT 'records', emitter, '', ${NONE}, ${NONE}, ${times} GROUP BY emitter, date_trunc('${by}', recorded_at)
UNION ALL SELECT 'runs', emitter, '', count(*) FILTER (WHERE log_index >= ${since}), ${NONE}, ${times}
  AND record_type = 'run' AND run_id IS NOT NULL GROUP BY emitter, date_trunc('${by}', recorded_at)
UNION ALL SELECT 'gap', record_id, '', ${NONE}, ${NONE}, ${NEVER}, ${NEVER} FROM fact WHERE ${within} AND record_type = 'gap'
UNION ALL SELECT 'incomplete', r.emitter, r.run_id, r.expected, coalesce(d.arrived, 0), r.recorded, ${NEVER}
FROM (
  SELECT run_id, max_by(emitter, log_index) AS emitter, max_by(coalesce(run_total, 0), log_index) AS expected,
    max_by(recorded_at, log_index) AS recorded
  FROM fact WHERE ${sent} AND record_type = 'run' AND run_id IS NOT NULL GROUP BY run_id
) r LEFT JOIN (
  SELECT run_id, count(*) AS arrived FROM fact WHERE ${sent} AND record_type = 'decision' AND run_id IS NOT NULL GROUP BY run_id
) d ON d.run_id = r.run_id
WHERE coalesce(d.arrived, 0) < r.expected
UNION ALL SELECT 'hole', emitter, '', before + 1, sequence - 1, recorded_at, ${NEVER}
FROM (
  SELECT emitter, sequence, recorded_at, lag(sequence) OVER (PARTITION BY emitter ORDER BY sequence) AS before
  FROM fact
  WHERE ${sent} AND sequence IS NOT NULL AND emitter IN (
    SELECT emitter FROM fact WHERE ${sent} AND sequence IS NOT NULL GROUP BY emitter HAVING count(*) <= max(sequence) - min(sequence)
  )
) numbers
WHERE sequence > before + 1${policies.size === 0 ? '' : judged}`;
}
