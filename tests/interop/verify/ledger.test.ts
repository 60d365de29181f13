import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initLedger, openLedger, openReader, rotateKey } from '../../../src/ledger/index.ts';
import { uuidv7 } from '../../../src/record/index.ts';
import { followPage, reason } from './page.ts';

/** A ledger as the product writes it, judged by what is not the product: the page with openssl, and the verifier in one file. */
const work = mkdtempSync(join(tmpdir(), 'exhibit-verify-ledger-'));
const folder = join(work, 'ledger');
const options = { clock: Date.now, random: randomBytes };
let firstKey = '';
let secondKey = '';
let sizeBefore = 0;

async function append(count: number): Promise<void> {
  const ledger = await openLedger(folder, options);
  const now = new Date().toISOString();
  await ledger.append(
    'test',
    Array.from({ length: count }, (_, i) => ({
      schema: 'exhibit.record/1' as const,
      record_id: uuidv7(Date.now(), randomBytes),
      record_type: 'gap' as const,
      observed_at: now,
      emitter: 'test',
      layer: 'evidence' as const,
      tool: 'exhibit',
      message: `Prüfung ${i}: ünïcode and "quotes"`,
    })),
  );
  await ledger.seal();
  await ledger.close();
}

beforeAll(async () => {
  firstKey = (await initLedger(folder, { origin: 'example.com/exhibit/ledger', ...options })).vkey;
  await append(300);
  const kept = await openReader(folder);
  writeFileSync(join(work, 'known.txt'), await kept.checkpointText());
  await append(50);
  sizeBefore = (await kept.checkpoint()).size;
  await save('early', 17);
  secondKey = (await rotateKey(folder, options)).vkey;
  await append(400);
  await save('late', 600);
});
afterAll(() => rmSync(work, { recursive: true }));

/** The record and the proof, as they are given to an auditor. */
async function save(name: string, index: number): Promise<void> {
  const reader = await openReader(folder);
  mkdirSync(join(work, name));
  writeFileSync(join(work, name, 'record.json'), (await reader.entry(index)).bytes);
  writeFileSync(join(work, name, 'record.tlog-proof'), await reader.proof(index));
}

function byHand(name: string, vkey: string) {
  writeFileSync(join(work, name, 'log.vkey'), `${vkey}\n`);
  const { status, stdout, stderr } = followPage(join(work, name));
  return { status, stderr, result: stdout.split('\n').find((line) => line.startsWith('RESULT')) };
}

function standalone(...args: string[]): string {
  const file = fileURLToPath(new URL('../../../src/verify/standalone.ts', import.meta.url));
  return execFileSync(process.execPath, [file, ...args], { cwd: work, encoding: 'utf8' });
}

const skipped = reason === '' ? '' : ` (skipped: ${reason})`;

describe('a ledger of the product', () => {
  it.skipIf(reason !== '')(`gives records that hold with openssl and sha256sum${skipped}`, () => {
    const id = firstKey.split('+')[1];
    const result = `RESULT: hashed and signed: record 17 of ${sizeBefore} in example.com/exhibit/ledger, key ${id}`;
    expect(byHand('early', firstKey)).toEqual({ status: 0, stderr: '', result });
    expect(byHand('late', secondKey)).toMatchObject({ status: 0, stderr: '' });
    expect(byHand('late', firstKey)).toMatchObject({ status: 1, result: undefined });
  });

  it('holds as a whole, from the first key and a checkpoint kept before', () => {
    const lines = standalone('ledger', 'ledger', '--vkey', firstKey, '--known', 'known.txt');
    expect(lines).toMatch(/^records +751:/m);
    expect(lines).toMatch(/^handover .* from size 351 on$/m);
    expect(lines).toContain('1 checkpoints seen before, all contained');
    expect(lines).toContain(`signed by ${secondKey.split('+').slice(0, 2).join('+')}`);
  });

  it('proves a late record to who trusts the first key only', () => {
    const files = ['late/record.json', 'late/record.tlog-proof'];
    expect(standalone('record', ...files, '--vkey', firstKey, '--log', 'ledger/log')).toContain(
      'index 600 of 751',
    );
  });
});
