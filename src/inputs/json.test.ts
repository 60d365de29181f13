import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactNumber } from '../record/index.ts';
import { parseInput } from './index.ts';

const read = (text: string) => parseInput('a.json', new TextEncoder().encode(text));
const failure = (text: string) => {
  const error = read(text).problems[0]?.error;
  return error === undefined
    ? undefined
    : { code: error.code, line: error.location.line, column: error.location.column };
};

describe('values', () => {
  it('are those of JSON.parse', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 3), (value, spaces) => {
        const text = JSON.stringify([value], undefined, spaces);
        expect(JSON.stringify(read(text).documents[0]?.value)).toBe(JSON.stringify([value]));
      }),
    );
  });

  it.each([
    ['9007199254740993', true],
    ['-9007199254740993', true],
    ['9007199254740991', false],
    ['12345678901234567890123', true],
    ['0.1234567890123456789', true],
    ['0.1', false],
    ['1.000000000000000000000', false],
    ['100000000000000000000e-18', false],
    ['1e400', true],
    ['1e-400', true],
    ['0e400', false],
    ['1e21', true],
    ['1.7976931348623157e308', true],
    ['0.30000000000000004', false],
    ['1234567890123e7', true],
    ['1.5e3', false],
    ['123456789012345.67', false],
  ])('number %s keeps its digits: %s', (digits, kept) => {
    const { documents } = read(`{"n": [${digits}]}`);
    const value = documents[0]?.value as { n: unknown[] };
    expect(isExactNumber(value.n[0])).toBe(kept);
    expect(JSON.stringify(value)).toBe(`{"n":[${kept ? digits : String(Number(digits))}]}`);
  });

  it('hold the keys of prototypes as data', () => {
    const { documents } = read('{"__proto__": {"polluted": 1}, "constructor": {"prototype": 2}}');
    expect(Object.keys(documents[0]?.value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('of a member called rawJSON are no numbers', () => {
    expect(read('{"a": {"rawJSON": "9007199254740993"}, "b": 9007199254740993}').problems).toEqual([]);
  });
});

describe('refusals', () => {
  it.each([
    ['a duplicate key', '{"a": 1,\n "b": {"c": 1, "c": 2}}', 'INPUT_SYNTAX', 2, 16],
    ['one that is escaped', '{"a": 1,\n "\\u0061": 2}', 'INPUT_SYNTAX', 2, 2],
    ['one beside a colon in a text', '{"x:y": ":\\":", "x": 1, "x": 2}', 'INPUT_SYNTAX', 1, 25],
    ['a text that ends early', '{"a": [1,\n 2', 'INPUT_SYNTAX', 2, 3],
    ['a comment', '{\n// no\n"a": 1}', 'INPUT_SYNTAX', 2, 1],
    ['a trailing comma', '{"a": 1,\n}', 'INPUT_SYNTAX', 2, 1],
    ['what follows the value', '{"a": 1}\n{"b": 2}', 'INPUT_SYNTAX', 2, 1],
  ])('%s', (_name, text, code, line, column) => {
    expect(failure(text)).toEqual({ code, line, column });
  });

  it('a text that ends early says so', () => {
    expect(read('{"a": {"b": "c').problems[0]?.error.message).toContain('ends too early');
  });

  it('more than a hundred levels, without running out of stack', () => {
    expect(failure(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeUndefined();
    expect(failure(`${'['.repeat(101)}${']'.repeat(101)}`)?.code).toBe('INPUT_TOO_LARGE');
    expect(failure('['.repeat(1_000_000))?.code).toBe('INPUT_TOO_LARGE');
  });

  it('half a surrogate pair, in a value or a key; a whole one is fine', () => {
    expect(failure('{"a": "\\ud800"}')?.code).toBe('INPUT_ENCODING');
    expect(failure('{"\\uDC00": 1}')?.code).toBe('INPUT_ENCODING');
    expect(read('{"a": "\\ud83d\\ude00"}').documents[0]?.value).toEqual({ a: '😀' });
  });

  it('every duplicate key, wherever it is', () => {
    const name = fc.constantFrom('a', 'b"c', 'd:e', '\\', 'é');
    fc.assert(
      fc.property(fc.jsonValue(), name, fc.jsonValue(), (before, key, after) => {
        const text = `[${JSON.stringify(before)}, {${JSON.stringify(key)}: 1, "other": ${JSON.stringify(after)}, ${JSON.stringify(key)}: 2}]`;
        expect(failure(text)?.code).toBe('INPUT_SYNTAX');
      }),
    );
  });
});

describe('positions', () => {
  it('are those of the key or item, for every path', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify({ root: value }, undefined, 2);
        const [document] = read(text).documents;
        const lines = text.split('\n');
        for (const { path, starts } of pathsOf({ root: value }, [])) {
          const { line = 0, column = 0 } = document?.locate(path) ?? {};
          expect(lines[line - 1]?.slice(column - 1).startsWith(starts)).toBe(true);
        }
      }),
    );
  });

  it('lead to the nearest place where the path goes on into nothing', () => {
    const [document] = read('{\n  "a": [\n    {"b": 1}\n  ]\n}').documents;
    expect(document?.locate(['a', 0, 'c', 'd'])).toEqual({ file: 'a.json', line: 3, column: 5 });
    expect(document?.locate(['a', '0', 'b'])).toEqual({ file: 'a.json', line: 3, column: 6 });
    expect(document?.locate(['x'])).toEqual({ file: 'a.json', line: 1, column: 1 });
  });
});

/** Every path of a value with what its place must begin with. */
function pathsOf(value: unknown, path: (string | number)[]): { path: (string | number)[]; starts: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [
      { path: [...path, index], starts: JSON.stringify(item).slice(0, 1) },
      ...pathsOf(item, [...path, index]),
    ]);
  }
  return Object.entries(value).flatMap(([key, inner]) => [
    { path: [...path, key], starts: `${JSON.stringify(key)}:` },
    ...pathsOf(inner, [...path, key]),
  ]);
}
