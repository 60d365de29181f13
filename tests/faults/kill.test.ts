import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../src/ledger/index.ts';
import { acknowledged, child, ended, sealAndRead, type Workshop, workshop } from './workshop.ts';

/**
 * Writers that are killed at every durable step and at any moment. One ledger goes through all of it. Half of the writers
 * seal in the thread that appends, half in a thread of their own.
 */
const KILLS_PER_STEP = 8;
const RANDOM_KILLS = 130;
let place: Workshop;
const emitters: string[] = [];
let kills = 0;

beforeAll(async () => {
  place = await workshop();
});
afterAll(() => place.remove());

const emitter = (): string => {
  const name = `e${emitters.length}`;
  emitters.push(name);
  return name;
};

async function everyAcknowledgedRecordOnce(): Promise<void> {
  const { ids, sequences, types } = await sealAndRead(place);
  const wanted = await acknowledged(place, emitters);
  expect([...wanted].filter((id) => !ids.has(id))).toEqual([]);
  expect([...ids].filter(([, count]) => count !== 1)).toEqual([]);
  expect(types.get('gap'), 'records that the ledger took for conflicts').toBeUndefined();
  for (const [name, numbers] of sequences) expect(new Set(numbers).size, name).toBe(numbers.length);
}

describe('kill -9', () => {
  it.each(STEPS)(`at the step "%s", ${KILLS_PER_STEP} times with another writer beside`, async (step) => {
    for (let hits = 1; hits <= KILLS_PER_STEP; hits += 1) {
      const beside = child(place, { emitter: emitter(), rounds: 1 });
      const victim = child(place, { emitter: emitter(), rounds: 20, step, hits, thread: hits % 2 === 0 });
      expect(await Promise.all([victim, beside].map(ended))).toEqual(['SIGKILL', 0]);
      kills += 1;
    }
    await everyAcknowledgedRecordOnce();
  });

  it(`at any moment, ${RANDOM_KILLS} times under load`, async () => {
    for (let left = RANDOM_KILLS; left > 0; ) {
      const victims = [false, true].map((thread) =>
        child(place, { emitter: emitter(), rounds: 10_000, thread }),
      );
      const ends = victims.map(ended);
      // From before the ledger is open (and its thread there) to some seals later.
      await sleep(100 + Math.random() * 1_100);
      for (const victim of victims) {
        victim.kill('SIGKILL');
        await sleep(Math.random() * 30);
      }
      expect(await Promise.all(ends)).toEqual(['SIGKILL', 'SIGKILL']);
      left -= victims.length;
      kills += victims.length;
      if (left % 26 === 0) await everyAcknowledgedRecordOnce();
    }
    await everyAcknowledgedRecordOnce();
    expect(kills).toBeGreaterThanOrEqual(200);
  });
});
