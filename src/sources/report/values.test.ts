import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Located } from '../types.ts';
import { JsonValues } from './values.ts';

/** What is read of a stream in parts of this size. */
function read(bytes: Buffer, size: number, byLine: boolean, limit = 400) {
  const values = new JsonValues('report', limit, byLine);
  const all: Located[] = [];
  for (let at = 0; at < bytes.length; at += size) all.push(...values.take(bytes.subarray(at, at + size)));
  all.push(...values.end());
  return all.map(({ value, line, index, error }) => ({
    value,
    line,
    index,
    error: error?.message,
    code: error?.code,
  }));
}

const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
/** Lines of logs, and what may stand between them: broken, cut, in several lines, too long, too deep, not UTF-8. */
const part = fc.oneof(
  { weight: 4, arbitrary: fc.object({ maxDepth: 2 }).map((value) => `${JSON.stringify(value) ?? ''}\n`) },
  fc.jsonValue({ maxDepth: 2 }).map((value) => `${JSON.stringify(value, null, 2)}\n`),
  fc.constantFrom(
    ...[
      '{"a":1}\r\n',
      '{"a":1}',
      ' {"a":1}\n',
      '{"a":1} \n',
      '{"a":1}{"b":2}\n',
      '{"a":}\n',
      '{"a":[1}\n',
      '{}}\n',
    ],
    ...[
      '{"a":"{"}\n',
      '{"a":"\\"}"}\n',
      '{"é":"😀"}\n',
      '{"a":"\ud800"}\n',
      '{a}\n',
      '\n',
      '\r\n',
      '\u001e{"a":1}\n',
    ],
    ...[
      '{\n',
      '}\n',
      '"\n',
      '[\n',
      ']\n',
      ',\n',
      '{"a":{\n"b":1}\n}\n',
      'true\n',
      '12\n',
      '"x"\n',
      '\ufeff{"a":1}\n',
    ],
    ...[
      nested(98),
      nested(99),
      nested(100),
      nested(101),
      nested(400),
      `{"a":"${'x'.repeat(500)}"}`,
      '{"__proto__":1}\n',
    ],
  ),
);

describe('values of a log', () => {
  it('are the same by line and by looking at each byte, wherever the parts end', () => {
    let values = 0;
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.constantFrom('', 'x '.repeat(120)),
        fc.integer({ min: 1, max: 60 }),
        fc.option(fc.nat(200)),
        (parts, words, size, broken) => {
          const bytes = Buffer.from(words + parts.join(''));
          // One byte that is no UTF-8, somewhere.
          if (broken !== null && broken < bytes.length) bytes[broken] = 0xff;
          const expected = read(bytes, bytes.length + 1, false);
          values += expected.length;
          expect(read(bytes, size, true)).toEqual(expected);
          expect(read(bytes, bytes.length + 1, true)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
    expect(values).toBeGreaterThan(1_000);
  });

  it('that are broken in great numbers are told together, with their number, and what stands behind is read', () => {
    for (const byLine of [true, false]) {
      const found = read(
        Buffer.from(`${'word '.repeat(150)}\n${'{a}\n'.repeat(200)}{"a":1}\nx\n`),
        64,
        byLine,
      );
      expect(found).toHaveLength(103);
      expect(found.slice(100)).toMatchObject([
        // 350 are broken, on lines 1 to 201.
        { line: 1, index: 100, error: '250 more values up to line 201 cannot be read', code: 'INPUT_SYNTAX' },
        { value: { a: 1 }, line: 202, index: 350 },
        { line: 203, index: 351, code: 'INPUT_SYNTAX' },
      ]);
    }
  });

  it('say their line and number, and what cannot be read', () => {
    expect(read(Buffer.from('{"a":1}\n\n{"a":}\r\n{"a":2}\n{"a":'), 7, true)).toMatchObject([
      { value: { a: 1 }, line: 1, index: 0 },
      { line: 3, index: 1, code: 'INPUT_SYNTAX' },
      { value: { a: 2 }, line: 4, index: 2 },
      { line: 5, index: 3, code: 'INPUT_SYNTAX' },
    ]);
  });
});
