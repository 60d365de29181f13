import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  askWitnesses,
  initLedger,
  makeWitnesses,
  openLedger,
  openReader,
  verifyLedger,
} from '../../../src/ledger/index.ts';
// Not part of the ledger's contract: records for tests.
import { decision } from '../../../src/ledger/testing/records.ts';
import {
  formatNote,
  formatSignature,
  formatVkey,
  openCheckpoint,
  parseNote,
  parseVkey,
  toBase64,
} from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import { initWitness, openState, startWitness } from '../../../src/witness/index.ts';
import { buildOthers } from './build.ts';

/** Our witness with Tessera's log, our log with litewitness, and cosignatures of both kinds with Go's libraries. */
const { sha256 } = nodeCrypto;
const work = mkdtempSync(join(tmpdir(), 'exhibit-witness-interop-'));
const random = (length: number) => new Uint8Array(randomBytes(length));
const clock = Date.now;
const started: ChildProcess[] = [];
const { program, litewitness, why } = buildOthers(work);
afterAll(() => {
  for (const child of started) child.kill();
  rmSync(work, { recursive: true, force: true });
});

const told = (reason: string) => (reason === '' ? '' : ` (skipped: ${reason})`);
const run = (...args: string[]): unknown =>
  JSON.parse(execFileSync(program, args, { timeout: 60_000 }).toString());
const keyPair = z.object({ secret: z.string(), vkey: z.string() });
const names = z.object({ names: z.array(z.string()) });

async function ourWitness(types: Parameters<typeof initWitness>[1]['types'] = ['cosignature', 'ml-dsa-44']) {
  const folder = mkdtempSync(join(work, 'witness-'));
  rmSync(folder, { recursive: true });
  const vkeys = await initWitness(folder, { name: 'witness.example.org/ours', types, random });
  const server = await startWitness({ folder, host: '127.0.0.1', port: 0, clock, log: () => undefined });
  return { folder, vkeys, server };
}
const letIn = (folder: string, vkey: string) => {
  const state = openState(folder);
  state.addKey(parseVkey(sha256, vkey).name, vkey, false);
  state.close();
};

describe.skipIf(why.program !== '')(`a log of Tessera and our witness${told(why.program)}`, () => {
  it('publishes nothing that the witness has not co-signed, and goes on after it was started anew', async () => {
    const { folder, vkeys, server } = await ourWitness();
    const { secret, vkey } = keyPair.parse(run('key', 'example.com/tessera'));
    letIn(folder, vkey);
    const place = mkdtempSync(join(work, 'tessera-'));
    const policy = `witness w ${vkeys[0]} ${server.url}\nquorum w\n`;
    const keys = [vkey, ...vkeys].map((one) => parseVkey(sha256, one));
    let size = 0;
    for (const entries of [1, 5, 40]) {
      // The child asks the witness in this process, which must not be held up.
      const child = spawn(program, ['tessera', place, secret, policy, String(entries)]);
      started.push(child);
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      let err = '';
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
      });
      const code = await new Promise((resolve) => child.once('exit', resolve));
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      const { checkpoint } = z.object({ checkpoint: z.string() }).parse(JSON.parse(out));
      const opened = openCheckpoint(checkpoint, keys, nodeCrypto);
      size += entries;
      expect(opened.size).toBeGreaterThanOrEqual(size);
      expect(opened.witnesses.map(({ key }) => key.name)).toContain('witness.example.org/ours');
    }
    await server.stop();
  });
});

describe.skipIf(why.litewitness !== '')(`our log and litewitness${told(why.litewitness)}`, () => {
  it('grows with its cosignatures, and is refused when it was rolled back or forked', async () => {
    const place = mkdtempSync(join(work, 'lite-'));
    const [key, socket, database] = ['key', 'agent.sock', 'witness.db'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    started.push(agent);
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    await expect.poll(() => spawnSync('ssh-add', [key], { env }).status, { timeout: 20_000 }).toBe(0);
    const fingerprint = execFileSync('ssh-keygen', ['-l', '-f', key]).toString().split(' ')[1] ?? '';
    const port = await freePort();
    const args = [
      '-name',
      'witness.example.org/lite',
      '-db',
      database,
      '-ssh-agent',
      socket,
      '-key',
      fingerprint,
    ];
    const child = spawn(litewitness, [...args, '-listen', `127.0.0.1:${port}`]);
    started.push(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const url = `http://127.0.0.1:${port}`;
    await expect
      .poll(
        () =>
          fetch(url).then(
            ({ status }) => status,
            () => said,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
    const vkey = /vkey=(\S+)/.exec(said)?.[1]?.replaceAll('"', '') ?? expect.fail(said);

    const folder = join(place, 'evidence');
    const origin = 'example.com/ours';
    const made = await initLedger(folder, { origin, random, clock });
    // As its `witnessctl add-log` and `add-key` do.
    const db = new DatabaseSync(database);
    db.prepare('INSERT INTO log VALUES (?, 0, ?)').run(origin, toBase64(sha256(new Uint8Array())));
    db.prepare('INSERT INTO key VALUES (?, ?)').run(origin, made.vkey);
    db.close();
    const witnesses = makeWitnesses([{ url, vkey }]);
    const grow = async (records: number) => {
      const ledger = await openLedger(folder, { clock, random });
      await ledger.append(
        'ci',
        Array.from({ length: records }, () => decision('ci', clock())),
      );
      await ledger.seal();
      await ledger.close();
    };
    for (const records of [1, 6, 300, 257]) {
      await grow(records);
      const { outcomes } = await askWitnesses(folder, { witnesses, clock });
      expect(outcomes[0]?.outcome).toMatchObject({ kind: 'cosigned' });
    }
    const keys = witnesses.flatMap((one) => one.keys);
    const { checkpoint, cosigned } = await verifyLedger(folder, { vkeys: [made.vkey], witnesses: keys });
    expect([checkpoint.size, cosigned[0]?.size, cosigned[0]?.witnesses.length]).toEqual([564, 564, 1]);

    const stolen = join(place, 'stolen');
    await initLedger(stolen, { origin, random, clock });
    const other = await openReader(stolen);
    const theirs = (await verifyLedger(stolen)).checkpoint.key;
    await other.close();
    const again = new DatabaseSync(database);
    again.prepare('INSERT INTO key VALUES (?, ?)').run(origin, formatVkey(theirs));
    again.close();
    const rolledBack = await askWitnesses(stolen, { witnesses, clock });
    expect(rolledBack.outcomes[0]?.outcome).toMatchObject({ kind: 'alarm', alarm: { kind: 'rollback' } });
    const thief = await openLedger(stolen, { clock, random });
    await thief.append(
      'ci',
      Array.from({ length: 600 }, () => decision('ci', clock())),
    );
    await thief.seal();
    await thief.close();
    const forked = await askWitnesses(stolen, { witnesses, clock });
    expect(forked.outcomes[0]?.outcome).toMatchObject({ kind: 'alarm', alarm: { kind: 'fork' } });
  });
});

describe.skipIf(why.program !== '' || nodeCrypto.verifyMlDsa44 === undefined)(
  `cosignatures and Go's libraries${told(why.program)}`,
  () => {
    it('a ledger that our witness co-signed is opened by sumdb/note, and its ML-DSA-44 by filippo.io/mldsa', async () => {
      const folder = join(mkdtempSync(join(work, 'ours-')), 'evidence');
      const { vkey } = await initLedger(folder, { origin: 'example.com/go', random, clock });
      const { folder: place, vkeys, server } = await ourWitness();
      letIn(place, vkey);
      const witnesses = makeWitnesses(vkeys.map((one) => ({ url: server.url, vkey: one })));
      await askWitnesses(folder, { witnesses, clock });
      await server.stop();
      const reader = await openReader(folder);
      const note = (await reader.cosignedText()) ?? '';
      expect(names.parse(run('open', note, vkey, vkeys[0] ?? '')).names.sort()).toEqual([
        'example.com/go',
        'witness.example.org/ours',
      ]);
      const changed = note.replace('\n0\n', '\n1\n');
      expect(run('open', changed, vkey, vkeys[0] ?? '')).toMatchObject({
        error: expect.stringContaining('invalid'),
      });
      const key = parseVkey(sha256, vkeys[1] ?? '');
      const line = parseNote(note).signatures.find(({ id }) => id === key.id) ?? expect.fail('no line');
      const value = formatSignature(key, line.signature).trim().split(' ')[2] ?? '';
      const public64 = toBase64(Uint8Array.of(6, ...key.publicKey));
      const { text } = parseNote(note);
      const holds = (of: string) => run('mldsa-verify', key.name, public64, of, value);
      expect(holds(text)).toMatchObject({ holds: true, id: true });
      expect(holds(text.replace('\n0\n', '\n1\n'))).toMatchObject({ holds: false });
    });

    it('an ML-DSA-44 cosignature that filippo.io/mldsa made holds here', async () => {
      const folder = join(mkdtempSync(join(work, 'theirs-')), 'evidence');
      const { vkey } = await initLedger(folder, { origin: 'example.com/go', random, clock });
      const reader = await openReader(folder);
      const { text, signatures } = parseNote(await reader.checkpointText());
      const made = z
        .object({ vkey: z.string(), line: z.string() })
        .parse(run('mldsa-sign', 'witness.example.org/go', text, '1700000000'));
      const [log, witness] = [vkey, made.vkey].map((one) => parseVkey(sha256, one)) as [
        ReturnType<typeof parseVkey>,
        ReturnType<typeof parseVkey>,
      ];
      const own = signatures.map(({ signature }) => formatSignature(log, signature));
      const opened = openCheckpoint(formatNote(text, [...own, made.line]), [log, witness], nodeCrypto);
      expect(opened.witnesses).toEqual([{ key: witness, time: 1_700_000_000 }]);
    });
  },
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  await sleep(0);
  return typeof address === 'object' && address !== null ? address.port : 0;
}
