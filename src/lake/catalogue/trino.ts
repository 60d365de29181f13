import type { Column } from '../columns.ts';
import { literal } from '../duckdb.ts';
import { LAKE_SCHEMA } from '../types.ts';
import type { CatalogueTable, Projection } from './types.ts';

const TYPES: Readonly<Record<Column['type'], string>> = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  INTEGER: 'integer',
  TIMESTAMP: 'timestamp(3)',
  BOOLEAN: 'boolean',
};

/**
 * Statements that make the tables in Trino's Hive catalogue anew: a table that is there is dropped before, which removes its definition and no
 * object, since it is external.
 * @param catalog name of the catalogue in Trino
 */
export function trinoStatements(tables: readonly CatalogueTable[], catalog: string): string[] {
  const databases = [...new Set(tables.map(({ database }) => database))];
  return [
    ...databases.map((database) => `CREATE SCHEMA IF NOT EXISTS ${name(catalog, database)}`),
    ...tables.flatMap((table) => [
      `DROP TABLE IF EXISTS ${name(catalog, table.database, table.name)}`,
      createTable(table, catalog),
    ]),
  ];
}

/** A name with its parts quoted. */
export function name(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

function createTable(table: CatalogueTable, catalog: string): string {
  const lines = [
    ...table.columns.map((column) => `  ${name(column.name)} ${TYPES[column.type]}`),
    ...table.partitions.map(
      (partition) => `  ${name(partition.name)} varchar WITH (${projection(partition)})`,
    ),
  ];
  const keys = table.partitions.map((partition) => literal(partition.name)).join(', ');
  return `CREATE TABLE ${name(catalog, table.database, table.name)} (
${lines.join(',\n')}
)
COMMENT ${literal(LAKE_SCHEMA)}
WITH (
  format = 'PARQUET',
  external_location = ${literal(table.location)},
  partitioned_by = ARRAY[${keys}],
  partition_projection_enabled = true,
  partition_projection_location_template = ${literal(table.template)},
  extra_properties = MAP(ARRAY['exhibit.lake.schema'], ARRAY[${literal(LAKE_SCHEMA)}])
)`;
}

function projection(partition: Projection): string {
  switch (partition.type) {
    case 'enum':
      return `partition_projection_type = 'enum', partition_projection_values = ARRAY[${partition.values.map(literal).join(', ')}]`;
    case 'integer':
      return `partition_projection_type = 'integer', partition_projection_range = ARRAY[${partition.range.map(literal).join(', ')}], partition_projection_digits = ${partition.digits}`;
  }
}
