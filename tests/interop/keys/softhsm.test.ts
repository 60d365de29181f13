import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { decision } from '../../../src/ledger/testing/records.ts';
import { PIN, startToken, type Token, why } from './softhsm.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const clock = () => NOW;
const random = (length: number) => randomBytes(length);
const ORIGIN = 'example.com/audit';

describe.skipIf(why !== '' && process.env.CI !== 'true')(
  `a log whose key is in a PKCS #11 token${why}`,
  () => {
    let token: Token;
    let work: string;
    let folder: string;
    let ledger: Ledger | undefined;
    const before = { ...process.env };

    beforeAll(async () => {
      token = await startToken();
      // Two keys: the first that the token shows is not the one that signs.
      token.createKey('01', 'other');
      token.createKey('02', 'log');
    });

    afterAll(async () => {
      process.env = before;
      await token.stop();
    });

    beforeEach(async () => {
      process.env.EXHIBIT_PKCS11_PIN = PIN;
      work = await mkdtemp(join(tmpdir(), 'exhibit-pkcs11-'));
      folder = join(work, 'ledger');
      return async () => {
        await ledger?.close();
        ledger = undefined;
        await rm(work, { recursive: true });
      };
    });

    const init = (signer = token.uri('02')) => initLedger(folder, { origin: ORIGIN, clock, random, signer });
    const put = async () => {
      ledger ??= await openLedger(folder, { clock, random });
      await ledger.append('ci', [decision('ci', NOW)]);
      return (await ledger.seal()).size;
    };

    it('is sealed and verified, with the key of the id that was named', async () => {
      const { vkey } = await init();
      expect(await put()).toBe(1);
      await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
      const other = await initLedger(join(work, 'other'), {
        origin: ORIGIN,
        clock,
        random,
        signer: token.uri('01'),
      });
      expect(other.vkey).not.toBe(vkey);
      expect(await checkSigner(folder)).toMatchObject({ kind: 'pkcs11', place: token.uri('02') });
      const stored = await readFile(join(folder, 'keys/signer.key'), 'utf8');
      expect(stored + JSON.stringify(await ledgerStatus(folder))).not.toContain(PIN);
    });

    it('is handed over to the token and away from it', async () => {
      const { vkey } = await initLedger(folder, { origin: ORIGIN, clock, random });
      await put();
      await rotateKey(folder, { clock, random, signer: token.uri('02') });
      await put();
      await rotateKey(folder, { clock, random, signer: token.uri('01') });
      await rotateKey(folder, { clock, random });
      expect(await put()).toBe(6);
      expect((await verifyLedger(folder, { vkeys: [vkey], threads: 0 })).handovers).toHaveLength(3);
    });

    it('whose token is removed: records are taken, nothing is published; put in again, all is sealed', async () => {
      const { vkey } = await init();
      await put();
      await token.remove();
      try {
        await expect(put()).rejects.toMatchObject({
          code: 'SIGNER_FAILED',
          details: { reason: 'no such token' },
        });
        await expect(put()).rejects.toMatchObject({ code: 'SIGNER_FAILED' });
        expect((await ledger?.checkpoint())?.size).toBe(1);
      } finally {
        await token.insert();
      }
      expect(await put()).toBe(4);
      await verifyLedger(folder, { vkeys: [vkey], threads: 0 });
    });

    it('whose PIN is wrong: said, not shown, and not tried again until it is another one', async () => {
      await init();
      process.env.EXHIBIT_PKCS11_PIN = 'wrong-1';
      const first = await put().catch((error: unknown) => error);
      expect(first).toMatchObject({ code: 'SIGNER_FAILED', details: { reason: 'CKR_PIN_INCORRECT' } });
      expect(String(first)).not.toContain('wrong-1');
      await expect(put()).rejects.toMatchObject({
        message: expect.stringContaining('refused this PIN before'),
      });
      process.env.EXHIBIT_PKCS11_PIN = '';
      await expect(put()).rejects.toMatchObject({ details: { reason: 'no PIN' } });
      process.env.EXHIBIT_PKCS11_PIN = PIN;
      expect(await put()).toBe(4);
    });

    it('takes its PIN from a file that is its owner’s alone', async () => {
      delete process.env.EXHIBIT_PKCS11_PIN;
      const file = join(work, 'pin');
      await writeFile(file, `${PIN}\n`, { mode: 0o600 });
      await init(`${token.uri('02')}&pin-source=file:${file}`);
      expect(await put()).toBe(1);
      await rm(file);
      await writeFile(file, PIN, { mode: 0o644 });
      await expect(put()).rejects.toMatchObject({
        code: 'LEDGER_KEY',
        message: expect.stringContaining('read by others'),
      });
    });

    it('of an id that the token has not makes no ledger', async () => {
      await expect(init(token.uri('09'))).rejects.toMatchObject({
        code: expect.stringMatching(/^(LEDGER_KEY|SIGNER_FAILED)$/),
      });
    });

    it('the command line says who signs, and that a signer is away with exit 3', async () => {
      await init();
      const run = (...args: string[]) => {
        try {
          return {
            code: 0,
            text: execFileSync(process.execPath, ['src/cli/bin.ts', ...args], {
              encoding: 'utf8',
              stdio: 'pipe',
            }),
          };
        } catch (error) {
          const { status, stderr } = error as { status: number; stderr: string };
          return { code: status, text: stderr };
        }
      };
      expect(run('ledger', 'signer', folder)).toMatchObject({
        code: 0,
        text: expect.stringContaining('pkcs11'),
      });
      expect(run('ledger', 'status', folder)).toMatchObject({
        code: 0,
        text: expect.stringContaining('token=audit'),
      });
      await token.remove();
      const away = run('ledger', 'signer', folder);
      const status = run('ledger', 'status', folder);
      await token.insert();
      expect(away).toMatchObject({ code: 3, text: expect.stringContaining('SIGNER_FAILED') });
      expect(status.code).toBe(0);
      expect(away.text).not.toContain(PIN);
    });
  },
);
