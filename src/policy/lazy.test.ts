import { expect, it } from 'vitest';
import { withLazy } from './lazy.ts';

it('makes a field when it is first read, once, and a copy holds its value', () => {
  let made = 0;
  const one = withLazy<{ a: number }, { b: number }>({ a: 1 }, { b: () => ++made });
  expect(Object.keys(one)).toEqual(['a', 'b']);
  expect(made).toBe(0);
  expect([one.b, one.b, { ...one }]).toEqual([1, 1, { a: 1, b: 1 }]);
  expect(made).toBe(1);
});

it('gives what making it throws to each who reads it', () => {
  const one = withLazy<object, { b: number }>(
    {},
    {
      b: () => {
        throw new TypeError('damaged');
      },
    },
  );
  expect(() => one.b).toThrow('damaged');
  expect(() => one.b).toThrow('damaged');
});
