import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatCheckpoint, formatNote, formatSignature, fromBase64, parseVkey } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { initLedger, type Ledger, ledgerStatus, openLedger, rotateKey, verifyLedger } from './index.ts';
import { bodyOf } from './published.ts';
import { parseSigner } from './signer.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const clock = () => NOW;
const random = (length: number) => randomBytes(length);
const ORIGIN = 'example.com/audit';
let work: string;
let folder: string;
let ledger: Ledger | undefined;

const key = async (name: string): Promise<string> => {
  const path = join(work, name);
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  return path;
};

const put = async (): Promise<number> => {
  ledger ??= await openLedger(folder, { clock, random });
  await ledger.append('ci', [decision('ci', NOW)]);
  return (await ledger.seal()).size;
};

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'exhibit-rotate-'));
  folder = join(work, 'ledger');
});

afterEach(async () => {
  await ledger?.close();
  ledger = undefined;
  await rm(work, { recursive: true });
});

describe('a key in a file elsewhere', () => {
  it('signs a log from its beginning, and no private key lies in the folder', async () => {
    const path = await key('log.pem');
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random, signer: `file:${path}` });
    await put();
    expect((await verifyLedger(folder, { vkeys: [vkey], threads: 0 })).checkpoint.size).toBe(1);
    const stored = await readFile(join(folder, 'keys/signer.key'), 'utf8');
    expect(JSON.parse(stored)).toEqual({ format: 'exhibit.signer/1', signer: `file:${path}`, vkey });
    expect((await ledgerStatus(folder)).signer).toEqual({
      kind: 'file',
      place: `file:${path}`,
      key: parseVkey(nodeCrypto.sha256, vkey).id,
    });
  });

  it('away stops publishing and not acknowledging; back again, everything is sealed', async () => {
    const path = await key('log.pem');
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random, signer: `file:${path}` });
    await put();
    await rename(path, `${path}.away`);
    // Also a process that starts meanwhile takes records in.
    await ledger?.close();
    ledger = await openLedger(folder, { clock, random });
    for (let round = 0; round < 3; round += 1) {
      await expect(put()).rejects.toMatchObject({ code: 'LEDGER_KEY' });
      expect((await ledger.checkpoint()).size).toBe(1);
    }
    expect((await ledgerStatus(folder)).waiting.bytes).toBeGreaterThan(0);
    await rename(`${path}.away`, path);
    expect(await put()).toBe(5);
    await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
  });

  it('that is another key than before publishes nothing', async () => {
    const path = await key('log.pem');
    await initLedger(folder, { origin: ORIGIN, clock, random, signer: `file:${path}` });
    await put();
    await rename(await key('other.pem'), path);
    const before = await readFile(join(folder, 'log/checkpoint'), 'utf8');
    await expect(put()).rejects.toMatchObject({
      code: 'LEDGER_KEY',
      message: expect.stringContaining('another key'),
    });
    expect(await readFile(join(folder, 'log/checkpoint'), 'utf8')).toBe(before);
  });

  it.each([
    ['readable by others', async (path: string) => chmod(path, 0o640)],
    [
      'of another kind',
      async (path: string) =>
        writeFile(
          path,
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
            format: 'pem',
            type: 'pkcs8',
          }),
        ),
    ],
    ['that is none', async (path: string) => writeFile(path, 'hello')],
  ])('%s makes no ledger', async (_, spoil) => {
    const path = await key('log.pem');
    await spoil(path);
    await expect(
      initLedger(folder, { origin: ORIGIN, clock, random, signer: `file:${path}` }),
    ).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    expect((await initLedger(folder, { origin: ORIGIN, clock, random })).origin).toBe(ORIGIN);
  });
});

describe('rotation between kinds', () => {
  it('leads a reader of the first key through all of them', async () => {
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
    await put();
    const first = await rotateKey(folder, { clock, random, signer: `file:${await key('a.pem')}` });
    await put();
    const second = await rotateKey(folder, { clock, random });
    await put();
    const third = await rotateKey(folder, { clock, random, signer: `file:${await key('b.pem')}` });
    await put();
    const { handovers, checkpoint } = await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
    expect(handovers.map(({ validFromSize }) => validFromSize)).toEqual([
      third.size,
      second.size,
      first.size,
    ]);
    expect(checkpoint.size).toBe(7);
  });

  it('never goes back to a key that was handed over, nor to the present one', async () => {
    await initLedger(folder, { origin: ORIGIN, clock, random });
    const a = `file:${await key('a.pem')}`;
    await rotateKey(folder, { clock, random, signer: a });
    await expect(rotateKey(folder, { clock, random, signer: a })).rejects.toMatchObject({
      code: 'LEDGER_KEY',
      message: expect.stringContaining('signs this log already'),
    });
    await rotateKey(folder, { clock, random });
    await expect(rotateKey(folder, { clock, random, signer: a })).rejects.toMatchObject({
      code: 'LEDGER_KEY',
      message: expect.stringContaining('before'),
    });
    expect(await put()).toBe(3);
  });

  it('to a signer that goes away after it was announced: sealing waits for it, and then all is there', async () => {
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
    await put();
    const path = await key('a.pem');
    const onStep = (step: string) => {
      if (step === 'committed') throw new Error('cut off');
    };
    await expect(rotateKey(folder, { clock, random, signer: `file:${path}`, onStep })).rejects.toThrow(
      'cut off',
    );
    await rename(path, `${path}.away`);
    await expect(put()).rejects.toMatchObject({ code: 'LEDGER_KEY' });
    await rename(`${path}.away`, path);
    expect(await put()).toBe(4);
    expect((await verifyLedger(folder, { vkeys: [vkey], threads: 0 })).handovers).toHaveLength(1);
  });
});

describe('who stole the old key', () => {
  it.each(['with the handover', 'without the handover'])(
    'signs no later checkpoint of the log that verifies, %s',
    async (how) => {
      const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
      await put();
      const stolen = parseSigner(await readFile(join(folder, 'keys/signer.key'), 'utf8'), 'stolen');
      await rotateKey(folder, { clock, random, signer: `file:${await key('a.pem')}` });
      await put();
      await put();
      // The thief may write every file too: the true root, signed with the key that ended at size 2.
      const shown = join(folder, 'log/checkpoint');
      const { size, root } = bodyOf(await readFile(shown, 'utf8'));
      const text = formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] });
      const note = formatNote(text, [formatSignature(stolen.key, await stolen.sign(Buffer.from(text)))]);
      await chmod(shown, 0o644);
      await writeFile(shown, note);
      if (how === 'without the handover') await rm(join(folder, 'log/handover'), { recursive: true });
      await expect(verifyLedger(folder, { vkeys: [vkey], threads: 0 })).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
        details: { kind: 'retired-key' },
      });
    },
  );

  it('can go on from before the handover: who holds a later checkpoint finds it, the old key alone does not', async () => {
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
    await put();
    await ledger?.close();
    ledger = undefined;
    const theft = join(work, 'theft');
    await cp(folder, theft, { recursive: true });
    await rotateKey(folder, { clock, random, signer: `file:${await key('a.pem')}` });
    const known = [await readFile(join(folder, 'log/checkpoint'), 'utf8')];
    const forged = await openLedger(theft, { clock, random });
    for (let more = 0; more < 3; more += 1) {
      await forged.append('ci', [decision('ci', NOW)]);
      await forged.seal();
    }
    await forged.close();
    expect((await verifyLedger(theft, { vkeys: [vkey], threads: 0 })).checkpoint.size).toBe(4);
    await expect(verifyLedger(theft, { vkeys: [vkey], known, threads: 0 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(LEDGER_ROLLBACK|CHECKPOINT_INVALID|LEDGER_FORK)$/),
    });
  });

  it('a signature of the old key under the name of the new one does not verify', async () => {
    const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
    await put();
    const stolen = await readFile(join(folder, 'keys/signer.key'), 'utf8');
    const next = await rotateKey(folder, { clock, random, signer: `file:${await key('a.pem')}` });
    await put();
    const seed = fromBase64(stolen.trim().split('+').slice(4).join('+'))?.subarray(1) ?? new Uint8Array();
    const secret = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const shown = join(folder, 'log/checkpoint');
    const { size, root } = bodyOf(await readFile(shown, 'utf8'));
    const text = formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] });
    const named = parseVkey(nodeCrypto.sha256, next.vkey);
    await chmod(shown, 0o644);
    await writeFile(shown, formatNote(text, [formatSignature(named, sign(null, Buffer.from(text), secret))]));
    await expect(verifyLedger(folder, { vkeys: [vkey], threads: 0 })).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
  });
});
