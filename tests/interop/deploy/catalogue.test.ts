import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Column,
  DAILY_COUNT_COLUMNS,
  EVIDENCE_COLUMNS,
  FACT_COLUMNS,
} from '../../../src/lake/columns.ts';
import { dailyCountsKey, evidenceKey, factKey } from '../../../src/lake/keys.ts';
import { outputsOf, terraform, why } from './terraform.ts';

const fields = z.array(z.strictObject({ name: z.string(), type: z.string() }));
const tableSchema = z.strictObject({
  database: z.string(),
  name: z.string(),
  location: z.string(),
  columns: fields,
  partition_keys: fields,
  parameters: z.record(z.string(), z.string()),
});
const outputsSchema = z.object({ tables: z.record(z.string(), tableSchema) });

/** Types of Hive for those of the lake. */
const TYPES = {
  VARCHAR: 'string',
  BIGINT: 'bigint',
  INTEGER: 'int',
  TIMESTAMP: 'timestamp',
  BOOLEAN: 'boolean',
};
const hive = (columns: readonly Column[]) => columns.map(({ name, type }) => ({ name, type: TYPES[type] }));

const VARIABLES = {
  bucket: 'acme-evidence',
  prefix: 'prod',
  first_year: 2026,
  last_year: 2035,
  frameworks: { soc2: ['cc6.1', 'cc6.6'], 'eu-ai-act': ['art12'] },
};

/** The folder that partition projection computes: each `${name}` of the template is the value of a partition. */
function projected(template: string | undefined, values: Readonly<Record<string, string>>): string {
  return (template ?? '').replaceAll(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? `no ${name}`);
}

describe.skipIf(terraform === undefined)(`the tables of the module catalogue${why}`, () => {
  it('have the columns that the lake has, in its order and types', async () => {
    const { tables } = outputsSchema.parse(await outputsOf('catalogue/modules/tables', VARIABLES));
    const evidence = hive(EVIDENCE_COLUMNS).filter(({ name }) => name !== 'control');
    expect(tables['exhibit_soc2.evidence']?.columns).toEqual(evidence);
    expect(tables['exhibit_eu_ai_act.evidence']?.columns).toEqual(evidence);
    expect(tables['exhibit.fact']?.columns).toEqual(hive(FACT_COLUMNS));
    expect(tables['exhibit.daily_counts']?.columns).toEqual(hive(DAILY_COUNT_COLUMNS));
  });

  it('lead to the folders that the lake is written to', async () => {
    const { tables } = outputsSchema.parse(await outputsOf('catalogue/modules/tables', VARIABLES));
    const folder = (key: string) => `s3://acme-evidence/prod/${key.slice(0, key.lastIndexOf('/') + 1)}`;
    const day = { year: '2027', month: '03', day: '09' };
    const template = (name: string) => tables[name]?.parameters['storage.location.template'];
    expect(projected(template('exhibit_soc2.evidence'), { ...day, control: 'cc6.1' })).toBe(
      folder(evidenceKey({ framework: 'soc2', control: 'cc6.1' }, '2027-03-09')),
    );
    expect(projected(template('exhibit_eu_ai_act.evidence'), { ...day, control: 'art12' })).toBe(
      folder(evidenceKey({ framework: 'eu-ai-act', control: 'art12' }, '2027-03-09')),
    );
    expect(projected(template('exhibit.fact'), day)).toBe(folder(factKey('2027-03-09')));
    expect(projected(template('exhibit.daily_counts'), day)).toBe(folder(dailyCountsKey('2027-03-09')));
  });

  it('project each partition, with the digits that the keys have', async () => {
    const { tables } = outputsSchema.parse(await outputsOf('catalogue/modules/tables', VARIABLES));
    for (const { parameters, partition_keys } of Object.values(tables)) {
      expect(partition_keys.every(({ type }) => type === 'string')).toBe(true);
      for (const { name } of partition_keys)
        expect(parameters[`projection.${name}.type`]).toBe(name === 'control' ? 'enum' : 'integer');
      expect(parameters).toMatchObject({
        'projection.enabled': 'true',
        'projection.year.range': '2026,2035',
        'projection.month.range': '1,12',
        'projection.month.digits': '2',
        'projection.day.range': '1,31',
        'projection.day.digits': '2',
      });
    }
  });
});
