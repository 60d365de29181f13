import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DAILY_COUNT_COLUMNS, EVIDENCE_COLUMNS, FACT_COLUMNS } from '../columns.ts';
import { glueInputs } from './glue.ts';
import { catalogueTables } from './tables.ts';
import { trinoStatements } from './trino.ts';

const request = {
  location: 's3://acme-evidence/prod',
  name: 'exhibit',
  frameworks: { 'eu-ai-act': ['art12'], soc2: ['cc6.6', 'cc6.1'] },
  firstYear: 2026,
  lastYear: 2035,
};

test('there is a database for each framework, and one across them', () => {
  const tables = catalogueTables(request);
  expect(tables.map(({ database, name }) => `${database}.${name}`)).toEqual([
    'exhibit_eu_ai_act.evidence',
    'exhibit_soc2.evidence',
    'exhibit.fact',
    'exhibit.daily_counts',
  ]);
  const columns = [EVIDENCE_COLUMNS, EVIDENCE_COLUMNS, FACT_COLUMNS, DAILY_COUNT_COLUMNS];
  tables.forEach((table, at) => {
    const all = [...table.columns, ...table.partitions].map(({ name }) => name).sort();
    const days = ['year', 'month', 'day'];
    expect(all).toEqual([...(columns[at] ?? []).map(({ name }) => name), ...days].sort());
  });
});

test('what cannot be catalogued is refused', () => {
  expect(() => catalogueTables({ ...request, lastYear: 2025 })).toThrow(/before the first/);
  expect(() => catalogueTables({ ...request, name: 'x"; DROP' })).toThrow(/name of a database/);
  expect(() => catalogueTables({ ...request, location: `s3://acme/\${x}'` })).toThrow(/no place of a lake/);
  expect(() => catalogueTables({ ...request, frameworks: { 'a-b': ['c'], 'a.b': ['c'] } })).toThrow(
    /one database/,
  );
});

test('tables of Trino are external and dropped by their definition only', () => {
  const statements = trinoStatements(catalogueTables(request), 'lake').filter((sql) =>
    sql.startsWith('CREATE TABLE'),
  );
  for (const sql of statements) expect(sql).toContain("external_location = 's3://acme-evidence/prod/");
});

// The Terraform module has a list of its own, since it runs without this program. Both must be the columns of the files.
const module = new URL('../../../deploy/terraform/catalogue/modules/tables/columns.json', import.meta.url);
test.skipIf(!existsSync(module))(
  'columns are those of the Terraform module (skipped where it is not there)',
  () => {
    const listed = JSON.parse(readFileSync(module, 'utf8')) as Record<
      string,
      { name: string; type: string }[]
    >;
    const { tables } = glueInputs(catalogueTables(request));
    for (const name of ['evidence', 'fact', 'daily_counts'] as const) {
      const table = tables.find(({ TableInput }) => TableInput.Name === name)?.TableInput;
      const columns = table?.StorageDescriptor.Columns.map((column) => ({
        name: column.Name,
        type: column.Type,
      }));
      expect(columns).toEqual(
        listed[name]?.filter((column) => name !== 'evidence' || column.name !== 'control'),
      );
    }
  },
);
