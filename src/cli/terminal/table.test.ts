import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { table } from './table.ts';

const terminal = (columns: number) => ({ isTTY: true, columns });
const PIPE = { isTTY: false, columns: 20 };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a table', () => {
  it('in a pipe is one line a row, however long', () => {
    expect(table([['digest', DIGEST]], PIPE)).toBe(`digest  ${DIGEST}\n`);
    expect(table([], PIPE)).toBe('');
  });

  it('at a terminal puts a value that does not fit below its label, whole', () => {
    const rows = [
      ['bundle', 'x.tar.gz'],
      ['digest of it', DIGEST],
      ['says', 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen'],
    ];
    expect(table(rows, terminal(80))).toBe(
      [
        'bundle        x.tar.gz',
        'digest of it',
        `  ${DIGEST}`,
        'says          one two three four five six seven eight nine ten eleven twelve',
        '              thirteen fourteen',
        '',
      ].join('\n'),
    );
    expect(table([['digest', DIGEST]], terminal(72))).toBe(`digest\n${DIGEST}\n`);
  });

  it('at a terminal folds cells, and stacks them where their words are too long', () => {
    const rows = [
      ['policy-one', 'high', 'ci:enforce pre-commit:warn runtime:observe', '4 controls'],
      ['two', 'low', 'ci:enforce', '1 controls'],
    ];
    expect(table(rows, terminal(60))).toBe(
      [
        'policy-one  high  ci:enforce pre-commit:warn      4 controls',
        '                  runtime:observe',
        'two         low   ci:enforce                      1 controls',
        '',
      ].join('\n'),
    );
    expect(table(rows, terminal(20)).split('\n').slice(0, 4)).toEqual([
      'policy-one',
      '  high',
      '  ci:enforce',
      '  pre-commit:warn',
    ]);
  });

  it('loses nothing, and is wider than the terminal only for one word', () => {
    const cell = fc.stringMatching(/^[a-z]{0,12}( [a-z]{1,12}){0,5}$/);
    const some = fc
      .integer({ min: 1, max: 5 })
      .chain((count) => fc.array(fc.array(cell, { minLength: count, maxLength: count }), { minLength: 1 }));
    fc.assert(
      fc.property(some, fc.integer({ min: 10, max: 100 }), (rows, width) => {
        const text = table(rows, terminal(width));
        const letters = (of: string) => [...of.replace(/\s/g, '')].sort().join('');
        expect(letters(text)).toBe(letters(rows.flat().join('')));
        for (const line of text.split('\n')) expect(line.length <= width || !line.includes(' ')).toBe(true);
      }),
    );
  });
});
