import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileHash } from './hash.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const hash = (text: string, name = 'data.json') => fileHash(name, Buffer.from(text));

// The right-hand sides are the byte streams that OPA's walk (v1/bundle/hash.go) writes, by hand.
describe('fileHash', () => {
  it.each([
    ['white space and key order do not matter', '{ "b": 1,\n"a": [true, null] }', '{"a":[true,null],"b":1}'],
    [
      'the text of numbers is kept',
      '{"a":1.0,"b":1e3,"c":-0,"d":9007199254740993}',
      '{"a":1.0,"b":1e3,"c":-0,"d":9007199254740993}',
    ],
    ['also where white space is around them', '[ -0 , 1.50\n, 1E2 ]', '[-0,1.50,1E2]'],
    ['and where one stands alone', '10.0', '10.0'],
    ['what looks like a number in a text is text', '{"a":"x:1.0","b":[1,20]}', '{"a":"x:1.0","b":[1,20]}'],
    ['keys sort by their UTF-8 bytes', '{"\u{1F600}":1,"\uFFFD":2}', '{"\uFFFD":2,"\u{1F600}":1}'],
    [
      'markup characters stay, line separators are escaped',
      '{"a":"<&>\u2028\u2029"}',
      '{"a":"<&>\\u2028\\u2029"}',
    ],
    ['the last of two equal keys counts', '{"a":1,"a":2}', '{"a":2}'],
    [
      'names of prototypes are names',
      '{"__proto__":{"x":1},"constructor":2}',
      '{"__proto__":{"x":1},"constructor":2}',
    ],
    ['a lone surrogate becomes U+FFFD', '["\\ud800"]', '["\uFFFD"]'],
    ['control characters', '["\\u0001\\b\\f\\n\\r\\t"]', '["\\u0001\\b\\f\\n\\r\\t"]'],
  ])('%s', (_law, text, stream) => {
    expect(hash(text)).toBe(sha(stream));
    expect(hash(text, 'a/.manifest')).toBe(sha(stream));
  });

  it('takes every other file by its bytes', () => {
    expect(hash('{ }', 'a.json')).toBe(sha('{ }'));
    expect(hash('{ }', 'xdata.json')).toBe(sha('{ }'));
  });

  it('refuses what is not JSON in UTF-8', () => {
    for (const bytes of [
      Buffer.from('{'),
      Buffer.from([0x22, 0xff, 0x22]),
      Buffer.from('\uFEFF{}'),
      Buffer.from('{} x'),
    ])
      expect(() => fileHash('data.json', bytes)).toThrow(expect.objectContaining({ code: 'BUNDLE_INVALID' }));
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(() => hash(deep)).toThrow(expect.objectContaining({ code: 'BUNDLE_INVALID' }));
  });

  it('refuses weak and unknown hash functions', () => {
    for (const algorithm of ['MD5', 'SHA-1', 'SHA256', '__proto__', ''])
      expect(() => fileHash('a', Buffer.from(''), algorithm)).toThrow(/not accepted/);
  });
});
