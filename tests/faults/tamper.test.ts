import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { initLedger, openLedger, openReader } from '../../src/ledger/index.ts';
import { exhibit } from '../acceptance/workshop.ts';
import { clock, makeLog, random, record } from '../attacks/stage/log.ts';
import { edit, entries, putLog, split, swap, tampered } from '../attacks/stage/tools.ts';

let honest = '';
let vkey = '';
let early = '';

beforeAll(async () => {
  ({ honest, early, vkey } = await makeLog('faults.example.com/tamper'));
});

const verify = (folder: string, ...more: string[]) =>
  exhibit(['verify', 'ledger', folder, '--vkey', vkey, ...more], {
    env: { EXHIBIT_STATE: mkdtempSync(join(tmpdir(), 'exhibit-state-')) },
  });

describe('exhibit verify ledger finds what somebody did, and says where', () => {
  it('nothing: the honest folder holds', () => {
    const ended = verify(honest);
    expect(ended.stdout).toMatch(/size\s+600/);
    expect(ended.code).toBe(0);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'an edited record',
      (folder) => edit(entries(folder), (bytes) => swap(bytes, 'number 0017', 'number 0018')),
      /record 17 .*edited/s,
    ],
    [
      'a removed record',
      (folder) => edit(entries(folder), (bytes) => Buffer.concat(split(bytes).filter((_, i) => i !== 40))),
      /record 40 .*removed/s,
    ],
    [
      'two records in another order',
      (folder) =>
        edit(entries(folder), (bytes) => {
          const all = split(bytes);
          [all[5], all[6]] = [all[6] as Buffer, all[5] as Buffer];
          return Buffer.concat(all);
        }),
      /record 5 .*order/s,
    ],
    [
      'a truncated bundle',
      (folder) => edit(entries(folder), (bytes) => bytes.subarray(0, bytes.length - 100)),
      /entries\/000.*truncated/s,
    ],
    ['a missing bundle', (folder) => rmSync(entries(folder)), /entries\/000.*missing/s],
    [
      'a changed hash tile',
      (folder) =>
        edit(join(folder, 'log', 'tile', '0', '000'), (bytes) => {
          bytes[64] = (bytes[64] ?? 0) ^ 1;
          return bytes;
        }),
      /tile\/0\/000|record 2 /s,
    ],
    [
      'a checkpoint with another size',
      (folder) =>
        edit(join(folder, 'log', 'checkpoint'), (bytes) =>
          Buffer.from(bytes.toString().replace('\n600\n', '\n599\n')),
        ),
      /CHECKPOINT_INVALID/,
    ],
  ])('%s', (_, change, where) => {
    const ended = verify(tampered(honest, change));
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('DOES NOT HOLD');
    expect(ended.stdout.replace(/\s+/g, ' ')).toMatch(where);
  });

  it('a folder that was rolled back, by a checkpoint that somebody kept', async () => {
    const kept = join(mkdtempSync(join(tmpdir(), 'exhibit-kept-')), 'checkpoint');
    writeFileSync(kept, await (await openReader(honest)).checkpointText());
    expect(verify(early).code).toBe(0);
    const ended = verify(early, '--known', kept);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('LEDGER_ROLLBACK');
  });

  it('a log that was rolled back under its own lock: the writer stops', async () => {
    const folder = tampered(honest, (copy) => putLog(early, copy));
    const ledger = await openLedger(folder, { clock, random });
    await ledger.append('tamper', [record(0)]);
    await expect(ledger.seal()).rejects.toMatchObject({
      code: expect.stringMatching(/^LEDGER_(FORK|CORRUPT)$/),
    });
    await expect(ledger.seal()).rejects.toMatchObject({
      code: expect.stringMatching(/^LEDGER_(FORK|CORRUPT)$/),
    });
    await ledger.close();
  });

  it('a log of another key', () => {
    const other = vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(exhibit(['verify', 'ledger', honest, '--vkey', other]).code).not.toBe(0);
  });
});

describe('nothing is made of a record that was forged before its day was closed', () => {
  const past = Date.UTC(2026, 0, 5, 10);
  let folder = '';

  beforeAll(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'exhibit-open-day-')), 'ledger');
    const options = { random, clock: () => past };
    await initLedger(folder, { origin: 'faults.example.com/open-day', ...options });
    const ledger = await openLedger(folder, options);
    await ledger.append('tamper', [record(1), record(2), record(3)]);
    await ledger.seal();
    await ledger.close();
    edit(join(folder, 'log/tile/entries/000.p/3'), (bytes) => swap(bytes, 'number 0002', 'number 0009'));
  });

  it.each([
    ['lake close', () => ['lake', 'close', folder, '2026-01-05']],
    ['query', () => ['query', '--evidence', folder, '--sql', 'SELECT count(*) AS n FROM fact']],
    ['ledger proof --record', () => ['ledger', 'proof', folder, '1', '--record']],
    ['ledger proof', () => ['ledger', 'proof', folder, '1']],
    ['ledger status', () => ['ledger', 'status', folder]],
    ['ledger seal', () => ['ledger', 'seal', folder, '--heartbeat']],
  ])('%s', (_, args) => {
    const ended = exhibit(args());
    expect(ended.stderr).toMatch(/record 1 .*edited/s);
    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toBe('');
    expect(existsSync(join(folder, 'lake', 'manifest'))).toBe(false);
  });
});
