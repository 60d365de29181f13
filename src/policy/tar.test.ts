import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { packTar, unpackTar } from './index.ts';

const part = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,20}$/);
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const files = fc
  .array(fc.tuple(path, fc.uint8Array({ maxLength: 2_000 })), { maxLength: 20 })
  .map((entries) => new Map(entries));

const archive = async (entries: [Partial<Header> & { name: string }, string?][]) => {
  const stream = pack();
  for (const [header, body] of entries) stream.entry(header, body ?? '');
  stream.finalize();
  return gzipSync(await buffer(stream));
};

describe('packTar', () => {
  it('gives back what went in, and the same bytes in whatever order it went in', () => {
    fc.assert(
      fc.property(files, (map) => {
        const packed = packTar(map);
        expect(new Map([...unpackTar(packed)].map(([k, v]) => [k, new Uint8Array(v)]))).toEqual(map);
        expect(packTar(new Map([...map].reverse()))).toEqual(packed);
      }),
      { numRuns: 50 },
    );
  });

  it('is read by the tar of the machine, more than one stored block long', () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-tar-'));
    const big = Buffer.alloc(200_000, 'x');
    const long = `${'folder/'.repeat(18)}file.rego`;
    writeFileSync(
      join(folder, 'a.tar.gz'),
      packTar(
        new Map([
          ['big', big],
          [long, Buffer.from('long')],
        ]),
      ),
    );
    execFileSync('tar', ['xzf', 'a.tar.gz'], { cwd: folder });
    expect(readFileSync(join(folder, 'big')).equals(big)).toBe(true);
    expect(readFileSync(join(folder, long), 'utf8')).toBe('long');
  });

  it('carries no time, owner or mode of the machine', () => {
    const tar = gunzipSync(packTar(new Map([['a', Buffer.from('1')]])));
    // mode, user, group: POSIX ustar, octal text ended by NUL
    expect(tar.toString('latin1', 100, 124)).toBe('0000644\x000000000\x000000000\x00');
    expect(tar.toString('latin1', 136, 147)).toBe('00000000000');
    // RFC 1952: no time, no extra flags, unknown system
    expect(Buffer.from(packTar(new Map()).subarray(4, 10))).toEqual(Buffer.from([0, 0, 0, 0, 0, 255]));
  });

  it('refuses a path that does not fit instead of cutting it', () => {
    expect(() => packTar(new Map([['x'.repeat(101), Buffer.from('')]]))).toThrow(/too long/);
  });
});

describe('unpackTar', () => {
  it('reads what another writer wrote: folders, a leading slash, pax names', async () => {
    const long = `${'a'.repeat(120)}/${'b'.repeat(120)}`;
    const bytes = await archive([
      [{ name: 'policies/', type: 'directory' }],
      [{ name: '/data.json' }, '{}'],
      [{ name: './policies/x.rego' }, 'package x'],
      [{ name: long }, 'y'],
    ]);
    expect([...unpackTar(bytes).keys()]).toEqual(['data.json', 'policies/x.rego', long]);
  });

  it.each([
    ['a path that climbs', [[{ name: 'a/../../etc/passwd' }, 'x']], /not allowed/],
    ['a path with a backslash', [[{ name: 'a\\..\\b' }, 'x']], /not allowed/],
    ['a symbolic link', [[{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }]], /no plain file/],
    ['a device', [[{ name: 'a', type: 'character-device' }]], /no plain file/],
    [
      'one name twice',
      [
        [{ name: 'a' }, '1'],
        [{ name: './a' }, '2'],
      ],
      /twice/,
    ],
  ] satisfies [string, [Partial<Header> & { name: string }, string?][], RegExp][])(
    'refuses %s',
    async (_what, entries, message) => {
      const bytes = await archive(entries);
      expect(() => unpackTar(bytes)).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID', message: expect.stringMatching(message) }),
      );
    },
  );

  it('refuses more files, and more bytes after decompression, than the limits', () => {
    const many = packTar(new Map(Array.from({ length: 11 }, (_, i) => [`f${i}`, Buffer.from('x')])));
    expect(() => unpackTar(many, { bytes: 1_000_000, entries: 10 })).toThrow(/more than 10 files/);
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    expect(() => unpackTar(bomb, { bytes: 1_000_000, entries: 10 })).toThrow(/larger than 1000000 bytes/);
  });

  it('refuses every archive that was cut, and never another way than with its own error', () => {
    const whole = packTar(new Map([['a', Buffer.from('hello')]]));
    for (let length = 0; length < whole.length; length += 7)
      expect(() => unpackTar(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'BUNDLE_INVALID' }),
      );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (noise) => {
        try {
          unpackTar(gzipSync(noise));
        } catch (error) {
          expect(error).toMatchObject({ code: 'BUNDLE_INVALID' });
        }
      }),
      { numRuns: 100 },
    );
    expect(() => unpackTar(gzipSync(Buffer.alloc(0)))).toThrow(/no end mark/);
  });
});
