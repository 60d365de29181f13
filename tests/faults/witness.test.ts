import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askWitnesses, initLedger, makeWitnesses, verifyLedger } from '../../src/ledger/index.ts';
import { openCheckpoint, parseVkey } from '../../src/verify/index.ts';
import { nodeCrypto } from '../../src/verify/node.ts';
import { initWitness, openState, WITNESS_STEPS } from '../../src/witness/index.ts';
// Not part of the witness's contract: histories for tests.
import { history, logKey } from '../../src/witness/testing/log.ts';
import { ended } from './workshop.ts';

/** A witness that is killed while two histories of one log are shown to it, and a log that is killed while it asks. */
const work = mkdtempSync(join(tmpdir(), 'exhibit-witness-faults-'));
const random = (length: number) => new Uint8Array(randomBytes(length));
const folder = join(work, 'witness');
let vkey = '';
const children = new Set<ChildProcess>();

beforeAll(async () => {
  [vkey = ''] = await initWitness(folder, { name: 'w.example.org', types: ['cosignature'], random });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(work, { recursive: true });
});

function start(file: string, env: Record<string, string>): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, ['--no-warnings', fileURLToPath(new URL(file, import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.add(child);
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve({ child, line: chunk.toString().trim() }));
    child.once('exit', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
}
const witness = async (step = '', hits = 1) => {
  const { child, line } = await start('./witness-child.ts', {
    FOLDER: folder,
    STEP: step,
    HITS: String(hits),
  });
  return { child, url: line };
};
const letIn = (origin: string, key: string) => {
  const state = openState(folder);
  state.addKey(origin, key, false);
  state.close();
};
/** What the witness says; undefined where it is gone. */
async function post(url: string, body: string) {
  try {
    const response = await fetch(`${url}/add-checkpoint`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return undefined;
  }
}
async function stop(child: ChildProcess): Promise<void> {
  const end = ended(child);
  child.kill('SIGKILL');
  await end;
}

let logs = 0;
/** Two histories of one log that part after five leaves, both signed with its key. */
function split() {
  logs += 1;
  const signer = logKey(`log${logs}.example.com`, (logs % 250) + 1);
  letIn(signer.key.name, signer.vkey);
  const honest = history(signer, (i) => `leaf ${i}`, 50);
  const forged = history(signer, (i) => (i < 5 ? `leaf ${i}` : `forged ${i}`), 50);
  return { signer, honest, forged };
}

describe('kill -9 of a witness', () => {
  it.each(WITNESS_STEPS)('at the step "%s": what it had co-signed is the only history', async (step) => {
    for (let times = 0; times < 8; times += 1) {
      const { signer, honest, forged } = split();
      const first = await witness(step, 2);
      expect((await post(first.url, honest.ask(0, 5)))?.status).toBe(200);
      const end = ended(first.child);
      expect(await post(first.url, honest.ask(5, 20))).toBeUndefined();
      expect(await end).toBe('SIGKILL');
      const second = await witness();
      const persisted = step === 'persisted';
      // The thief comes first. Only where nothing of the honest one was written has he any chance.
      const thief = await post(second.url, forged.ask(5, 20));
      expect(thief).toMatchObject(persisted ? { status: 409, text: '20\n' } : { status: 200 });
      const after = persisted ? honest : forged;
      expect((await post(second.url, after.ask(20, 20)))?.status).toBe(200);
      const other = persisted ? forged : honest;
      expect((await post(second.url, other.ask(20, 20)))?.status).toBe(422);
      const state = openState(folder);
      const known = openCheckpoint(state.log(signer.key.name)?.note ?? '', [signer.key], nodeCrypto);
      state.close();
      expect(known.size).toBe(20);
      await stop(second.child);
    }
  });

  it('at any moment, 20 times, with two histories at once: it never co-signs both', async () => {
    for (let times = 0; times < 20; times += 1) {
      const { signer, honest, forged } = split();
      const given: { size: number; root: string }[] = [];
      let current = await witness();
      let over = false;
      const push = async (mine: typeof honest) => {
        let old = 0;
        for (let size = 6; size <= 40 && !over; ) {
          const answer = await post(current.url, mine.ask(old, size));
          if (answer?.status === 200) {
            const { root } = openCheckpoint(mine.note(size), [signer.key], nodeCrypto);
            given.push({ size, root: Buffer.from(root).toString('hex') });
            old = size;
            size += 1;
          } else if (answer?.status === 409) {
            old = Number(answer.text);
            size = Math.max(size, old);
          } else if (answer?.status === 422) return;
          else await sleep(5);
        }
      };
      const both = [push(honest), push(forged)];
      await sleep(Math.random() * 150);
      await stop(current.child);
      current = await witness();
      const patience = sleep(5_000).then(() => {
        over = true;
      });
      await Promise.race([Promise.all(both), patience]);
      over = true;
      await Promise.all(both);
      await stop(current.child);
      const isOf = (mine: typeof honest) =>
        given.every(({ size, root }) => {
          const own = openCheckpoint(mine.note(size), [signer.key], nodeCrypto);
          return Buffer.from(own.root).toString('hex') === root;
        });
      expect(given.length).toBeGreaterThan(0);
      expect(isOf(honest) || isOf(forged)).toBe(true);
    }
  });
});

describe('kill -9 of a log while it asks', () => {
  it('at any moment, 25 times: the log holds, and so does all that it kept', async () => {
    const evidence = join(work, 'evidence');
    const { vkey: own } = await initLedger(evidence, {
      origin: 'example.com/asking',
      random,
      clock: Date.now,
    });
    letIn('example.com/asking', own);
    const { child, url } = await witness();
    const key = parseVkey(nodeCrypto.sha256, vkey);
    let last = 0;
    for (let times = 0; times < 25; times += 1) {
      const asking = await start('./asking-child.ts', { FOLDER: evidence, URL: url, VKEY: vkey });
      await sleep(Math.random() * 400);
      await stop(asking.child);
      const { cosigned, checkpoint } = await verifyLedger(evidence, {
        vkeys: [own],
        witnesses: [key],
        threads: 0,
      });
      for (const { witnesses } of cosigned) expect(witnesses).toHaveLength(1);
      // Nothing that was kept is lost.
      const newest = cosigned[0]?.size ?? 0;
      expect(newest).toBeGreaterThanOrEqual(last);
      expect(newest).toBeLessThanOrEqual(checkpoint.size);
      last = newest;
    }
    const witnesses = makeWitnesses([{ url, vkey }]);
    const { outcomes } = await askWitnesses(evidence, { witnesses, clock: Date.now });
    expect(outcomes[0]?.outcome.kind).toBe('cosigned');
    expect(last).toBeGreaterThan(10);
    await stop(child);
  });
});
