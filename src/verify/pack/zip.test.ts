import { describe, expect, it } from 'vitest';
import { formatZip, readZip } from './index.ts';

describe('the ZIP of a pack', () => {
  it.each(['../a', '/a', 'a/../b', 'a//b', 'a\\b', '.a', 'a/', 'ä', 'a b', ''])('has no path %j', (name) => {
    expect(() => formatZip([{ path: name, bytes: new Uint8Array() }])).toThrow(
      expect.objectContaining({ code: 'PACK_INVALID' }),
    );
  });

  it('has no path twice, whatever the case', () => {
    const files = ['a/b', 'A/b'].map((name) => ({ path: name, bytes: new Uint8Array(1) }));
    expect(() => formatZip(files)).toThrow(expect.objectContaining({ code: 'PACK_INVALID' }));
  });

  it('is refused where anything stands before, between or behind its files', () => {
    const zip = formatZip([{ path: 'a', bytes: Buffer.from('content') }]);
    expect(readZip(zip)).toEqual([{ path: 'a', bytes: new Uint8Array(Buffer.from('content')) }]);
    const more = [
      Buffer.concat([Buffer.of(0), zip]),
      Buffer.concat([zip, Buffer.of(0)]),
      zip.slice(0, -1),
      new Uint8Array(),
    ];
    for (const one of more)
      expect(() => readZip(one)).toThrow(expect.objectContaining({ code: 'PACK_INVALID' }));
  });

  it('is refused with any one of its bits changed, and the place is said', () => {
    const zip = formatZip(
      ['a.json', 'b/c.json', 'b/d'].map((path, at) => ({ path, bytes: Buffer.from('x'.repeat(at * 9)) })),
    );
    for (let bit = 0; bit < zip.length * 8; bit += 1) {
      const changed = Uint8Array.from(zip);
      const at = Math.floor(bit / 8);
      changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
      const place = /bytes? \d+|name of its file|is longer than|behind its end/;
      expect(() => readZip(changed), `bit ${bit}`).toThrow(
        expect.objectContaining({ code: 'PACK_INVALID', message: expect.stringMatching(place) }),
      );
    }
  });

  it('that was cut off anywhere is said to end early, with where, and to be copied again', () => {
    const zip = formatZip(
      ['a.json', 'b/c.json'].map((path) => ({ path, bytes: Buffer.from('some content') })),
    );
    for (let length = 1; length < zip.length; length += 1)
      expect(() => readZip(zip.slice(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(`the file ends early, at byte ${length}, `),
          hint: expect.stringMatching(/^Copy it again, whole/),
        }),
      );
    // 30 bytes of header and 6 of name, then the content.
    expect(() => readZip(zip.slice(0, 40))).toThrow(
      expect.objectContaining({
        location: { file: 'a.json' },
        message: expect.stringContaining('within a.json'),
      }),
    );
    expect(() => readZip(new Uint8Array())).toThrow(
      expect.objectContaining({ message: 'the pack: the file is empty, of 0 bytes' }),
    );
  });

  it('that is another file is said to be one', () => {
    for (const bytes of [Buffer.from('PK not a ZIP'), Buffer.from('{"a": 1}'), Buffer.alloc(5_000)])
      expect(() => readZip(bytes)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining('it does not begin as a ZIP does, at byte 0: it is another file'),
          hint: expect.stringContaining('exhibit pack'),
        }),
      );
  });
});
