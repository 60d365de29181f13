import * as node from 'node:crypto';
import * as net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Buffer as Bytes } from './buffer.ts';
import { createHash, createHmac, timingSafeEqual } from './crypto.ts';
import { isIP } from './net.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 80 });

describe('what a browser has in place of Node', () => {
  it.each(['md5', 'sha1', 'sha256', 'sha512'] as const)('hashes with %s as Node does', (name) => {
    fc.assert(
      fc.property(text, text, (value, key) => {
        expect(createHash(name).update(value).digest('hex')).toBe(
          node.createHash(name).update(value).digest('hex'),
        );
        expect(createHmac(name, key).update(value).digest('hex')).toBe(
          node.createHmac(name, key).update(value).digest('hex'),
        );
      }),
    );
    expect(timingSafeEqual(Bytes.from('a'), Bytes.from('b'))).toBe(false);
    expect(timingSafeEqual(Bytes.from('ö'), Bytes.from('ö'))).toBe(true);
  });

  it('writes, reads and orders bytes as Node does', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [ours, theirs] = [Bytes.from(a), Buffer.from(a)];
        expect(ours.toString('hex')).toBe(theirs.toString('hex'));
        expect(ours.toString('base64url')).toBe(theirs.toString('base64url'));
        expect(Bytes.byteLength(a)).toBe(theirs.length);
        expect(Bytes.compare(ours, Bytes.from(b))).toBe(Buffer.compare(theirs, Buffer.from(b)));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', '9', 'a', 'F', 'g', ' ') }), (hex) => {
        expect([...Bytes.from(hex, 'hex')]).toEqual([...Buffer.from(hex, 'hex')]);
      }),
    );
  });

  it('reads bytes as text as Node does, a mark of the byte order too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect(Bytes.from(bytes).toString()).toBe(Buffer.from(bytes).toString());
      }),
    );
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    expect(Bytes.from(marked).toString()).toBe(Buffer.from(marked).toString());
  });

  it('knows the addresses that Node knows', () => {
    const parts = fc.array(
      fc.constantFrom('0', '1', 'ff', 'ffff', '12345', ':', '::', '.', '256', '255', '10.0.0.1', '01', 'g'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(parts, (all) => {
        expect([all.join(''), isIP(all.join(''))]).toEqual([all.join(''), net.isIP(all.join(''))]);
        expect([all.join(':'), isIP(all.join(':'))]).toEqual([all.join(':'), net.isIP(all.join(':'))]);
      }),
      { numRuns: 5_000 },
    );
    const all = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(all, (one) => {
        expect([one, isIP(one)]).toEqual([one, net.isIP(one)]);
      }),
    );
  });
});
