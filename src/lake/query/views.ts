import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Column, DAILY_COUNT_COLUMNS, EVIDENCE_COLUMNS, FACT_COLUMNS, names } from '../columns.ts';
import { literals } from '../duckdb.ts';
import { dailyCountsSelect, EVIDENCE_SELECT } from '../load.ts';
import type { Expected } from './scope.ts';

const PARTITIONS = [
  `strftime(recorded_at, '%Y') AS "year"`,
  `strftime(recorded_at, '%m') AS "month"`,
  `strftime(recorded_at, '%d') AS "day"`,
];

const partitioned = (select: string): string => `SELECT *, ${PARTITIONS.join(', ')} FROM (${select})`;

/**
 * Makes the view `fact`: the files, and the open days that were read from the log.
 * @param oneShape all files have the columns of this version, by their manifests
 */
export async function createFact(
  connection: DuckDBConnection,
  folder: string,
  files: readonly Expected[],
  fromLog: boolean,
  oneShape: boolean,
): Promise<void> {
  await createView(
    connection,
    'fact',
    folder,
    FACT_COLUMNS,
    files,
    fromLog ? partitioned(`SELECT ${names(FACT_COLUMNS)} FROM record`) : undefined,
    oneShape,
  );
}

/** Makes the view `daily_counts`; open days are counted from the log. */
export async function createDailyCounts(
  connection: DuckDBConnection,
  folder: string,
  files: readonly Expected[],
  fromLog: boolean,
  oneShape: boolean,
): Promise<void> {
  const select = fromLog ? `SELECT * FROM (${dailyCountsSelect(PARTITIONS)})` : undefined;
  await createView(connection, 'daily_counts', folder, DAILY_COUNT_COLUMNS, files, select, oneShape);
}

/** Makes the view `evidence` for the chosen controls. */
export async function createEvidence(
  connection: DuckDBConnection,
  folder: string,
  files: readonly Expected[],
  fromLog: string | undefined,
  oneShape: boolean,
): Promise<void> {
  const select = fromLog === undefined ? undefined : partitioned(`${EVIDENCE_SELECT} AND ${fromLog}`);
  await createView(connection, 'evidence', folder, EVIDENCE_COLUMNS, files, select, oneShape);
}

async function createView(
  connection: DuckDBConnection,
  name: string,
  folder: string,
  columns: readonly Column[],
  files: readonly Expected[],
  fromLog: string | undefined,
  oneShape: boolean,
): Promise<void> {
  const parts: string[] = [];
  if (files.length > 0) {
    const paths = files.map(({ file }) => join(folder, file?.key ?? ''));
    // Exact files, never a pattern: what no manifest names is not read. Where a manifest names another version of the columns they
    // are matched by name, so that later columns are NULL in earlier files; that opens every file once more. The columns of this version stand
    // before them: it may be that none of the files has them all.
    const rows = `read_parquet(${literals(paths)}, union_by_name = ${!oneShape},
      hive_partitioning = true, hive_types = {'year': 'VARCHAR', 'month': 'VARCHAR', 'day': 'VARCHAR'})`;
    const from = oneShape ? rows : `(${emptySelect(columns)} UNION ALL BY NAME SELECT * FROM ${rows})`;
    parts.push(`SELECT ${names(columns)}, "year", "month", "day" FROM ${from}`);
  }
  if (fromLog !== undefined) parts.push(fromLog);
  if (parts.length === 0) parts.push(emptySelect(columns));
  await connection.run(`CREATE VIEW ${name} AS ${parts.join(' UNION ALL ')}`);
}

function emptySelect(columns: readonly Column[]): string {
  const typed = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name}"`);
  const partitions = ['year', 'month', 'day'].map((name) => `CAST(NULL AS VARCHAR) AS "${name}"`);
  return `SELECT ${[...typed, ...partitions].join(', ')} WHERE false`;
}
