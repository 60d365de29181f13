import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../src/ledger/testing/records.ts';
import { newToken } from '../../src/server/index.ts';
import { ended, sealAndRead, type Workshop, workshop } from './workshop.ts';

/** Servers that are killed under load. Callers send what was not acknowledged again, to the next server, until all of it is. */
const KILLS = 40;
const CALLERS = 4;
const { token, hash } = newToken((length) => new Uint8Array(randomBytes(length)));
let place: Workshop;
beforeAll(async () => {
  place = await workshop();
});
afterAll(() => place.remove());

interface Serving {
  child: ChildProcess;
  url: string;
}

async function serve(env: Record<string, string> = {}): Promise<Serving> {
  const script = fileURLToPath(new URL('./server-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FOLDER: place.folder, HASH: hash, ...env },
  });
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [
    string,
  ];
  return { child, url: line };
}

/** One caller with its own numbers. A batch whose answer did not come is sent again as it was. */
class Caller {
  readonly acknowledged: string[] = [];
  readonly #emitter: string;
  #sequence = 0;
  #unsure: { body: string; ids: string[] } | undefined;

  constructor(name: number) {
    this.#emitter = `load/${name}`;
  }

  async send(url: string): Promise<boolean> {
    const batch = this.#unsure ?? this.#next();
    this.#unsure = batch;
    try {
      const response = await fetch(`${url}/v1/records`, {
        method: 'POST',
        body: batch.body,
        headers: { authorization: `Bearer ${token}` },
      });
      const { accepted } = (await response.json()) as { accepted: number };
      if (response.status !== 200 || accepted !== batch.ids.length) return false;
    } catch {
      return false;
    }
    this.acknowledged.push(...batch.ids);
    this.#unsure = undefined;
    return true;
  }

  #next(): { body: string; ids: string[] } {
    const count = 1 + (this.#sequence % 40);
    const records = Array.from({ length: count }, (_, n) => ({
      ...decision(this.#emitter, Date.now()),
      sequence: this.#sequence + n,
    }));
    this.#sequence += count;
    return {
      body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
      ids: records.map(({ record_id }) => record_id),
    };
  }
}

describe('kill -9 of the server under load', () => {
  it(`${KILLS} times: every acknowledged record is in the log exactly once, without gaps`, async () => {
    const callers = Array.from({ length: CALLERS }, (_, name) => new Caller(name));
    const steps = ['frame written', 'frame synced', 'tiles written', 'committed', 'published'];
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Half of them at a durable step, half at any moment.
      const step =
        kill % 2 === 0 ? { STEP: steps[(kill / 2) % steps.length] ?? '', HITS: String(1 + (kill % 7)) } : {};
      const { child, url } = await serve(step);
      const end = ended(child);
      const load = callers.map(async (caller) => {
        while (await caller.send(url));
      });
      if (!('STEP' in step)) {
        await sleep(Math.random() * 150);
        child.kill('SIGKILL');
      }
      expect(await end).toBe('SIGKILL');
      await Promise.all(load);
    }
    const { child, url } = await serve();
    for (const caller of callers) expect(await caller.send(url)).toBe(true);
    child.kill('SIGKILL');
    await ended(child);
    const { ids, sequences, types } = await sealAndRead(place);
    const wanted = callers.flatMap(({ acknowledged }) => acknowledged);
    expect(wanted.length).toBeGreaterThan(KILLS);
    expect(wanted.filter((id) => ids.get(id) !== 1)).toEqual([]);
    expect(ids.size).toBe(wanted.length);
    expect(types.get('gap'), 'records that the ledger took for conflicts').toBeUndefined();
    for (const [name, numbers] of sequences)
      expect(
        [...numbers].sort((a, b) => a - b),
        name,
      ).toEqual(numbers.map((_, n) => n));
  });
});
