import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMS } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  checkSigner,
  initLedger,
  type Ledger,
  ledgerStatus,
  openLedger,
  rotateKey,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { awsKmsKey } from '../../../src/ledger/signers/awskms.ts';
import { decision } from '../../../src/ledger/testing/records.ts';
import { CREDENTIALS, startMoto, why } from '../events/moto.ts';
import { type Kms, REGION, startKms } from './kms.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const clock = () => NOW;
const random = (length: number) => randomBytes(length);
const ORIGIN = 'example.com/audit';
let kms: Kms;
let work: string;
let folder: string;
let arn: string;
let vkey: string;
let ledger: Ledger;

const before = { ...process.env };

beforeAll(async () => {
  kms = await startKms();
  process.env.AWS_ENDPOINT_URL_KMS = kms.endpoint;
  process.env.AWS_ACCESS_KEY_ID = CREDENTIALS.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = CREDENTIALS.secretAccessKey;
});

afterAll(async () => {
  process.env = before;
  await kms.stop();
});

const append = () => ledger.append('ci', [decision('ci', NOW)]);
const shown = () => readFile(join(folder, 'log/checkpoint'), 'utf8');

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'exhibit-kms-'));
  folder = join(work, 'ledger');
  arn = kms.createKey();
  ({ vkey } = await initLedger(folder, { origin: ORIGIN, clock, random, signer: `awskms:${arn}` }));
  ledger = await openLedger(folder, { clock, random });
  kms.asked.length = 0;
  kms.faults.length = 0;
  return async () => {
    await ledger.close();
    await rm(work, { recursive: true });
  };
});

describe('a log whose key is in AWS KMS', () => {
  it('is sealed with one question, verified, and says who signs', async () => {
    await append();
    await ledger.seal();
    expect(kms.asked).toEqual(['Sign']);
    expect((await verifyLedger(folder, { vkeys: [vkey], threads: 0 })).checkpoint.size).toBe(1);
    expect((await ledgerStatus(folder)).signer).toMatchObject({ kind: 'awskms', place: `awskms:${arn}` });
    expect(await checkSigner(folder)).toMatchObject({ kind: 'awskms' });
  });

  it('is sealed in the thread of the server too', async () => {
    await ledger.close();
    ledger = await openLedger(folder, { clock, random, sealThread: {} });
    await append();
    expect((await ledger.seal()).size).toBe(1);
  });

  it('is handed over to KMS and away from it', async () => {
    await append();
    await ledger.seal();
    const other = kms.createKey();
    await rotateKey(folder, { clock, random, signer: `awskms:${other}` });
    await rotateKey(folder, { clock, random });
    kms.asked.length = 0;
    await append();
    expect((await ledger.seal()).size).toBe(4);
    expect(kms.asked).toEqual([]);
    expect((await verifyLedger(folder, { vkeys: [vkey], threads: 0 })).handovers).toHaveLength(2);
  });

  it.each([
    ['throttled twice', ['throttled', 'throttled']],
    ['whose answer is lost after it signed', ['lost']],
  ] as const)('%s: the same seal is made', async (_, faults) => {
    await append();
    kms.faults.push(...faults);
    expect((await ledger.seal()).size).toBe(1);
    await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
  });

  it.each([
    ['throttled for long', ['throttled', 'throttled', 'throttled'], 'ThrottlingException', 'SIGNER_FAILED'],
    ['denied', ['denied'], 'AccessDeniedException', 'SIGNER_FAILED'],
    ['disabled', ['disabled'], 'DisabledException', 'SIGNER_FAILED'],
    ['with a wrong signature', ['garbage'], 'wrong signature', 'SIGNER_FAILED'],
  ] as const)(
    '%s: nothing is published, what was acknowledged is sealed later',
    async (_, faults, reason, code) => {
      await append();
      const published = await shown();
      kms.faults.push(...faults);
      await expect(ledger.seal()).rejects.toMatchObject({ code, details: { reason } });
      expect(await shown()).toBe(published);
      await append();
      expect(await ledger.seal()).toMatchObject({ size: 2, added: 2 });
      await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
    },
  );

  it('with another key under its name: nothing is published', async () => {
    await append();
    const published = await shown();
    kms.replace(arn);
    await expect(ledger.seal()).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    await expect(checkSigner(folder)).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    expect(await shown()).toBe(published);
  });

  it('that does not answer is away after its time, and not for ever', async () => {
    const place = { kind: 'awskms', key: arn, region: REGION } as const;
    const key = awsKmsKey(place, { env: process.env, timeout: 200, tries: 2 });
    kms.faults.push('silent');
    expect(await key.sign(Buffer.from('x'))).toHaveLength(64);
    kms.faults.push('silent', 'silent');
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
  });

  it('a key that is not there makes no ledger', async () => {
    const place = `awskms:${arn.replace(/.{4}$/, 'ffff')}`;
    await expect(
      initLedger(join(work, 'other'), { origin: ORIGIN, clock, random, signer: place }),
    ).rejects.toMatchObject({ code: 'SIGNER_FAILED', details: { reason: 'NotFoundException' } });
  });
});

describe.skipIf(why !== '' && process.env.CI !== 'true')(`moto${why}`, () => {
  it('keys of other kinds, and none: refused with the words of the service', async () => {
    const moto = await startMoto();
    process.env.AWS_ENDPOINT_URL_KMS = moto.endpoint;
    try {
      const client = new KMS({ region: REGION });
      const { KeyMetadata } = await client.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
      const around = { env: process.env, timeout: 5_000, tries: 2 };
      const at = (key: string) => awsKmsKey({ kind: 'awskms', key, region: REGION }, around);
      await expect(at(KeyMetadata?.Arn ?? '').publicKey()).rejects.toMatchObject({
        code: 'LEDGER_KEY',
        message: expect.stringContaining('not of ECC_NIST_EDWARDS25519'),
      });
      await expect(at(KeyMetadata?.Arn ?? '').sign(Buffer.from('x'))).rejects.toMatchObject({
        code: 'SIGNER_FAILED',
      });
      await expect(at('0f5d7f40-5d16-4b6c-9d3b-7c1e0a6f2b11').publicKey()).rejects.toMatchObject({
        details: { reason: 'NotFoundException' },
      });
      client.destroy();
    } finally {
      process.env.AWS_ENDPOINT_URL_KMS = kms.endpoint;
      await moto.stop();
    }
  });
});
