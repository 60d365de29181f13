import { isExhibitError } from '../../../record/index.ts';
import { name } from '../../catalogue/trino.ts';
import { literal } from '../../duckdb.ts';
import type { RemoteEngine } from '../types.ts';
import { runStatement } from './client.ts';
import { type TrinoSettings, trinoPlace } from './settings.ts';

/** Trino's own limit of a text, unless its administrator set another. */
const LONGEST_TEXT = 1_000_000;

/** Milliseconds for a word about a table. */
const SHORT = 60_000;

export interface TrinoEngine extends RemoteEngine {
  /** Name of the catalogue. */
  readonly catalog: string;
  /** Runs one statement as it is, such as CREATE TABLE. */
  statement(sql: string): Promise<void>;
}

/**
 * A Trino whose catalogue is of the Hive connector. No catalogue and no schema is set for a query, so that a name that it does not spell out in full
 * leads nowhere.
 * @throws ExhibitError CONFIG_INVALID
 */
export function trinoEngine(settings: TrinoSettings): TrinoEngine {
  const place = trinoPlace(settings);
  const { catalog } = place;
  return {
    kind: 'trino',
    catalog,
    longestText: LONGEST_TEXT,
    tellsLength: true,
    table: (database, table) => name(catalog, database, table),
    run: ({ name: asked, sql, values, before }, limits) =>
      // Values are bound by the engine: as literals of their own, they cannot become a part of the text.
      runStatement(
        place,
        values.length === 0
          ? sql
          : `EXECUTE IMMEDIATE ${literal(sql)} USING ${values.map(literal).join(', ')}`,
        { name: asked, before },
        limits,
      ),
    async parameters(database, table) {
      const told = { name: `the catalogue entry of ${database}.${table}`, before: 0 };
      const sql = `SELECT * FROM ${name(catalog, database, `${table}$properties`)}`;
      try {
        const { columns, rows } = await runStatement(place, sql, told, { timeout: SHORT, rowLimit: 1 });
        return Object.fromEntries(columns.map((column, at) => [column.name, String(rows[0]?.[at] ?? '')]));
      } catch (error) {
        if (isExhibitError(error, 'QUERY_INVALID') && MISSING.has(String(error.details.name)))
          return undefined;
        throw error;
      }
    },
    async statement(sql) {
      await runStatement(place, sql, { name: 'catalogue', before: 0 }, { timeout: SHORT, rowLimit: 1_000 });
    },
  };
}

const MISSING: ReadonlySet<string> = new Set([
  ...['NOT_FOUND', 'TABLE_NOT_FOUND', 'SCHEMA_NOT_FOUND', 'CATALOG_NOT_FOUND'],
]);
