import { z } from 'zod';
import { ExhibitError } from '../../record/index.ts';

export { tableSize, zeroDeviationSize } from '../../verify/index.ts';

/** How many items are drawn, and who says so. */
export type SizeRule =
  | { rule: 'all'; why: string }
  | { rule: 'given'; size: number }
  /** Parts per million, so that 5 percent is the same number everywhere. */
  | { rule: 'zero deviations'; confidence_ppm: number; tolerable_ppm: number; source: string }
  | { rule: 'table'; source: string };

export const ZERO_DEVIATIONS =
  'hypergeometric distribution: the smallest sample in which at least one deviation shows, with the confidence, when the population has the tolerable rate of them';

/** Percent as text, with at most four places, as parts per million. @throws ExhibitError USAGE */
export function partsOf(flag: string, percent: string): number {
  const found = /^([0-9]{1,3})(?:\.([0-9]{1,4}))?$/.exec(percent);
  if (found === null)
    throw new ExhibitError('USAGE', `${flag} ${percent} is no percentage`, { hint: 'Such as 95 or 2.5.' });
  return Number(found[1]) * 10_000 + Number((found[2] ?? '').padEnd(4, '0'));
}

/** A table of one's own: up to which population how many; the last row has no limit. */
export const sizeTableSchema = z
  .strictObject({
    source: z.string().min(3).max(500).describe('where the table comes from, in words'),
    rows: z
      .array(z.strictObject({ up_to: z.int().min(1).exactOptional(), size: z.int().min(1) }))
      .min(1)
      .max(200),
  })
  .refine(
    ({ rows }) =>
      rows.every(({ up_to }, at) => (up_to === undefined) === (at === rows.length - 1)) &&
      rows.every(({ up_to = Number.POSITIVE_INFINITY }, at) => up_to > (rows[at - 1]?.up_to ?? 0)),
    'rows go up by up_to, and the last one alone has none',
  );
export type SizeTable = z.infer<typeof sizeTableSchema>;
