import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { parseYaml } from './yaml-file.ts';

type Schema = 'core' | 'failsafe';

/** What the parser that knows positions says: a value, or that it is none. */
function expected(text: string, schema: Schema): unknown {
  const document = parseDocument(text, { version: '1.2', schema });
  try {
    return document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

const read = (text: string, schema: Schema) =>
  parseYaml(new Map([['a.yaml', Buffer.from(text)]]), 'a.yaml', schema);

describe.each(['core', 'failsafe'] as const)('a file in the schema %s', (schema) => {
  test('of the library has the value that the parser with positions gives it', () => {
    const files = readdirSync('policies', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.ya?ml$/.test(name),
    );
    expect(files.length).toBeGreaterThan(20);
    for (const name of files) {
      const text = readFileSync(join('policies', name), 'utf8');
      const value = expected(text, schema);
      if (value !== undefined) expect(read(text, schema).value, name).toEqual(value);
    }
  });

  test('made of pieces that parsers are known to take differently has that value too, or a problem', () => {
    const scalar = fc.constantFrom(
      ...[
        '',
        '~',
        'null',
        'Null',
        'true',
        'True',
        'yes',
        'no',
        'on',
        '0',
        '-0',
        '007',
        '0o17',
        '0x1F',
        '1_000',
        '+12',
        '.5',
      ],
      ...[
        '1.',
        '1e3',
        '1E+3',
        '.inf',
        '-.INF',
        '.nan',
        '8.10',
        '12:30',
        '1:2:3',
        '2026-01-01',
        '2026-01-01T00:00:00Z',
        '=',
        '<<',
      ],
      ...[
        '"a\\n\\u00e9\\x41"',
        "'it''s'",
        '"\\/"',
        'a: b',
        'a #b',
        'a#b',
        '- a',
        '-a',
        '[1, 2]',
        '{a: 1}',
        '[a b, c]',
        '{}',
        '[]',
      ],
      ...[
        '|\n    a\n     b\n',
        '>\n    a\n    b\n\n    c\n',
        '|-\n    a\n',
        '>+\n    a\n\n',
        'a\n    b',
        '&x 1',
        '*x',
        '!!str 1',
        'é',
        '🔒',
        '? a',
        '%a',
        '@a',
        '`a',
      ],
      ...[
        'a\tb',
        '9007199254740993',
        '1e400',
        '0b11',
        '0.1.2',
        '--- a',
        '...',
        '"',
        "'",
        '[',
        '}',
        ': ',
        ':a',
        'a:',
        '12345678901234567890',
      ],
    );
    const key = fc.constantFrom(
      'a',
      'b',
      '"a"',
      "'c'",
      '1',
      'true',
      'null',
      '~',
      '[a]',
      '<<',
      '__proto__',
      '? a',
      '8.1',
      'é',
    );
    const line = fc.oneof(
      fc.tuple(key, scalar).map(([name, value]) => `${name}: ${value}`),
      fc.tuple(key, scalar).map(([name, value]) => `  ${name}: ${value}`),
      scalar.map((value) => `- ${value}`),
      scalar.map((value) => `  - ${value}`),
      fc.constantFrom('a:', 'b:', '# comment', '', '---', '...', ' ', 'x'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        const { value, problems } = read(text, schema);
        expect([text, value]).toEqual([text, expected(text, schema)]);
        expect([text, problems.length > 0]).toEqual([text, value === undefined]);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('what does not fit is found by line and column', () => {
  const { locate } = read('a: 1\nb:\n  - c: x\n', 'core');
  expect(locate(['b', 0, 'c'])).toEqual({ file: 'a.yaml', line: 3, column: 8 });
});
