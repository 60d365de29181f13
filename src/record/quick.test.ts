import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSurelyDraft } from './quick.ts';
import { recordDraftSchema } from './schema.ts';

const decision = {
  schema: 'exhibit.record/1',
  record_id: '0192f0c1-2d3e-7f00-8000-000000000001',
  record_type: 'decision',
  observed_at: '2026-11-25T12:00:00.000Z',
  emitter: 'ci/shop',
  sequence: 0,
  layer: 'ci',
  tool: 'exhibit',
  run_id: '0192f0c1-2d3e-7f00-8000-000000000002',
  run_index: 0,
  policy_id: 'db-encrypted-at-rest',
  subject_type: 'aws_db_instance',
  subject_id: 'aws_db_instance.main',
  verdict: 'fail',
  disposition: 'enforced',
  severity: 'high',
};
const run = { ...decision, record_type: 'run', run_total: 0 };
const FIELDS = Object.keys(recordDraftSchema.shape);
/** Values that are right for some field and wrong for others. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      ...Object.values(decision),
      'waived',
      'pass',
      'none',
      'gap',
      'Exhibit.x',
      'exhibit.ledger',
      'a b',
      ' a',
      'a\u200b',
    ],
    ...[
      '',
      'x'.repeat(257),
      'x'.repeat(5_000),
      '2026-02-30T00:00:00.000Z',
      '2026-11-25T12:00:00Z',
      `sha256:${'a'.repeat(64)}`,
    ],
    ...[-1, 1.5, 2 ** 53, Number.NaN, null, undefined, true, [], {}, [{ path: '/a', reason: 'b' }]],
    ...[
      { a: 1 },
      { a: { b: ['c', null, 1.5] } },
      { a: undefined },
      { a: Number.NaN },
      { a: [undefined] },
      new Date(0),
    ],
    ...[{ a: new Map() }, JSON.parse('{"__proto__": 1}'), { a: JSON.parse('{"__proto__": {}}') }, Array(2)],
    ...[{ a: Array(2) }, JSON.parse(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)],
  ),
  fc.string(),
  fc.integer(),
);

describe('the quick look at a draft', () => {
  it('takes the usual ones', () => {
    expect(isSurelyDraft(decision)).toBe(true);
    expect(isSurelyDraft(run)).toBe(true);
    expect(isSurelyDraft({ ...decision, details: { a: ['b', { c: null }] } })).toBe(true);
    expect(isSurelyDraft({ ...decision, extra: 1 })).toBe(false);
    expect(isSurelyDraft(JSON.parse('{"__proto__": {}}'))).toBe(false);
  });

  it('takes nothing that the schema would refuse or change', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(decision, run),
        fc.array(fc.tuple(fc.constantFrom(...FIELDS, 'other', '__proto__'), odd), { maxLength: 3 }),
        fc.option(fc.constantFrom(...FIELDS)),
        (base, changes, without) => {
          const value: Record<string, unknown> = { ...base };
          for (const [field, to] of changes) value[field] = to;
          if (without !== null) delete value[without];
          if (!isSurelyDraft(value)) return;
          taken += 1;
          expect(recordDraftSchema.safeParse(value)).toEqual({ success: true, data: value });
        },
      ),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});
