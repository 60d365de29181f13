import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRecord, type RecordDraft } from '../record/index.ts';
import { parseVkey, verifyProof } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { initLedger, type Ledger, type LedgerOptions, openLedger, openReader } from './index.ts';
import { decision } from './testing/records.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const random = (length: number) => randomBytes(length);
let folder: string;
let vkey: string;
let now: number;
const open: Ledger[] = [];

const ledgerOf = async (options: Partial<LedgerOptions> = {}): Promise<Ledger> => {
  const ledger = await openLedger(folder, { clock: () => now, random, ...options });
  open.push(ledger);
  return ledger;
};

const records = async (ledger: Ledger): Promise<ReturnType<typeof parseRecord>[]> => {
  const { size } = await ledger.checkpoint();
  const all = [];
  for await (const { bytes } of ledger.entries(0, size)) all.push(parseRecord(bytes));
  return all;
};

beforeEach(async () => {
  now = NOW;
  folder = join(await mkdtemp(join(tmpdir(), 'exhibit-ledger-')), 'ledger');
  vkey = (await initLedger(folder, { origin: 'example.com/audit', random, clock: () => now })).vkey;
});

afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  await rm(join(folder, '..'), { recursive: true });
});

describe('append and seal', () => {
  it('gives records their numbers, their time and their place', async () => {
    const ledger = await ledgerOf();
    const sent = [decision('ci', now), decision('ci', now), decision('ci', now)];
    const { record_ids } = await ledger.append('ci', sent);
    expect(record_ids).toEqual(sent.map(({ record_id }) => record_id));
    now += 1500;
    const sealed = await ledger.seal();
    expect(sealed).toMatchObject({ size: 3, added: 3, duplicates: 0 });
    expect(await records(ledger)).toEqual(
      sent.map((record, sequence) => ({ ...record, sequence, recorded_at: '2026-11-23T09:00:01.500Z' })),
    );
    expect(await ledger.checkpoint()).toEqual({
      origin: 'example.com/audit',
      size: 3,
      root: sealed.root,
    });
  });

  it('proves each record against the checkpoint, at every size around a full tile', async () => {
    const ledger = await ledgerOf();
    const keys = [parseVkey(nodeCrypto.sha256, vkey)];
    for (const count of [1, 1, 253, 1, 1, 300]) {
      await ledger.append('ci', Array.from({ length: count }, () => decision('ci', now)));
      await ledger.seal();
      const { size } = await ledger.checkpoint();
      for (const index of new Set([0, Math.floor(size / 2), size - 1])) {
        const { bytes } = await ledger.entry(index);
        expect(verifyProof(bytes, await ledger.proof(index), keys, nodeCrypto).checkpoint.size).toBe(size);
      }
    }
  });

  it('drops a resend and keeps what an emitter sent under a number that it used before', async () => {
    const ledger = await ledgerOf();
    const first: RecordDraft = { ...decision('edge', now), sequence: 0 };
    const other: RecordDraft = { ...decision('edge', now), sequence: 0, message: 'another one' };
    await ledger.appendNumbered([first]);
    await ledger.seal();
    await ledger.appendNumbered([first, other, other]);
    expect(await ledger.seal()).toMatchObject({ size: 2, added: 1, duplicates: 2 });
    await ledger.appendNumbered([other]);
    expect(await ledger.seal()).toMatchObject({ size: 2, added: 0, duplicates: 1 });
    const [, gap] = await records(ledger);
    expect(gap).toMatchObject({
      record_type: 'gap',
      emitter: 'exhibit.ledger',
      sequence: 0,
      details: { kind: 'sequence reused', emitter: 'edge', sequence: 0, first: 0 },
    });
    const blob = await ledger.blob(gap?.details?.['blob'] as `sha256:${string}`);
    expect(JSON.parse(Buffer.from(blob).toString())).toEqual(other);
  });

  it('finds records by id, also when another process opens the folder', async () => {
    const ledger = await ledgerOf();
    const sent = Array.from({ length: 600 }, () => decision('ci', now));
    await ledger.append('ci', sent);
    await ledger.seal();
    const reader = await openReader(folder);
    expect(await reader.find(sent[417]?.record_id ?? '')).toBe(417);
    expect(await reader.find(decision('ci', now).record_id)).toBeUndefined();
    await reader.close();
  });
});
