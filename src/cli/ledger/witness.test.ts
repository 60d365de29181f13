import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState, type RunningWitness, startWitness } from '../../witness/index.ts';
import { Machine } from '../testing/program.ts';

const machine = new Machine('2026-11-26T12:00:00Z');
const file = (name: string) => join(machine.folder, name);
const flat = (text: string) => text.replace(/\s+/g, ' ');
const LOG = 'evidence/keys/example.com_log.vkey';
const KEY = 'w/keys/ed25519.vkey';
let server: RunningWitness;
let flag: string;

async function run(...argv: string[]) {
  const { code, stdout, stderr } = await machine.run(...argv);
  return { code, out: flat(stdout), err: flat(stderr) };
}

beforeAll(async () => {
  await run('ledger', 'init', 'evidence', '--origin', 'example.com/log');
  await run('ledger', 'seal', 'evidence', '--heartbeat');
  expect((await run('witness', 'init', 'w', '--name', 'w.example.org')).code).toBe(0);
  server = await startWitness({
    folder: file('w'),
    host: '127.0.0.1',
    port: 0,
    clock: () => machine.now,
    log: () => undefined,
  });
  flag = `${server.url}=${KEY}`;
});
afterAll(() => server.stop());

describe('exhibit ledger witness', () => {
  it('is refused by a witness that does not know the log, and says so until it does', async () => {
    expect(await run('ledger', 'witness', 'evidence', '--witness', flag)).toMatchObject({
      code: 3,
      out: expect.stringContaining('REFUSED: it does not know the log example.com/log'),
    });
    const status = await run('ledger', 'status', 'evidence');
    expect(status.out).toContain('has co-signed nothing yet; REFUSED since 2026-11-26T12:00:00.000Z');
    expect(status.code).toBe(0);
    expect(await run('witness', 'add', 'w', LOG)).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing co-signed yet'),
    });
    machine.at('2026-11-26T12:01:00Z');
    expect(await run('ledger', 'witness', 'evidence', '--witness', flag)).toMatchObject({
      code: 0,
      out: expect.stringContaining('co-signed 1 of 1'),
    });
    expect((await run('ledger', 'status', 'evidence')).out).toContain(
      'co-signed up to size 1 at 2026-11-26T12:01:00.000Z',
    );
  });

  it('says how far a log is witnessed, in all readers', async () => {
    await run('ledger', 'seal', 'evidence', '--heartbeat');
    const keys = ['--vkey', LOG, '--vkey', KEY];
    const level = 'witnessed by 1 of 1 (w.example.org at 2026-11-26T12:01:00.000Z)';
    const verified = await run('ledger', 'verify', 'evidence', ...keys);
    expect(verified.out).toContain(`${level} up to size 1 of 2; the records from 1 on are not witnessed`);
    const json = await machine.run('verify', 'ledger', 'evidence', ...keys, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      holds: true,
      witnessed: { by: [{ name: 'w.example.org' }], of: 1, size: 1 },
    });
    const latest = await machine.run('ledger', 'checkpoint', 'evidence');
    expect(latest.stdout.split('\n')[1]).toBe('2');
    const cosigned = await machine.run('ledger', 'checkpoint', 'evidence', '--cosigned');
    expect(cosigned.stdout.split('\n')[1]).toBe('1');
    expect(flat(cosigned.stderr)).toContain('not its latest checkpoint');
  });

  it('is complete with as many as are needed', async () => {
    const other = 'http://127.0.0.1:1';
    const both = ['--witness', flag, '--witness', `${other}=${KEY}`, '--timeout', '2'];
    const all = await run('ledger', 'witness', 'evidence', ...both);
    expect(all).toMatchObject({
      code: 3,
      out: expect.stringContaining(`${other} AWAY: it cannot be reached`),
    });
    expect((await run('ledger', 'witness', 'evidence', ...both, '--need', '1')).code).toBe(0);
    expect(await run('ledger', 'witness', 'evidence', ...both, '--need', '3')).toMatchObject({ code: 2 });
  });

  it.each([
    [['ledger', 'witness', 'evidence'], '--witness is missing'],
    [['ledger', 'witness', 'evidence', '--witness', 'x'], 'not of the form URL=VKEY'],
    [['ledger', 'witness', 'evidence', '--witness', `https://w.example.org=${LOG}`], 'is that of a log'],
    [['ledger', 'witness', 'evidence', '--acknowledge', '1'], 'needs --reason'],
    [['ledger', 'witness', 'evidence', '--acknowledge', '7', '--reason', 'x'], 'there is no alarm 7'],
    [['witness', 'add', 'w', KEY], 'is the key of a witness'],
    [['witness', 'init', 'w', '--name', 'again'], 'holds'],
    [['witness', 'init', 'w2', '--name', 'x', '--key', 'rsa'], 'is none of ed25519, ml-dsa-44, both'],
    [['witness', 'show', 'evidence'], 'holds no witness'],
    [['ledger', 'witness', 'w', '--witness', `http://127.0.0.1:1=${KEY}`], 'holds no ledger'],
  ])('%j is wrong usage', async (argv, message) => {
    expect(await run(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});

describe('an alarm', () => {
  it('ends with 1 where it is proven, and stays until somebody says what it was', async () => {
    cpSync(file('evidence'), file('restored'), { recursive: true });
    await run('ledger', 'seal', 'evidence', '--heartbeat');
    expect((await run('ledger', 'witness', 'evidence', '--witness', flag)).code).toBe(0);
    const rolledBack = await run('ledger', 'witness', 'restored', '--witness', flag);
    expect(rolledBack).toMatchObject({ code: 1, out: expect.stringContaining('ALARM 1,') });
    expect(rolledBack.out).toMatch(
      /ROLLBACK \(proven\) .* signed size 3 with root [0-9a-f]{64}, and the folder ends at 2/,
    );
    const status = await machine.run('ledger', 'status', 'restored', '--json');
    expect(status.code).toBe(1);
    const [alarm] = (JSON.parse(status.stdout) as { alarms: { ours: string; theirs: string }[] }).alarms;
    expect([alarm?.ours, alarm?.theirs].map((note) => note?.split('\n')[1])).toEqual(['2', '3']);
    expect(
      await run('ledger', 'witness', 'restored', '--acknowledge', '1', '--reason', 'a copy'),
    ).toMatchObject({ code: 0 });
    const looked = await run('ledger', 'status', 'restored');
    expect(looked.code).toBe(0);
    expect(looked.out).toMatch(/alarm +1, .*: ROLLBACK \(proven\) by http.*: acknowledged at 20.*Z: a copy/);
    expect(looked.out).not.toContain('--acknowledge');
    const kept = await machine.run('ledger', 'status', 'restored', '--json');
    expect(JSON.parse(kept.stdout)).toMatchObject({ alarms: [{ acknowledged: { reason: 'a copy' } }] });
    // It still does not co-sign.
    expect((await run('ledger', 'witness', 'restored', '--witness', flag)).code).toBe(3);
  });

  it('ends with 3 where it is the word of the witness', async () => {
    const state = openState(file('w'));
    state.setKnown('example.com/log', { size: 90, root: '00'.repeat(32), note: 'none\n', at: 0 });
    state.close();
    const word = await run('ledger', 'witness', 'evidence', '--witness', flag);
    expect(word).toMatchObject({ code: 3, out: expect.stringContaining('ROLLBACK (not proven)') });
    expect((await run('ledger', 'status', 'evidence')).code).toBe(3);
  });

  it('is seen by the witness, too: two checkpoints of one size', async () => {
    await run('witness', 'init', 'w3', '--name', 'w3.example.org');
    await run('witness', 'add', 'w3', LOG);
    const second = await startWitness({
      folder: file('w3'),
      host: '127.0.0.1',
      port: 0,
      clock: () => machine.now,
      log: () => undefined,
    });
    const to = ['--witness', `${second.url}=w3/keys/ed25519.vkey`];
    expect((await run('ledger', 'witness', 'evidence', '--need', '1', ...to)).out).toContain(
      'co-signed 1 of 1',
    );
    // On a machine that does not remember the log, somebody writes on in the copy.
    const thief = new Machine('2026-11-26T13:00:00Z');
    cpSync(file('restored'), join(thief.folder, 'restored'), { recursive: true });
    await thief.run('ledger', 'seal', 'restored', '--heartbeat');
    cpSync(file('w3/keys'), join(thief.folder, 'w3/keys'), { recursive: true });
    const forked = await thief.run('ledger', 'witness', 'restored', ...to);
    expect([forked.code, flat(forked.stdout)]).toEqual([1, expect.stringContaining('FORK (proven)')]);
    await second.stop();
    const shown = await run('witness', 'show', 'w3');
    expect(shown).toMatchObject({
      code: 1,
      out: expect.stringMatching(/FORK example.com\/log: signed size 3 with root/),
    });
    const both = JSON.parse((await machine.run('witness', 'show', 'w3', '--json')).stdout) as {
      suspects: { note: string; known: string }[];
    };
    expect(both.suspects[0]?.note).not.toBe(both.suspects[0]?.known);
    expect(readFileSync(file(LOG), 'utf8')).toContain('example.com/log+');
  });
});
