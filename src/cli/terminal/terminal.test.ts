import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useColor } from './color.ts';
import { inertJson } from './json.ts';
import { progress, progressLine } from './progress.ts';
import { columns, printable, wrap } from './text.ts';

const terminal = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, sink: { write: (text: string) => void written.push(text), isTTY, columns: 80 } };
};

describe('text for a terminal', () => {
  it('printable leaves no control character, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
      }),
    );
  });

  it.each([
    ['::add-mask::fail.yaml', ':\\x3aadd-mask::fail.yaml'],
    ['a ::error file=x::b', 'a :\\x3aerror file=x::b'],
    ['##vso[task.setvariable variable=x]y', '#\\x23vso[task.setvariable variable=x]y'],
    ['name ##[group]x', 'name #\\x23[group]x'],
    ['###VSO[task.complete]', '##\\x23VSO[task.complete]'],
    [
      'AWS::S3::Bucket is open to ::/0 and ::1, see ## Fix',
      'AWS::S3::Bucket is open to ::/0 and ::1, see ## Fix',
    ],
  ])('no pipeline takes %j for a command', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('no pipeline finds a command in JSON, and readers find the same value', () => {
    const value = { '##[group]': ['a ##vso[task.complete]b', '## heading'] };
    expect(inertJson(value)).not.toMatch(/##(?:vso)?\[/);
    expect(JSON.parse(inertJson(value, 2))).toEqual(value);
  });

  it('wrap makes no line that begins with two colons out of a word that does not', () => {
    for (const line of wrap(`${'x'.repeat(20)}::add-mask::${'y'.repeat(30)}`, 20))
      expect(line).not.toMatch(/^::/);
  });

  it('wrap loses nothing and keeps the width', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('columns lines cells up', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'c'],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b   c']);
  });
});

describe('colour', () => {
  it('follows flag, NO_COLOR, FORCE_COLOR, TERM, terminal in this order', () => {
    const { sink } = terminal(true);
    expect(useColor('always', { NO_COLOR: '1' }, sink)).toBe(true);
    expect(useColor('auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, sink)).toBe(false);
    expect(useColor('auto', { FORCE_COLOR: '1', TERM: 'dumb' }, terminal(false).sink)).toBe(true);
    expect(useColor('auto', { TERM: 'dumb' }, sink)).toBe(false);
    expect(useColor('auto', {}, sink)).toBe(true);
    expect(useColor('auto', {}, terminal(false).sink)).toBe(false);
  });
});

describe('progress', () => {
  const run = (isTTY: boolean, milliseconds: number[]) => {
    const { written, sink } = terminal(isTTY);
    const times = [0, ...milliseconds];
    const bar = progress('verifying', sink, () => times.shift() ?? 0);
    for (const _ of milliseconds) bar.update(25, 100);
    bar.end();
    return written.join('');
  };

  it('is silent in a pipe and for half a second', () => {
    expect(run(false, [5_000])).toBe('');
    expect(run(true, [100, 499])).toBe('');
  });

  it('shows counts and time left, then clears the line', () => {
    expect(run(true, [2_000])).toBe('\r\x1b[Kverifying  25 of 100 (25 %), about 6 s left\r\x1b[K');
  });

  it('does not promise a time before anything is done', () => {
    expect(progressLine('reading', 0, 1_000, 900)).toBe('reading  0 of 1,000 (0 %)');
    expect(progressLine('reading', 1_234, undefined, 900)).toBe('reading  1,234');
  });
});
