import { ExhibitError } from '../../record/index.ts';
import { type Column, DAILY_COUNT_COLUMNS, EVIDENCE_COLUMNS, FACT_COLUMNS } from '../columns.ts';
import type { CatalogueRequest, CatalogueTable, Projection } from './types.ts';

/** The database of one framework. The same rule as in deploy/terraform/catalogue. */
export function databaseOf(name: string, framework: string): string {
  return `${name}_${framework.replaceAll(/[^a-z0-9]/g, '_')}`;
}

/** The name of a database. @throws ExhibitError USAGE */
export function checkDatabase(name: string): string {
  if (/^[a-z][a-z0-9_]{0,31}$/.test(name)) return name;
  throw new ExhibitError('USAGE', `${JSON.stringify(name)} cannot be the name of a database`, {
    hint: 'It has lower-case letters, digits and _, such as exhibit.',
  });
}

/** A part of the key after the framework: the same in all tables. */
const DAY = `year=\${year}/month=\${month}/day=\${day}/`;

/** Where the partitions of a table are; `${name}` stands for the value of each. */
export function templateOf(location: string, table: CatalogueTable['name'], framework?: string): string {
  const control = framework === undefined ? '' : `/${framework}/\${control}`;
  return `${location}/${table}${control}/${DAY}`;
}

/**
 * The tables over a lake: `evidence` of each framework in a database of its own, so that a grant can name one framework; `fact` and
 * `daily_counts` in one more.
 * @throws ExhibitError USAGE where nothing can be catalogued, or two frameworks would share a database
 */
export function catalogueTables(request: CatalogueRequest): CatalogueTable[] {
  const { location, name, frameworks, firstYear, lastYear } = request;
  checkDatabase(name);
  checkPlace(location);
  if (firstYear > lastYear)
    throw new ExhibitError('USAGE', `the last year, ${lastYear}, is before the first, ${firstYear}`);
  const days = dayPartitions(firstYear, lastYear);
  const tables = Object.entries(frameworks).map(
    ([framework, controls]): CatalogueTable => ({
      database: databaseOf(name, framework),
      name: 'evidence',
      columns: without(EVIDENCE_COLUMNS, 'control'),
      partitions: [{ name: 'control', type: 'enum', values: [...controls].sort() }, ...days],
      location: `${location}/evidence/${framework}/`,
      template: templateOf(location, 'evidence', framework),
    }),
  );
  const databases = tables.map(({ database }) => database);
  const twice = databases.find((one, at) => databases.indexOf(one) !== at);
  if (twice !== undefined)
    throw new ExhibitError('USAGE', `two frameworks would get the one database ${twice}`);
  const across = [
    ['fact', FACT_COLUMNS],
    ['daily_counts', DAILY_COUNT_COLUMNS],
  ] as const;
  return [
    ...tables,
    ...across.map(
      ([table, columns]): CatalogueTable => ({
        database: name,
        name: table,
        columns,
        partitions: days,
        location: `${location}/${table}/`,
        template: templateOf(location, table),
      }),
    ),
  ];
}

function dayPartitions(firstYear: number, lastYear: number): Projection[] {
  return [
    { name: 'year', type: 'integer', range: [String(firstYear), String(lastYear)], digits: 4 },
    { name: 'month', type: 'integer', range: ['1', '12'], digits: 2 },
    { name: 'day', type: 'integer', range: ['1', '31'], digits: 2 },
  ];
}

function without(columns: readonly Column[], name: string): Column[] {
  return columns.filter((column) => column.name !== name);
}

// It stands in statements and in templates, where ${ has a meaning.
function checkPlace(location: string): void {
  if (/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w.+=@-]+)*$/.test(location)) return;
  throw new ExhibitError('USAGE', `${JSON.stringify(location)} is no place of a lake`, {
    hint: 'Write s3://BUCKET/PREFIX, where `exhibit store copy` put the lake.',
  });
}
