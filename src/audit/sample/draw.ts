import { type Digest, ExhibitError } from '../../record/index.ts';
import { allot, type Stratum, sampleSize } from '../../verify/index.ts';
import type { Population } from '../population/ask.ts';
import type { Item } from '../population/items.ts';
import type { PeriodEnd } from '../scope/scope.ts';
import { checkNonce, itemsDigest, placeOf, seedOf } from './seed.ts';
import { type SizeRule, type SizeTable, ZERO_DEVIATIONS } from './size.ts';

export const STRATA = ['layer', 'policy'] as const;

/** What decides how many are drawn, and how; the same for the same population is the same sample. */
export type DrawMethod = {
  /** Up to this many items all are taken. */
  census: number;
  size:
    | { by: 'number'; size: number }
    | { by: 'zero deviations'; confidence_ppm: number; tolerable_ppm: number }
    | { by: 'table'; table: SizeTable };
  strata?: (typeof STRATA)[number];
};

export interface Drawn {
  seed: string;
  nonce: string;
  rule: SizeRule;
  strata: Stratum[];
  items: DrawnItem[];
  items_digest: Digest;
}

export interface DrawnItem extends Item {
  stratum: string;
  /** SHA-256 over seed and id: the first by it are taken. */
  place: string;
}

/**
 * Draws: the items of each stratum in the order of SHA-256(seed || id), and the first of them. Pure: of nothing but what is given.
 * @throws ExhibitError USAGE
 */
export function drawSample(
  { items }: Pick<Population, 'items'>,
  { body }: Pick<PeriodEnd, 'body'>,
  nonce: string,
  method: DrawMethod,
): Drawn {
  const seed = seedOf(body, checkNonce(nonce));
  const size = sampleSize(items.length, method.census, method.size);
  const groups = Map.groupBy(items, (item) => stratumOf(item, method.strata));
  const strata = allot(
    size,
    [...groups].map(([name, all]) => ({ name, population: all.length })),
  );
  const drawn = strata.flatMap((stratum) =>
    (groups.get(stratum.name) ?? [])
      .map((item) => ({ ...item, stratum: stratum.name, place: placeOf(seed, item.id) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .slice(0, stratum.size),
  );
  return {
    seed: Buffer.from(seed).toString('hex'),
    nonce,
    rule: ruleFor(items.length, method),
    strata,
    items: drawn,
    items_digest: itemsDigest(drawn.map(({ id }) => id)),
  };
}

function ruleFor(population: number, { census, size }: DrawMethod): SizeRule {
  if (population <= census) return { rule: 'all', why: `at most ${census} items: all are taken` };
  switch (size.by) {
    case 'number':
      return { rule: 'given', size: size.size };
    case 'table':
      return { rule: 'table', source: size.table.source };
    case 'zero deviations': {
      const { confidence_ppm, tolerable_ppm } = size;
      return { rule: 'zero deviations', confidence_ppm, tolerable_ppm, source: ZERO_DEVIATIONS };
    }
  }
}

/** The stratum of an item. */
export function stratumOf({ row }: Pick<Item, 'row'>, strata: DrawMethod['strata']): string {
  switch (strata) {
    case undefined:
      return 'all';
    case 'layer':
      return row.layer;
    case 'policy':
      return row.policy_id;
  }
}

/** A sample of a period that goes on would be one of a part of its population. @throws ExhibitError USAGE */
export function refuseOpen({ over }: Pick<PeriodEnd, 'over'>, to: string, interim: boolean): void {
  if (over || interim) return;
  throw new ExhibitError('USAGE', `the period is not over: the log has no record after ${to}`, {
    hint: 'Draw when it is over. --interim draws from what is there now, and every page says so.',
  });
}
