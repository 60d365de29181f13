import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('glob', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', 'a.b-c', true],
    ['*', 'a/b', false],
    ['*', '', true],
    ['**', 'a/b/c', true],
    ['a/*/c', 'a/b/c', true],
    ['a/*/c', 'a/b/x/c', false],
    ['a/**/c', 'a/b/x/c', true],
    ['a/**/c', 'a/c', false],
    ['a*c', 'abc', true],
    ['a?c', 'abc', false],
    ['[ab]', 'a', false],
    ['module.x["*"].r', 'module.x["eu"].r', true],
    ['é*', 'é😀', true],
    ['', '', true],
    ['', 'a', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  test('a text without stars matches itself and nothing else', () => {
    const text = fc.string().filter((each) => !each.includes('*'));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(matchesGlob(a, b)).toBe(a === b);
        expect(matchesGlob(a, a)).toBe(true);
      }),
    );
  });

  test('two stars around any part of a text match it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        fc.pre(!b.includes('*'));
        expect(matchesGlob(`**${b}**`, a + b + c)).toBe(true);
      }),
    );
  });

  test('many stars on a long text that does not match end', () => {
    expect(matchesGlob(`${'**a'.repeat(200)}b`, 'a'.repeat(2_000))).toBe(false);
  });
});
