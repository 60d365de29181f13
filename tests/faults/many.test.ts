import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, openLedger, openReader, verifyLedger } from '../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';
import { acknowledged, child, ended, sealAndRead, type Workshop, workshop } from './workshop.ts';

const random = (length: number) => randomBytes(length);
let place: Workshop;
beforeEach(async () => {
  place = await workshop();
});
afterEach(() => place.remove());

describe('several processes at once', () => {
  it('lose nothing, double nothing, and number one emitter without gaps', async () => {
    const rounds = 25;
    // Two processes send for one emitter, and all of them seal; two only append.
    const writers = [
      child(place, { emitter: 'shared', rounds }),
      child(place, { emitter: 'shared', rounds }),
      child(place, { emitter: 'own', rounds }),
      child(place, { emitter: 'quiet', rounds, seal: false }),
    ];
    // A reader beside them must find every checkpoint whole.
    const ends = Promise.all(writers.map(ended));
    let running = true;
    void ends.then(() => {
      running = false;
    });
    const sizes: number[] = [];
    while (running) {
      sizes.push((await verifyLedger(place.folder, { vkeys: [place.vkey], threads: 0 })).checkpoint.size);
    }
    expect(await ends).toEqual([0, 0, 0, 0]);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const { ids, sequences, types } = await sealAndRead(place);
    expect([...ids.values()].filter((count) => count !== 1)).toEqual([]);
    const wanted = await acknowledged(place, ['shared', 'own', 'quiet']);
    expect([...wanted].filter((id) => !ids.has(id))).toEqual([]);
    const perRound = 1 + 7 + 40;
    for (const [emitter, count] of [
      ['shared', 2],
      ['own', 1],
      ['quiet', 1],
    ] as const) {
      const numbers = sequences.get(emitter)?.toSorted((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: count * rounds * perRound }, (_, i) => i));
    }
    // All of them sent the same numbered records of one source.
    expect(sequences.get('edge')?.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: rounds }, (_, i) => i),
    );
    expect([...types.keys()]).toEqual(['decision']);
  });
});

describe('two writers', () => {
  const open = (over: { lockTimeout?: number; onStep?: () => void } = {}): Promise<Ledger> =>
    openLedger(place.folder, { clock: Date.now, random, lockTimeout: 0, ...over });

  it('one that comes while another seals is told so, and nothing is lost', async () => {
    const [first, second] = [await open(), await open()];
    const { record_ids } = await first.append('ci', [decision('ci', Date.now())]);
    const sealing = first.seal();
    // The lock is taken in the turn in which the first seal begins.
    await Promise.resolve();
    await expect(second.seal()).rejects.toMatchObject({ code: 'LEDGER_BUSY' });
    expect(await sealing).toMatchObject({ added: 1 });
    expect(await second.seal()).toMatchObject({ added: 0, size: 1 });
    expect(await second.find(record_ids[0] ?? '')).toBe(0);
    await first.close();
    await second.close();
  });

  it('that take turns go on from each other', async () => {
    const [first, second] = [await open(), await open()];
    for (let i = 0; i < 6; i += 1) {
      const ledger = i % 2 === 0 ? first : second;
      await Promise.all([first, second].map((one) => one.append('ci', [decision('ci', Date.now())])));
      expect(await ledger.seal()).toMatchObject({ added: 2, duplicates: 0, size: 2 * (i + 1) });
    }
    await first.close();
    await second.close();
    expect((await sealAndRead(place)).sequences.get('ci')?.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
  });

  it('on a folder whose log was set back are stopped', async () => {
    const ledger = await open();
    await ledger.append('ci', [decision('ci', Date.now())]);
    await ledger.seal();
    const early = join(place.folder, '..', 'early');
    await cp(join(place.folder, 'log'), early, { recursive: true });
    const kept = await (await openReader(place.folder)).checkpoint();
    for (let i = 0; i < 2; i += 1) {
      await ledger.append('ci', [decision('ci', Date.now())]);
      await ledger.seal();
    }
    await ledger.close();
    const known = [await (await openReader(place.folder)).checkpointText()];
    await cp(early, join(place.folder, 'log'), { recursive: true, force: true });
    expect((await (await openReader(place.folder)).checkpoint()).root).toBe(kept.root);
    const again = await open();
    await expect(again.seal()).rejects.toMatchObject({
      code: 'LEDGER_FORK',
      details: { shown: { size: 1, root: kept.root }, signed: { size: 3 } },
    });
    await again.close();
    await expect(verifyLedger(place.folder, { known, threads: 0 })).rejects.toMatchObject({
      code: 'LEDGER_ROLLBACK',
    });
  });
});
