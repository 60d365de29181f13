import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { quickly, UNSURE } from './quick.ts';

const text = z.string().nullish();
/** Of every type that the quick look knows, and of some that it leaves to the schema. */
const SCHEMAS: readonly z.ZodType[] = [
  z.object({ a: z.string().min(1), b: text, c: z.array(z.object({ a: text })).nullish() }),
  z.looseObject({ a: z.string(), b: z.looseObject({ a: text, b: z.number().nullish() }).nullish() }),
  z.looseObject({ a: z.object({ a: text }).optional(), b: z.unknown().optional(), c: z.unknown() }),
  z.looseObject({ a: z.union([z.string(), z.number()]), b: z.boolean().optional() }),
  z.looseObject({ a: z.literal(['x', 'y']), b: z.record(z.string(), z.string()).nullish() }),
  z.record(z.string(), z.object({ a: text })),
  z.array(z.looseObject({ a: z.number() })).min(1),
  z.looseObject({ constructor: z.unknown(), a: text }),
  z.strictObject({ a: text }),
  z.looseObject({ a: z.int().min(0), b: z.string().max(2).optional() }),
  z.looseObject({ a: z.string().default('x'), b: z.string().catch('y'), c: z.array(z.string()).nullable() }),
  z.looseObject({ a: text }).refine(({ a }) => a !== 'x'),
  z.object({ a: text }).transform(({ a }) => ({ b: a })),
  z.looseObject({ a: z.coerce.string(), b: z.iso.datetime().optional(), c: z.enum(['x', 'y']).optional() }),
];

const leaf = fc.constantFrom<unknown>(
  '',
  'x',
  'y',
  'long',
  0,
  1,
  -1.5,
  2 ** 60,
  Number.NaN,
  true,
  null,
  undefined,
);
const key = fc.constantFrom('a', 'b', 'c', 'd', 'constructor', '__proto__');
const { value: tree } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((members) => {
      const made: Record<string, unknown> = {};
      // As JSON.parse makes it, also where the name is `__proto__`.
      for (const [name, value] of members)
        Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
      return made;
    }),
    fc.constantFrom<unknown>(
      new Date(0),
      new Map([['a', 'x']]),
      Object.create({ a: 'x' }),
      Object.create(null),
    ),
  ),
}));

const members = fc.oneof(
  fc.record({ a: tree, b: tree, c: tree }, { requiredKeys: [] }),
  fc.array(fc.record({ a: leaf }), { minLength: 1, maxLength: 2 }),
  fc.record({ a: fc.record({ a: leaf }), c: leaf }),
  fc.record({ a: leaf, c: leaf }),
  fc.record({ a: fc.constantFrom('', 'x'), c: fc.array(fc.record({ a: leaf })), d: leaf }),
);

describe('the quick look at a value of a report', () => {
  it('gives what the schema gives, or leaves it to the schema', () => {
    const taken = SCHEMAS.map(() => 0);
    fc.assert(
      fc.property(fc.nat(SCHEMAS.length - 1), fc.oneof(tree, members), (at, value) => {
        const schema = SCHEMAS[at] as z.ZodType;
        const quick = quickly(schema, value);
        if (quick === UNSURE) return;
        taken[at] = (taken[at] ?? 0) + 1;
        expect(schema.safeParse(value)).toEqual({ success: true, data: quick });
      }),
      { numRuns: 40_000 },
    );
    // The law is worth nothing where nothing is taken; the last seven are the schema's alone, but for the list of plain objects.
    for (const count of taken.slice(0, 7)) expect(count).toBeGreaterThan(5);
  });

  it('takes the usual values, without members that are not named', () => {
    const [named, loose] = SCHEMAS as [z.ZodType, z.ZodType];
    expect(quickly(named, { a: 'x', c: [{ a: null, d: 1 }], d: 1 })).toEqual({ a: 'x', c: [{ a: null }] });
    const value = { a: 'x', b: { a: 'y', d: 1 }, d: 1 };
    expect(quickly(loose, value)).toBe(value);
  });
});
