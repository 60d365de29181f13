import { databaseOf } from '../catalogue/tables.ts';
import { DAILY_COUNT_COLUMNS, EVIDENCE_COLUMNS, FACT_COLUMNS, names } from '../columns.ts';
import { literal } from '../duckdb.ts';
import type { Reads } from '../query/scope.ts';
import type { Period } from '../types.ts';
import type { NamedSelect } from './compose.ts';
import type { RemoteEngine, RemoteLake } from './types.ts';

/** A table of the engine that a question reads. */
export interface LakeTable {
  view: keyof Reads;
  database: string;
  /** Of `evidence`. */
  framework?: string;
  /** What of it belongs to the question, as SQL over its partitions. */
  where: string;
}

export interface Asked {
  read: Period;
  control: string | undefined;
}

/** The tables of the engine behind the views that a question reads. `evidence` has one for each framework. */
export function lakeTables(
  reads: Reads,
  frameworks: readonly string[],
  { read, control }: Asked,
  lake: RemoteLake,
): LakeTable[] {
  const where = inPeriod(read);
  const tables: LakeTable[] = [];
  if (reads.fact) tables.push({ view: 'fact', database: lake.name, where });
  if (reads.daily_counts) tables.push({ view: 'daily_counts', database: lake.name, where });
  if (!reads.evidence) return tables;
  const ofControl = control === undefined ? '' : ` AND "control" = ${literal(control)}`;
  return [
    ...tables,
    ...frameworks.map(
      (framework): LakeTable => ({
        view: 'evidence',
        database: databaseOf(lake.name, framework),
        framework,
        where: `${where}${ofControl}`,
      }),
    ),
  ];
}

// The years alone prune before the days are put together. Days were checked: they are digits.
function inPeriod({ from, to }: Period): string {
  return `"year" BETWEEN '${from.slice(0, 4)}' AND '${to.slice(0, 4)}' AND "year" || '-' || "month" || '-' || "day" BETWEEN '${from}' AND '${to}'`;
}

const COLUMNS = { evidence: EVIDENCE_COLUMNS, fact: FACT_COLUMNS, daily_counts: DAILY_COUNT_COLUMNS };

/** The views, over the tables: the same columns in the same order as on DuckDB. */
export function lakeSelects(
  tables: readonly LakeTable[],
  reads: Reads,
  engine: Pick<RemoteEngine, 'table'>,
): NamedSelect[] {
  return (['fact', 'daily_counts', 'evidence'] as const)
    .filter((view) => reads[view])
    .map((view) => {
      const columns = `${names(COLUMNS[view])}, "year", "month", "day"`;
      const selects = tables
        .filter((table) => table.view === view)
        .map(
          ({ database, where }) => `SELECT ${columns} FROM ${engine.table(database, view)} WHERE ${where}`,
        );
      return { name: view, select: selects.length === 0 ? nothing(view) : selects.join(' UNION ALL ') };
    });
}

const TYPES = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  TIMESTAMP: 'timestamp(3)',
  BOOLEAN: 'boolean',
};

/** No framework is known: the columns, and no row. */
function nothing(view: keyof Reads): string {
  const columns = COLUMNS[view].map(({ name, type }) => `CAST(NULL AS ${TYPES[type]}) AS "${name}"`);
  const days = ['year', 'month', 'day'].map((name) => `CAST(NULL AS varchar) AS "${name}"`);
  return `SELECT ${[...columns, ...days].join(', ')} WHERE false`;
}
