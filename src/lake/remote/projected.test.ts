import { expect, test } from 'vitest';
import { glueInputs } from '../catalogue/glue.ts';
import { catalogueTables } from '../catalogue/tables.ts';
import { notProjected } from './projected.ts';

const tables = glueInputs(
  catalogueTables({
    location: 's3://acme/prod',
    name: 'exhibit',
    frameworks: { soc2: ['cc6.1', 'cc7.2'] },
    firstYear: 2026,
    lastYear: 2027,
  }),
).tables;
const parameters = tables[0]?.TableInput.Parameters ?? {};
const of = (control: string, year: string, month: string, day: string) =>
  notProjected(parameters, { control, year, month, day });

test('what a projection computes is told from what it leaves out', () => {
  expect(of('cc6.1', '2026', '01', '31')).toBeUndefined();
  expect(of('cc7.2', '2027', '12', '01')).toBeUndefined();
  expect(of('cc6.2', '2026', '01', '31')).toContain('cc6.2 is not among');
  expect(of('cc6.1', '2028', '01', '31')).toContain('2028 is outside of year 2026,2027');
  expect(of('cc6.1', '2025', '12', '31')).toContain('2025 is outside');
});

test('other ways to project are not taken for covering', () => {
  const day = { year: '2026', month: '01', day: '01' };
  expect(notProjected({}, day)).toContain('no partition projection');
  expect(notProjected({ ...parameters, 'projection.month.digits': '1' }, day)).toContain(
    'month has 1 digits',
  );
  expect(notProjected({ ...parameters, 'projection.year.type': 'date' }, day)).toContain('not compared');
  expect(notProjected({ ...parameters, 'projection.year.range': 'NOW-3YEARS,NOW' }, day)).toContain(
    'outside',
  );
});
