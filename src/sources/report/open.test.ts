import { describe, expect, it } from 'vitest';
import { openText } from './open.ts';

const shape = async (text: string) => (await openText(Buffer.from(text), 'report')).sample.shape;

describe('the shape of a report', () => {
  it.each([
    ['[2026-01-02T03:04:05.678Z] "GET / HTTP/1.1" 200', 'text'],
    ['[info] started', 'text'],
    ['[1, 2]', 'json-array'],
    ['[-1.5e3]', 'json-array'],
    ['[ {"a": 1} ]', 'json-array'],
    ['[]', 'json-array'],
  ])('%s is %s', async (text, expected) => {
    expect(await shape(text)).toBe(expected);
  });
});

describe('a report in UTF-16', () => {
  const wide = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  const values = async (bytes: Buffer) => {
    const { report } = await openText(bytes, 'report.json');
    const found: unknown[] = [];
    for await (const { value, error } of report.values()) found.push(error?.code ?? value);
    return found;
  };

  it('is read like one in UTF-8, and does not lose half a character at its end', async () => {
    expect(await values(wide('{"a":"é"}\n{"b":1}'))).toEqual([{ a: 'é' }, { b: 1 }]);
    const cut = Buffer.concat([wide('{"a":"é"}\n{"b":1}\n'), Buffer.from([0x31])]);
    expect(await values(cut)).toEqual([{ a: 'é' }, { b: 1 }, 'INPUT_SYNTAX']);
  });
});
