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
