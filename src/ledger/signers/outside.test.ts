import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeVkey } from '../../verify/index.ts';
import { nodeCrypto } from '../../verify/node.ts';
import { adoptSigner } from './adopt.ts';
import { signerFailed } from './fault.ts';
import { modulePath } from './module.ts';
import { outsideSigner } from './reference.ts';
import { ed25519Bytes } from './spki.ts';
import type { OutsideKey } from './types.ts';

const pair = () => generateKeyPairSync('ed25519');
const raw = (key: KeyObject) => ed25519Bytes(key.export({ format: 'der', type: 'spki' })) ?? new Uint8Array();
const own = pair();
const key = makeVkey(nodeCrypto.sha256, 'example.com/audit', raw(own.publicKey));
const PLACE = { kind: 'awskms', key: 'alias/exhibit', region: undefined } as const;
const signer = (outside: Partial<OutsideKey>) =>
  outsideSigner(PLACE, key, {
    publicKey: async () => raw(own.publicKey),
    sign: async (message) => sign(null, message, own.privateKey),
    ...outside,
  });

describe('a signer outside is not believed', () => {
  const message = Buffer.from('example.com/audit\n1\nroot\n');

  it('gives a signature that verifies', async () => {
    const signature = await signer({}).sign(message);
    expect(nodeCrypto.verifyEd25519(key.publicKey, message, signature)).toBe(true);
  });

  it.each([
    ['of something else', async () => sign(null, Buffer.from('other'), own.privateKey)],
    ['that is empty', async () => new Uint8Array()],
    ['that is too long', async () => new Uint8Array(65)],
    [
      'of one bit wrong',
      async (given: Uint8Array) =>
        sign(null, given, own.privateKey).map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    ],
  ])('a signature %s is found', async (_, lie) => {
    await expect(signer({ sign: lie }).sign(message)).rejects.toMatchObject({
      code: 'SIGNER_FAILED',
      details: { reason: 'wrong signature' },
    });
  });

  it('another key is told from a wrong signature', async () => {
    const other = pair();
    const signing = signer({
      publicKey: async () => raw(other.publicKey),
      sign: async (given) => sign(null, given, other.privateKey),
    }).sign(message);
    await expect(signing).rejects.toMatchObject({
      code: 'LEDGER_KEY',
      message: expect.stringContaining(key.id),
    });
  });

  it('what it says of itself is passed on', async () => {
    const signing = signer({ sign: async () => Promise.reject(signerFailed('it', 'is away')) }).sign(message);
    await expect(signing).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
  });
});

describe('what is adopted', () => {
  it('is an Ed25519 key', () => {
    const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    expect(ed25519Bytes(p256.export({ format: 'der', type: 'spki' }))).toBeUndefined();
    expect(
      ed25519Bytes(Buffer.from('-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n')),
    ).toBeUndefined();
    expect(ed25519Bytes(new Uint8Array())).toBeUndefined();
    expect(ed25519Bytes(Buffer.from(own.publicKey.export({ format: 'pem', type: 'spki' })))).toEqual(
      raw(own.publicKey),
    );
  });

  it('is there', async () => {
    await expect(adoptSigner('file:/nowhere/log.pem', 'example.com/audit')).rejects.toMatchObject({
      code: 'LEDGER_KEY',
    });
  });
});

describe('the module of a token', () => {
  const around = (env: Record<string, string>) => ({ env, timeout: 1, tries: 1 });

  it('belongs to the system, or is named by the environment', async () => {
    expect(await modulePath('/bin/sh', around({}), 'x')).toMatch(/sh$/);
    await expect(modulePath('/nowhere.so', around({}), 'x')).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
    expect(await modulePath('/mine.so', around({ EXHIBIT_PKCS11_MODULE: '/mine.so' }), 'x')).toBe('/mine.so');
    await expect(modulePath('/tmp', around({}), 'x')).rejects.toMatchObject({
      details: { reason: 'module not trusted' },
    });
  });
});
