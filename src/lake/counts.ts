import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './duckdb.ts';
import { otherSchemaGaps } from './other-schema.ts';
import type { DayGap } from './types.ts';

export interface DayCounts {
  rows: number;
  late: number;
  used: string[];
  gaps: DayGap[];
}

/** Most gaps of one kind that a manifest lists by name; the count covers all. */
const LISTED = 20;

/**
 * Counts what a manifest says of a day, and finds decisions that support no control.
 * @param connection has the tables `record` and `bridge`
 * @param known maps that a policy record announced
 * @param readable those of them that could be read
 */
export async function countDay(
  connection: DuckDBConnection,
  known: ReadonlySet<string>,
  readable: readonly string[],
): Promise<DayCounts> {
  const totals = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, count(*) FILTER (late)::DOUBLE, count(*) FILTER (record_type = 'gap')::DOUBLE FROM record`,
  );
  const [rows = 0, late = 0, gapRecords = 0] = (totals.getRowsJS()[0] ?? []) as number[];
  const maps = await connection.runAndReadAll(
    `SELECT control_map_digest, count(*)::DOUBLE FROM record WHERE record_type = 'decision' GROUP BY 1 ORDER BY 1`,
  );
  const used: string[] = [];
  const gaps: DayGap[] = [];
  const unknown: [string, number][] = [];
  for (const [digest, count] of maps.getRowsJS() as [string | null, number][]) {
    if (digest === null) {
      const message = 'decisions carry no control map, so they support no control';
      gaps.push({ kind: 'no_control_map', message, count });
    } else if (known.has(digest)) used.push(digest);
    else unknown.push([digest, count]);
  }
  for (const [digest, count] of unknown.slice(0, LISTED)) {
    const message = 'decisions carry a control map that no policy record has announced';
    gaps.push({ kind: 'unknown_control_map', message, count, control_map_digest: digest });
  }
  if (unknown.length > LISTED) {
    const rest = unknown.slice(LISTED);
    const message = `decisions carry ${rest.length} more control maps that no policy record has announced`;
    gaps.push({
      kind: 'unknown_control_map',
      message,
      count: rest.reduce((sum, [, count]) => sum + count, 0),
    });
  }
  const unmapped = await countUnmapped(connection, readable);
  if (unmapped > 0) {
    const message =
      'decisions of policies that their control map does not link on this day support no control';
    gaps.push({ kind: 'unmapped_policy', message, count: unmapped });
  }
  if (gapRecords > 0) {
    gaps.push({ kind: 'gap_records', message: 'gap records were recorded on this day', count: gapRecords });
  }
  gaps.push(...(await otherSchemaGaps(connection)));
  return { rows, late, used, gaps };
}

async function countUnmapped(connection: DuckDBConnection, readable: readonly string[]): Promise<number> {
  if (readable.length === 0) return 0;
  const result = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM record r WHERE record_type = 'decision' AND control_map_digest IN (${readable.map(literal).join(', ')})
      AND NOT EXISTS (SELECT 1 FROM bridge b WHERE b.map_digest = r.control_map_digest AND b.policy_id = r.policy_id)`,
  );
  return Number(result.getRowsJS()[0]?.[0] ?? 0);
}
