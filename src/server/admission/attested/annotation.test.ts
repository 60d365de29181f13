import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { carried } from './annotation.ts';

const object = (value: unknown) => ({
  metadata: { annotations: { 'admission.exhibit/attestation': value } },
});
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const packed = (value: string | Buffer) => gzipSync(value).toString('base64');

it('is the file as it is, or packed', () => {
  expect(text(carried(object('{"payload": ""}\n')))).toBe('{"payload": ""}');
  expect(text(carried(object(packed('{"payload": ""}'))))).toBe('{"payload": ""}');
});

it('is none where nothing stands there', () => {
  for (const value of [{}, null, 'x', { metadata: null }, object(undefined), object(3)])
    expect(carried(value)).toBeUndefined();
});

it('is refused where it is neither, or unpacks to very much', () => {
  for (const value of ['', 'passed', packed('{}').slice(0, 8), packed(Buffer.alloc(9 * 1024 * 1024))])
    expect(() => carried(object(value))).toThrow('holds neither an attestation');
});
