import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExhibitError, VERDICTS } from '../../record/index.ts';
import {
  allot,
  type DrawMethod,
  drawSample,
  type Item,
  itemsDigest,
  type PopulationRow,
  partsOf,
  placeOf,
  populationDigest,
  seedOf,
  tableSize,
  zeroDeviationSize,
} from '../index.ts';
import { itemsOf, lookAlikes } from '../population/items.ts';

/** Worked out in Python from the page docs/reference/sample.md: not with this code. */
const BODY = 'example.com/audit\n600\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n';
const NONCE = '0123456789abcdef';
const ORDER = [
  ['item-8', '25a81cfe247ca7ca02822f6c8d7161aa5133114d0577c5ea536d21cbfc609925'],
  ['item-1', '45194d8c5d8bee7ad36edab9ea1f4e0a6ce2117307de9fc5d8a400717448aaad'],
  ['item-5', '56b1a853d434d5827d70b6bdc0316cbe0688265db280fd2fd6494b7c82fc3a34'],
  ['item-7', '8a616001634dc7f7498fb3ace1cc43b91fa1227e2c9724193d7a6c5343331c44'],
  ['item-6', '9b8f5683de6eae56e421eccc08c470d27eff65a454a307e06f72e24ed333e5d3'],
  ['item-3', 'a2977a4b754ca4c0e19b166529308786af55e2086e24b03d5c66f31725c00fb7'],
  ['item-4', 'ac3a1f4cdaa29aa1211569dcdc4b05bcb10d0cb7cce38aa2eb5ffb7983386332'],
  ['item-2', 'feb57c2429e393a57f29803a76e38c3e159cb13ae5d296123079d9b9ec4a48e1'],
] as const;

const row = (id: string, more: Partial<PopulationRow> = {}): PopulationRow => ({
  log_index: Number(id.replace(/\D/g, '')),
  record_id: id,
  layer: 'ci',
  policy_id: 'encrypted',
  subject_type: 'database',
  subject_id: id,
  environment: null,
  verdict: 'pass',
  disposition: 'none',
  run_id: null,
  repository: null,
  commit: null,
  change: null,
  ...more,
});
const NO_CENSUS: DrawMethod = { census: 0, size: { by: 'number', size: 3 } };
const draw = (items: Item[], method = NO_CENSUS, nonce = NONCE) =>
  drawSample({ items }, { body: BODY }, nonce, method);
const eight = itemsOf(
  ORDER.map(([id]) => row(id)),
  'record',
);

describe('the seed', () => {
  it('is the one that the page works out byte by byte', () => {
    const seed = seedOf(BODY, NONCE);
    expect(Buffer.from(seed).toString('hex')).toBe(
      '0007d4fb0964640eec6b8df7f6725d7857b5a2fe4773a75f524744979c6b6d0b',
    );
    expect(ORDER.map(([id]) => [id, placeOf(seed, id)])).toEqual(ORDER);
    expect(populationDigest(ORDER.map(([id]) => id))).toBe(
      'sha256:0ba4a2d7c68deea2388288c3b2a9df7d38c6bce92c159309ad22c45ba1cd0dc3',
    );
    expect(itemsDigest(['item-8', 'item-1', 'item-5'])).toBe(
      'sha256:db70141bbab7a9859b9c2eb4e7ba6117b39c05076a20b29f485d772a51348501',
    );
  });

  it('takes no nonce that is short, or not the same bytes everywhere', () => {
    for (const nonce of ['0123456789abcde', '0123456789abcde é', '0123456789 abcdef', 'ａ'.repeat(16)])
      expect(() => draw(eight, NO_CENSUS, nonce)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('differs where one byte goes from the body to the nonce', () => {
    expect(seedOf('ab', 'c'.repeat(16))).not.toEqual(seedOf('a', `b${'c'.repeat(16)}`));
  });
});

describe('a sample', () => {
  it('is the first by place, in whatever order the rows come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(eight, { minLength: 8 }), (items) => {
        const { items: drawn, items_digest } = draw(items);
        expect(drawn.map(({ id }) => id)).toEqual(['item-8', 'item-1', 'item-5']);
        expect(items_digest).toBe('sha256:db70141bbab7a9859b9c2eb4e7ba6117b39c05076a20b29f485d772a51348501');
      }),
    );
  });

  it('is all of a population that is small enough', () => {
    const { items, rule } = draw(eight, { census: 8, size: { by: 'number', size: 3 } });
    expect(items).toHaveLength(8);
    expect(rule).toMatchObject({ rule: 'all' });
    expect(draw(eight, { census: 7, size: { by: 'number', size: 3 } }).items).toHaveLength(3);
  });

  it('of strata has some of each, and the first by place of each', () => {
    const items = itemsOf(
      ORDER.map(([id]) => row(id, { layer: id === 'item-2' ? 'runtime' : 'ci' })),
      'record',
    );
    const drawn = draw(items, { ...NO_CENSUS, strata: 'layer' });
    expect(drawn.strata).toEqual([
      { name: 'ci', population: 7, size: 3 },
      { name: 'runtime', population: 1, size: 1 },
    ]);
    expect(drawn.items.map(({ id }) => id)).toEqual(['item-8', 'item-1', 'item-5', 'item-2']);
  });
});

describe('shares', () => {
  it('are at least one each, at most all, and no fewer together than asked', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 9_000 }), (populations, size) => {
        const strata = allot(
          size,
          populations.map((population, at) => ({ name: `s${at}`, population })),
        );
        const whole = populations.reduce((a, b) => a + b, 0);
        const drawn = strata.reduce((sum, each) => sum + each.size, 0);
        expect(drawn).toBeGreaterThanOrEqual(Math.min(size, whole));
        expect(drawn).toBeLessThanOrEqual(Math.min(size, whole) + populations.length);
        for (const each of strata) {
          expect(each.size).toBeGreaterThanOrEqual(1);
          expect(each.size).toBeLessThanOrEqual(each.population);
        }
      }),
    );
  });
});

describe('a size', () => {
  // By the definition, with fractions and binomial coefficients of Python's standard library.
  it.each([
    [1, 1, 1, 1],
    [2, 2, 2, 2],
    [10, 10, 9, 10],
    [20, 19, 14, 16],
    [59, 37, 18, 23],
    [100, 45, 20, 25],
    [500, 56, 22, 28],
    [10_000, 59, 22, 29],
    // Beyond all limits it is the one that the binomial distribution gives: ln 0.05 / ln 0.95 = 58.4.
    [20_000_000, 59, 22, 29],
  ])('of %i items is %i, %i and %i', (population, strict, loose, middle) => {
    const size = (confidence: string, tolerable: string) =>
      zeroDeviationSize(population, partsOf('c', confidence), partsOf('t', tolerable));
    expect([size('95', '5'), size('90', '10.0'), size('95', '10')]).toEqual([strict, loose, middle]);
  });

  it('of nothing is nothing, and of a table is its row', () => {
    expect(zeroDeviationSize(0, 950_000, 50_000)).toBe(0);
    const table = { source: 'our own', rows: [{ up_to: 4, size: 2 }, { up_to: 50, size: 5 }, { size: 25 }] };
    expect([1, 4, 5, 50, 51].map((population) => tableSize(population, table))).toEqual([1, 2, 5, 5, 25]);
  });

  it('is refused for percentages that are none', () => {
    for (const percent of ['', '-5', '5%', '1e1', '5.00001'])
      expect(() => partsOf('--tolerable', percent)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => zeroDeviationSize(100, 1_000_000, 50_000)).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

describe('items of the unit subject', () => {
  it('are those of one policy, type, id and environment, with what failed in between', () => {
    const [first, second] = itemsOf(
      [
        row('r3', { subject_id: 'db1' }),
        row('r1', { subject_id: 'db1', verdict: 'fail' }),
        row('r2', { subject_id: 'db1', verdict: 'error', environment: 'prod' }),
      ],
      'subject',
    );
    expect(first).toMatchObject({ id: '["encrypted","database","db1",null]', decisions: 2, failed: 1 });
    expect(first?.row.record_id).toBe('r3');
    expect(second).toMatchObject({ id: '["encrypted","database","db1","prod"]', undecided: 1 });
  });

  it('stay apart where case or Unicode form alone tells them apart, and that is said', () => {
    const ids = ['db1', 'DB1', 'caf\u00e9', 'cafe\u0301', 'ｄｂ１', 'db2'];
    const items = itemsOf(
      ids.map((subject_id, at) => row(`r${at}`, { subject_id })),
      'subject',
    );
    expect(new Set(items.map(({ id }) => id)).size).toBe(6);
    expect(lookAlikes(items).map((group) => group.length)).toEqual([3, 2]);
    expect(draw(items, { census: 6, size: { by: 'number', size: 1 } }).items).toHaveLength(6);
  });

  it('count every verdict', () => {
    const [item] = itemsOf(
      VERDICTS.map((verdict, at) => row(`r${at}`, { subject_id: 'one', verdict })),
      'subject',
    );
    expect(item).toMatchObject({ decisions: 5, failed: 1, undecided: 2 });
  });
});

it('a record that the lake shows twice is no population', () => {
  expect(() => itemsOf([row('r1'), row('r1')], 'record')).toThrow(
    expect.toSatisfy((error: unknown) => isExhibitError(error, 'LAKE_FAILED')),
  );
});
