import { ExhibitError } from '../../record/index.ts';

const MILLION = 1_000_000;

/**
 * The smallest sample that, when it shows no deviation, says with a confidence that the rate of deviations in the population is below the
 * tolerable one. Drawn without putting back; computed in whole numbers, so that it is the same everywhere.
 * @returns 0 for an empty population
 * @throws ExhibitError USAGE
 */
export function zeroDeviationSize(population: number, confidence_ppm: number, tolerable_ppm: number): number {
  // Below a tenth of a percent the numbers below grow beyond what is read in a second, and a census or a whole query is the answer.
  if (
    confidence_ppm < 500_000 ||
    confidence_ppm > 999_000 ||
    tolerable_ppm < 1_000 ||
    tolerable_ppm > 500_000
  )
    throw new ExhibitError('USAGE', 'the confidence is 50 to 99.9 percent, the tolerable rate 0.1 to 50', {
      hint: 'Usual are --confidence 95 --tolerable 5.',
    });
  const deviations = Math.ceil((population * tolerable_ppm) / MILLION);
  const allowed = BigInt(MILLION - confidence_ppm);
  let none = 1n;
  let all = 1n;
  for (let n = 0; n < population; n += 1) {
    // `none / all` is the chance that n items show none of the deviations.
    if (none * BigInt(MILLION) <= all * allowed) return n;
    none *= BigInt(Math.max(0, population - deviations - n));
    all *= BigInt(population - n);
  }
  return population;
}

/** Up to which population how many are drawn; the last row has no limit. */
export interface SizeRows {
  rows: readonly { up_to?: number; size: number }[];
}

export function tableSize(population: number, { rows }: SizeRows): number {
  const row = rows.find(({ up_to }) => up_to === undefined || population <= up_to);
  return Math.min(population, row?.size ?? population);
}

/** How many are drawn of a population, as the method of a draw says it. */
export type DrawSize =
  | { by: 'number'; size: number }
  | { by: 'zero deviations'; confidence_ppm: number; tolerable_ppm: number }
  | { by: 'table'; table: SizeRows };

/** @param census up to so many all are taken @throws ExhibitError USAGE */
export function sampleSize(population: number, census: number, size: DrawSize): number {
  if (population <= census) return population;
  switch (size.by) {
    case 'number':
      return Math.min(population, size.size);
    case 'table':
      return tableSize(population, size.table);
    case 'zero deviations':
      return zeroDeviationSize(population, size.confidence_ppm, size.tolerable_ppm);
  }
}
