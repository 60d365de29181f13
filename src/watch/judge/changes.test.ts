import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween } from './changes.ts';

describe('fields in which two objects differ', () => {
  it('are named by where they are now, with both values', () => {
    const before = { spec: { replicas: 1, paused: true, 'a/b': { '~': 1 } } };
    const after = { spec: { replicas: 2, 'a/b': { '~': 2 } }, data: {} };
    expect(changesBetween(before, after)).toEqual({
      changed: [
        { path: '/spec/replicas', before: 1, after: 2 },
        { path: '/spec/a~1b/~0', before: 1, after: 2 },
        { path: '/spec/paused', before: true },
        { path: '/data', after: {} },
      ],
      more: 0,
    });
  });

  it('of a list with names follow the name, and not the place', () => {
    const before = {
      containers: [
        { name: 'web', image: 'a' },
        { name: 'log', image: 'b' },
      ],
    };
    const after = { containers: [{ name: 'log', image: 'b' }, { name: 'new' }, { name: 'web', image: 'c' }] };
    expect(changesBetween(before, after).changed).toEqual([
      { path: '/containers/2/image', before: 'a', after: 'c' },
      { path: '/containers/1', after: { name: 'new' } },
    ]);
  });

  it('of a list whose names are not of one item each follow the place', () => {
    const before = [
      { name: 'a', v: 1 },
      { name: 'a', v: 2 },
    ];
    const after = [
      { name: 'a', v: 1 },
      { name: 'a', v: 3 },
    ];
    expect(changesBetween(before, after).changed).toEqual([{ path: '/1/v', before: 2, after: 3 }]);
  });

  it('leave out what says of itself that something changed', () => {
    const noise = (n: number) => ({
      status: { n },
      metadata: {
        ...{ resourceVersion: String(n), generation: n, managedFields: [n] },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': String(n) },
      },
    });
    expect(changesBetween(noise(1), noise(2))).toEqual({ changed: [], more: 0 });
  });

  it('are cut in number and in length, and say so', () => {
    const long = 'x'.repeat(1_000);
    const { changed, more } = changesBetween({ a: 1, b: 2, c: long }, { a: 2, b: 3, c: `${long}y` }, 2);
    expect([changed.length, more]).toEqual([2, 1]);
    const [only] = changesBetween({ c: long }, { c: 1 }).changed;
    expect(only?.before).toMatch(/^"x{299}… \(cut, 1002 characters\)$/);
  });

  it('are none of a value and itself, and some of two that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(changesBetween(a, structuredClone(a)).changed).toEqual([]);
        const same = JSON.stringify(a) === JSON.stringify(b);
        if (!same && typeof a !== 'object' && typeof b !== 'object')
          expect(changesBetween(a, b).changed).toHaveLength(1);
      }),
    );
  });
});
