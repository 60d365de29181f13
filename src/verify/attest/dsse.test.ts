import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeAttestCrypto } from '../node.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { formatEnvelope, pae, parseEnvelope } from './dsse.ts';
import { parseAttestKey } from './keys.ts';

/** Coordinates of the specification's key, decimal. @see DSSE 1.0.2, protocol.md, "Test Vectors" */
const X = 46950820868899156662930047687818585632848591499744589407958293238635476079160n;
const Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820n;
const VECTOR = {
  payload: 'aGVsbG8gd29ybGQ=',
  payloadType: 'http://example.com/HelloWorld',
  signatures: [
    { sig: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==' },
  ],
};

describe("the specification's test vector", () => {
  const { payloadType, payload, signatures } = parseEnvelope(VECTOR);
  const signed = pae(payloadType, payload);

  it('gives the encoding that is printed there', () => {
    expect(Buffer.from(signed).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('carries a signature that holds over that encoding (there as r and s, not as DER)', () => {
    const coordinate = (value: bigint) =>
      Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toString('base64url');
    const key = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: coordinate(X), y: coordinate(Y) },
      format: 'jwk',
    });
    const signature = signatures[0]?.signature ?? new Uint8Array();
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it('is the same envelope when it is written again', () => {
    expect(formatEnvelope({ payloadType, payload, signatures })).toEqual(VECTOR);
  });
});

it('lengths are those of bytes, not of characters', () => {
  expect(Buffer.from(pae('tybé', Buffer.from('é'))).toString()).toBe('DSSEv1 5 tybé 2 é');
});

describe('base64', () => {
  it('is what Node writes, at any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
    const long = new Uint8Array(1_000_001).map((_, i) => i * 7);
    expect(encodeBase64(long)).toBe(Buffer.from(long).toString('base64'));
  });

  it.each([
    ['the URL alphabet', '_-8=', [0xff, 0xef]],
    ['both alphabets in one text', '_+8=', undefined],
    ['no padding', 'AAA', undefined],
    ['loose last bits', 'AB==', undefined],
    ['white space', 'AA A', undefined],
    ['a line break', 'AAAA\n', undefined],
    ['padding in the middle', 'AA==AAAA', undefined],
    ['another sign', 'AA*A', undefined],
  ])('%s', (_what, text, bytes) => {
    expect(decodeBase64(text)).toEqual(bytes === undefined ? undefined : Uint8Array.from(bytes));
  });
});

describe('keys', () => {
  it.each([
    [
      'P-256, of RFC 9500, section 2.3',
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjVuKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==',
      'ecdsa-p256',
    ],
    [
      'Ed25519, of RFC 8410, section 10.1',
      'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
      'ed25519',
    ],
  ])('reads %s', (_from, body, type) => {
    const pem = `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
    expect(parseAttestKey(nodeAttestCrypto.sha256, pem, 'k').type).toBe(type);
  });

  it.each([
    ['a private key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'private key'],
    ['no key', 'hello', 'not one public key'],
    // A truncated Ed25519 key.
    [
      'a short key',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAx\n-----END PUBLIC KEY-----',
      'neither',
    ],
  ])('refuses %s', (_what, pem, why) => {
    expect(() => parseAttestKey(nodeAttestCrypto.sha256, pem, 'k')).toThrow(why);
  });
});
