import type { Column } from '../columns.ts';
import { LAKE_SCHEMA } from '../types.ts';
import type { CatalogueTable } from './types.ts';

const TYPES: Readonly<Record<Column['type'], string>> = {
  VARCHAR: 'string',
  BIGINT: 'bigint',
  INTEGER: 'int',
  TIMESTAMP: 'timestamp',
  BOOLEAN: 'boolean',
};

/** Inputs of the API of AWS Glue: CreateDatabase and CreateTable. */
export interface GlueInputs {
  databases: { DatabaseInput: { Name: string; Description: string } }[];
  tables: { DatabaseName: string; TableInput: GlueTableInput }[];
}

interface GlueColumn {
  Name: string;
  Type: string;
}

export interface GlueTableInput {
  Name: string;
  TableType: 'EXTERNAL_TABLE';
  Parameters: Record<string, string>;
  PartitionKeys: GlueColumn[];
  StorageDescriptor: {
    Location: string;
    InputFormat: string;
    OutputFormat: string;
    SerdeInfo: { SerializationLibrary: string };
    Columns: GlueColumn[];
  };
}

/** The tables as Glue takes them. Athena reads them from there. */
export function glueInputs(tables: readonly CatalogueTable[]): GlueInputs {
  const databases = [...new Set(tables.map(({ database }) => database))];
  return {
    databases: databases.map((Name) => ({
      DatabaseInput: { Name, Description: `Evidence (${LAKE_SCHEMA})` },
    })),
    tables: tables.map((table) => ({ DatabaseName: table.database, TableInput: tableInput(table) })),
  };
}

function tableInput(table: CatalogueTable): GlueTableInput {
  const parquet = 'org.apache.hadoop.hive.ql.io.parquet';
  return {
    Name: table.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: parametersOf(table),
    PartitionKeys: table.partitions.map(({ name }) => ({ Name: name, Type: 'string' })),
    StorageDescriptor: {
      Location: table.location,
      InputFormat: `${parquet}.MapredParquetInputFormat`,
      OutputFormat: `${parquet}.MapredParquetOutputFormat`,
      SerdeInfo: { SerializationLibrary: `${parquet}.serde.ParquetHiveSerDe` },
      Columns: table.columns.map(({ name, type }) => ({ Name: name, Type: TYPES[type] })),
    },
  };
}

function parametersOf({ partitions, template }: CatalogueTable): Record<string, string> {
  return {
    EXTERNAL: 'TRUE',
    classification: 'parquet',
    'exhibit.lake.schema': LAKE_SCHEMA,
    'projection.enabled': 'true',
    'storage.location.template': template,
    ...Object.fromEntries(
      partitions.flatMap((partition) => {
        const entry = (key: string, value: string) => [`projection.${partition.name}.${key}`, value] as const;
        return partition.type === 'enum'
          ? [entry('type', 'enum'), entry('values', partition.values.join(','))]
          : [
              entry('type', 'integer'),
              entry('range', partition.range.join(',')),
              ...(partition.name === 'year' ? [] : [entry('digits', String(partition.digits))]),
            ];
      }),
    ),
  };
}
