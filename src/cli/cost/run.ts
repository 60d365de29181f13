import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { inertJson } from '../terminal/json.ts';
import { sentence, table } from '../terminal/table.ts';
import { type Estimate, estimate, type Load } from './estimate.ts';
import { pricesOf, readPrices } from './prices.ts';
import { costSchema } from './schema.ts';

export interface CostFlags {
  recordsPerDay: number;
  recordBytes: number;
  controls: number;
  controlsPerRecord: number;
  inputsPerDay: number;
  inputBytes: number;
  years: number;
  copies: number;
  queriesPerDay: number;
  kms?: boolean;
  region: string;
  prices?: string;
  output: 'table' | 'json';
}

const NAMES: Readonly<Record<Estimate['parts'][number]['part'], string>> = {
  s3_storage: 'S3 storage',
  s3_put: 'S3 writes',
  s3_get: 'S3 reads',
  athena: 'Athena',
  kms: 'KMS',
  glue: 'Glue',
};

/** Said with each estimate: what costs money and is not in it. */
export const LEFT_OUT = [
  'the machine that runs the server, and its disk',
  'data that leaves the region',
  'versions that somebody else writes over an object',
  'cheaper storage classes and later tiers of the price: storage may cost less',
] as const;

/**
 * Prints what the evidence would cost, part by part.
 * @throws ExhibitError USAGE, NOT_FOUND, CONFIG_INVALID
 */
export function cost(flags: CostFlags, { cwd, stdout }: Context): ExitCode {
  const prices = readPrices(flags.prices === undefined ? undefined : resolve(cwd, flags.prices));
  const load: Load = {
    records_per_day: flags.recordsPerDay,
    record_bytes: flags.recordBytes,
    controls: flags.controls,
    controls_per_record: flags.controlsPerRecord,
    inputs_per_day: flags.inputsPerDay,
    input_bytes: flags.inputBytes,
    years: flags.years,
    copies: flags.copies,
    queries_per_day: flags.queriesPerDay,
    kms: flags.kms === true,
  };
  const found = estimate(load, pricesOf(prices, flags.region));
  const { records, bytes, objects, parts, first_year, last_year, all_years } = found;
  if (flags.output === 'json') {
    const { title, dated, sources } = prices;
    const report = costSchema.parse({
      schemaVersion: 1,
      region: flags.region,
      prices: { title, dated, sources },
      ...{ load, year: { records, bytes, objects }, parts, sum: { first_year, last_year, all_years } },
      per_million_records: { first_year: found.million_first_year, all_years: found.million_all_years },
      left_out: [...LEFT_OUT],
    });
    stdout.write(`${inertJson(report, 2)}\n`);
    return EXIT.ok;
  }
  const last = load.years === 1 ? 'year 1' : `year ${load.years}`;
  stdout.write(
    table(
      [
        ['US dollars', 'year 1', last, `${load.years} years`, ''],
        ...parts.map((part) => [
          NAMES[part.part],
          money(part.first_year),
          money(part.last_year),
          money(part.all_years),
          part.quantity,
        ]),
        ['together', money(first_year), money(last_year), money(all_years), `${records} records a year`],
        [
          'a million records',
          money(found.million_first_year),
          '',
          money(found.million_all_years),
          'written, and kept to the end of the year; to the end of all years',
        ],
      ],
      stdout,
    ),
  );
  stdout.write(sentence(`Prices of ${prices.dated}, ${flags.region}: ${prices.sources.join(', ')}`, stdout));
  stdout.write(sentence(`Not counted: ${LEFT_OUT.join('; ')}.`, stdout));
  return EXIT.ok;
}

const money = (value: number): string => value.toFixed(2);
