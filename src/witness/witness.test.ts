import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  formatAddCheckpoint,
  formatNote,
  openCheckpoint,
  parseNote,
  parseVkey,
  toBase64,
  type VerifierKey,
} from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { initWitness, openState, type RunningWitness, readWitness, startWitness } from './index.ts';
import { history, logKey } from './testing/log.ts';

const work = mkdtempSync(join(tmpdir(), 'exhibit-witness-'));
afterAll(() => rmSync(work, { recursive: true }));

const { sha256 } = nodeCrypto;
const random = (length: number) => new Uint8Array(randomBytes(length));
const NOW = Date.parse('2026-01-01T12:00:00Z');
let now = NOW;
const hasMlDsa = nodeCrypto.verifyMlDsa44 !== undefined;
const types = hasMlDsa ? (['cosignature', 'ml-dsa-44'] as const) : (['cosignature'] as const);

let folder: string;
let witness: RunningWitness;
let keys: VerifierKey[];
const events: { event: string; [field: string]: unknown }[] = [];
let numbers = 0;

/** A log that the witness knows, with a name of its own. */
function newLog() {
  numbers += 1;
  const signer = logKey(`log${numbers}.example.com`, numbers);
  const state = openState(folder);
  state.addKey(signer.key.name, signer.vkey, false);
  state.close();
  return { signer, ...history(signer, (i) => `leaf ${i}`) };
}

const post = (body: string | Uint8Array<ArrayBuffer>, url = witness.url) =>
  fetch(`${url}/add-checkpoint`, { method: 'POST', body });
async function answer(body: string) {
  const response = await post(body);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
const hashOf = (origin: string) => createHash('sha256').update(origin).digest('hex');

beforeAll(async () => {
  folder = join(work, 'witness');
  const vkeys = await initWitness(folder, { name: 'w.example.org/w1', types, random });
  keys = vkeys.map((vkey) => parseVkey(sha256, vkey));
  witness = await startWitness({
    folder,
    host: '127.0.0.1',
    port: 0,
    clock: () => now,
    log: (_, event, fields) => void events.push({ event, ...fields }),
    limits: { body_bytes: 100_000, request_seconds: 1 },
  });
});
afterAll(() => witness.stop());

describe('add-checkpoint', () => {
  it('co-signs what goes on from what is known, and shows it', async () => {
    const { ask, note, signer } = newLog();
    for (const [old, size] of [
      [0, 5],
      [5, 5],
      [5, 6],
      [6, 256],
      [256, 300],
    ] as const) {
      const { status, text } = await answer(ask(old, size));
      expect({ old, size, status }).toEqual({ old, size, status: 200 });
      const { witnesses } = openCheckpoint(note(size) + text, [signer.key, ...keys], nodeCrypto);
      expect(witnesses.map(({ key, time }) => [key.id, time])).toEqual(
        keys.map(({ id }) => [id, NOW / 1_000]),
      );
      const shown = await fetch(`${witness.url}/${hashOf(signer.key.name)}/checkpoint`);
      const kept = openCheckpoint(await shown.text(), [signer.key, ...keys], nodeCrypto);
      expect([kept.size, kept.witnesses.length]).toEqual([size, keys.length]);
    }
  });

  it('a repeated checkpoint gets the same cosignature within a second, and a newer one after it', async () => {
    const { ask } = newLog();
    const first = await answer(ask(0, 5));
    expect(await answer(ask(5, 5))).toEqual(first);
    now += 1_000;
    const later = await answer(ask(5, 5));
    now = NOW;
    expect(later.status).toBe(200);
    expect(later.text).not.toBe(first.text);
  });

  it('begins with any size, and with none', async () => {
    const { ask } = newLog();
    expect((await answer(ask(0, 0))).status).toBe(200);
    expect((await answer(ask(0, 0))).status).toBe(200);
    expect((await answer(ask(0, 17))).status).toBe(200);
    expect((await answer(ask(0, 17))).status).toBe(409);
  });

  it('409 names the size that is known', async () => {
    const { ask } = newLog();
    await answer(ask(0, 9));
    for (const [old, size] of [
      [0, 12],
      [8, 12],
      [10, 12],
      [0, 9],
      [3, 7],
    ] as const)
      expect(await answer(ask(old, size))).toEqual({ status: 409, type: 'text/x.tlog.size', text: '9\n' });
  });

  it('404 for a log that it does not know', async () => {
    const stranger = logKey('stranger.example.com', 200);
    expect((await answer(history(stranger, String).ask(0, 3))).status).toBe(404);
    expect((await fetch(`${witness.url}/${hashOf('stranger.example.com')}/checkpoint`)).status).toBe(404);
  });

  it('404 for a checkpoint that was never co-signed', async () => {
    const { signer } = newLog();
    expect((await fetch(`${witness.url}/${hashOf(signer.key.name)}/checkpoint`)).status).toBe(404);
  });

  it('403 for another key of the same name, and for a signature that does not verify', async () => {
    const { signer, note } = newLog();
    const thief = logKey(signer.key.name, 201);
    expect((await answer(history(thief, String).ask(0, 3))).status).toBe(403);
    const forged = note(3).replace('\n3\n', '\n4\n');
    expect((await answer(formatAddCheckpoint({ old: 0, proof: [], note: forged }))).status).toBe(403);
  });

  it('signatures of others beside that of the log are ignored, and not shown', async () => {
    const { signer, note } = newLog();
    const other = logKey('other.example.com', 202);
    const both = formatAddCheckpoint({ old: 0, proof: [], note: note(4, [signer, other]) });
    expect((await answer(both)).status).toBe(200);
    const shown = await (await fetch(`${witness.url}/${hashOf(signer.key.name)}/checkpoint`)).text();
    expect(parseNote(shown).signatures.map(({ name }) => name)).not.toContain('other.example.com');
  });

  it('400 for what is no request, no checkpoint, or an old size beyond the checkpoint', async () => {
    const { signer, ask, note } = newLog();
    const text = `${signer.key.name}\nmany\n${toBase64(new Uint8Array(32))}\n`;
    const signed = formatNote(text, [
      `— ${signer.key.name} ${toBase64(Buffer.concat([Buffer.from(signer.key.id, 'hex'), signer.sign(Buffer.from(text))]))}\n`,
    ]);
    for (const body of [
      '',
      'old 0\n',
      'old 0\n\nno note\n',
      ask(0, 3).replace('old 0', 'old x'),
      `old 0\n\n${signed}`,
    ])
      expect((await answer(body)).status).toBe(400);
    expect((await answer(formatAddCheckpoint({ old: 4, proof: [], note: note(3) }))).status).toBe(400);
  });

  it('422 for a proof that does not hold, and then nothing has changed', async () => {
    const { ask, note, proof } = newLog();
    await answer(ask(0, 7));
    const wrong = [
      { old: 7, proof: [], note: note(20) },
      { old: 7, proof: proof(7, 20).slice(1), note: note(20) },
      { old: 7, proof: [...proof(7, 20), new Uint8Array(32)], note: note(20) },
      { old: 7, proof: proof(6, 20), note: note(20) },
      { old: 7, proof: [new Uint8Array(32)], note: note(7) },
    ];
    for (const request of wrong) expect((await answer(formatAddCheckpoint(request))).status).toBe(422);
    expect((await answer(ask(7, 20))).status).toBe(200);
  });

  it('422 for a proof where none can be, and for an empty tree with a root', async () => {
    const { signer, note } = newLog();
    expect(
      (await answer(formatAddCheckpoint({ old: 0, proof: [new Uint8Array(32)], note: note(3) }))).status,
    ).toBe(422);
    const text = `${signer.key.name}\n0\n${toBase64(new Uint8Array(32))}\n`;
    const line = `— ${signer.key.name} ${toBase64(Buffer.concat([Buffer.from(signer.key.id, 'hex'), signer.sign(Buffer.from(text))]))}\n`;
    expect((await answer(`old 0\n\n${formatNote(text, [line])}`)).status).toBe(422);
  });

  it('a second history of the same size is kept as proof, whatever old size it comes with', async () => {
    const { signer, ask } = newLog();
    await answer(ask(0, 30));
    const second = history(signer, (i) => (i < 20 ? `leaf ${i}` : `forged ${i}`));
    expect((await answer(second.ask(30, 30))).status).toBe(422);
    expect((await answer(second.ask(0, 30))).status).toBe(409);
    expect((await answer(second.ask(30, 40))).status).toBe(422);
    const state = openState(folder);
    const suspects = state.suspects().filter(({ origin }) => origin === signer.key.name);
    state.close();
    expect(suspects.map(({ kind, size }) => [kind, size])).toEqual([
      ['fork', 30],
      ['unproven', 40],
    ]);
    const [fork] = suspects;
    const roots = [fork?.note, fork?.known].map((note) =>
      openCheckpoint(note ?? '', [signer.key], nodeCrypto),
    );
    expect(roots.map(({ size }) => size)).toEqual([30, 30]);
    expect(roots[0]?.root).not.toEqual(roots[1]?.root);
    expect(events.some(({ event, origin }) => event.startsWith('FORK') && origin === signer.key.name)).toBe(
      true,
    );
  });

  it('of many at once, each goes on from the one before or is told where it is', async () => {
    const { ask, signer } = newLog();
    await answer(ask(0, 10));
    // Another process on the same folder, as a second instance would be.
    const second = await startWitness({
      folder,
      host: '127.0.0.1',
      port: 0,
      clock: () => NOW,
      log: () => undefined,
    });
    const sizes = Array.from({ length: 40 }, (_, i) => 11 + i);
    const answers = await Promise.all(
      sizes.map(async (size, i) => ({
        size,
        status: (await post(ask(10, size), i % 2 === 0 ? witness.url : second.url)).status,
      })),
    );
    await second.stop();
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(39);
    const state = openState(folder);
    expect(state.log(signer.key.name)?.size).toBe(taken[0]?.size);
    state.close();
  });

  it('a log that changed its key comes with the new one, once the witness knows that', async () => {
    const { signer, ask } = newLog();
    await answer(ask(0, 5));
    const next = logKey(signer.key.name, 203);
    const later = history(next, (i) => `leaf ${i}`);
    expect((await answer(later.ask(5, 6))).status).toBe(403);
    const state = openState(folder);
    state.addKey(signer.key.name, next.vkey, true);
    state.close();
    expect((await answer(later.ask(5, 6))).status).toBe(200);
    expect((await answer(ask(6, 7))).status).toBe(403);
  });
});

describe('a witness', () => {
  it('takes no more than it must: long, slow and cut requests', async () => {
    const { ask } = newLog();
    expect((await post(`old 0\n\n${'x'.repeat(200_000)}`)).status).toBe(413);
    // Without a length it is cut off as soon as it is too long.
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(50_000)),
    });
    const response = await fetch(`${witness.url}/add-checkpoint`, {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    expect([undefined, 413]).toContain(response?.status);
    const slow = connect({ port: Number(new URL(witness.url).port), host: '127.0.0.1' });
    slow.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nold 0\n');
    const said = await new Promise<string>((resolve) => {
      let all = '';
      slow.on('data', (chunk: Buffer) => {
        all += chunk.toString();
      });
      slow.on('close', () => resolve(all));
      slow.on('error', () => resolve(all));
    });
    expect(said).toMatch(/^(HTTP\/1.1 408|$)/);
    expect((await answer(ask(0, 3))).status).toBe(200);
  });

  it('answers other paths and methods as they are', async () => {
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${witness.url}/other`)).status).toBe(404);
    expect((await fetch(`${witness.url}/healthz`)).status).toBe(200);
    const metrics = await (await fetch(`${witness.url}/metrics`)).text();
    expect(metrics).toMatch(/^exhibit_witness_answers_total\{status="200"\} \d+$/m);
    expect(metrics).toMatch(/^exhibit_witness_suspects \d+$/m);
  });

  it('has a key that only its owner reads, is made once, and does not forget', async () => {
    const key = join(folder, 'keys', 'ed25519.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    await expect(initWitness(folder, { name: 'x', types: ['cosignature'], random })).rejects.toMatchObject({
      code: 'LEDGER_EXISTS',
    });
    const other = join(work, 'other');
    await initWitness(other, { name: 'x', types: ['cosignature'], random });
    chmodSync(join(other, 'keys', 'ed25519.key'), 0o640);
    await expect(readWitness(other)).rejects.toThrow(/may be read by others/);
    rmSync(join(other, 'witness.db'));
    expect(() => openState(other)).toThrow(/has forgotten/);
  });

  it.each(['', 'a name', 'a+b', 'x'.repeat(256)])('has no name like %j', async (name) => {
    await expect(
      initWitness(join(work, `named-${name.length}`), { name, types: ['cosignature'], random }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
