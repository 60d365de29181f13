import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { changed, rewriteLog } from '../../anchors/testing/rewrite.ts';
import { openLedger } from '../../ledger/index.ts';
import { readSigner } from '../../ledger/signer.ts';
import { decision } from '../../ledger/testing/records.ts';
import { Machine } from '../testing/program.ts';

const ORIGIN = 'example.com/kept';

describe('exhibit ledger keep-checkpoint', () => {
  const machine = new Machine('2026-11-26T12:00:00Z');
  const folder = join(machine.folder, 'evidence');
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
  /** As somebody who sees the log for the first time. */
  const verify = async (name: string, ...more: string[]) => {
    const env = machine.env.EXHIBIT_STATE;
    machine.env.EXHIBIT_STATE = join(machine.folder, 'stranger');
    rmSync(machine.env.EXHIBIT_STATE, { recursive: true, force: true });
    const ended = await machine.run('ledger', 'verify', name, '--against', 'place', ...more);
    machine.env.EXHIBIT_STATE = env;
    return ended;
  };
  const grow = async (times: number) => {
    for (let i = 0; i < times; i += 1) await machine.run('ledger', 'seal', 'evidence', '--heartbeat');
  };
  const keep = () => machine.run('ledger', 'keep-checkpoint', 'evidence', 'place');

  beforeAll(async () => {
    await machine.run('ledger', 'init', 'evidence', '--origin', ORIGIN);
    await grow(2);
  });

  it('says that nothing is kept, which is a finding', async () => {
    const found = await verify('evidence');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('no checkpoint is kept in');
  });

  it('keeps each checkpoint once', async () => {
    expect(flat((await keep()).stdout)).toContain('checkpoint of 2 records kept');
    expect(flat((await keep()).stdout)).toContain('checkpoint of 2 records was there');
    await grow(1);
    await keep();
    const ledger = await openLedger(folder, {
      clock: () => machine.now,
      random: (length) => randomBytes(length),
    });
    await ledger.append(
      'gate',
      Array.from({ length: 300 }, () => decision('gate', machine.now)),
    );
    await ledger.seal();
    await ledger.close();
    cpSync(folder, join(machine.folder, 'earlier'), { recursive: true });
    await grow(1);
    await keep();
    expect(readdirSync(join(machine.folder, 'place', 'checkpoints')).sort()).toEqual(['2', '3', '304']);
    const note = readFileSync(join(machine.folder, 'place', 'checkpoints', '304'), 'utf8');
    expect(note).toBe(readFileSync(join(folder, 'log', 'checkpoint'), 'utf8'));
  });

  it('shows that the log contains all of them, and never calls a folder locked', async () => {
    await grow(1);
    const found = await verify('evidence');
    expect(found.stdout).not.toContain('FINDING');
    expect(found.code).toBe(0);
    expect(flat(found.stdout)).toContain(
      'kept in a second place, which is not known to be locked: the first 304 records agree with 3 kept in',
    );
    const json = JSON.parse((await verify('evidence', '--json')).stdout);
    expect(json.anchors.places).toMatchObject([{ kept: 3, newest: { size: 304 } }]);
    expect(json.anchors.places[0]).not.toHaveProperty('lock');
  });

  it('says after a change of keys that it still contains them', async () => {
    cpSync(folder, join(machine.folder, 'rotated'), { recursive: true });
    await machine.run('ledger', 'rotate-key', 'rotated');
    expect((await verify('rotated')).code).toBe(0);
  });

  it('fails for a log that was rolled back, naming the first that it does not reach', async () => {
    // The one before: 303 records.
    const found = await verify('earlier');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('LEDGER_ROLLBACK');
    expect(flat(found.stdout)).toContain(`where: ${join(machine.folder, 'place', 'checkpoints', '304')}`);
    expect(flat(found.stdout)).toContain('the records from 303 on are gone');
  });

  it('fails for a log that was rewritten and signed again with its own key', async () => {
    const signer = await readSigner(folder, ORIGIN);
    await rewriteLog(folder, join(machine.folder, 'forged'), signer, ([first, second, third, ...rest]) => [
      first ?? Buffer.of(),
      second ?? Buffer.of(),
      changed(third, 'no records were waiting', 'nothing was wrong here'),
      ...rest,
    ]);
    const found = await verify('forged');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('LEDGER_FORK');
    // The one of two records agrees still.
    expect(flat(found.stdout)).toContain(`where: ${join(machine.folder, 'place', 'checkpoints', '3')}`);
    await rewriteLog(folder, join(machine.folder, 'cut'), signer, ([first]) => [
      changed(first, 'no records were waiting', 'all is well'),
    ]);
    const cut = await verify('cut');
    expect(flat(cut.stdout)).toContain(`where: ${join(machine.folder, 'place', 'checkpoints', '2')}`);
  });

  it('fails for a log of the same name with another key', async () => {
    await machine.run('ledger', 'init', 'other', '--origin', ORIGIN);
    for (let i = 0; i < 2; i += 1) await machine.run('ledger', 'seal', 'other', '--heartbeat');
    const found = await verify('other');
    expect(found.code).toBe(1);
    expect(flat(found.stdout)).toContain('CHECKPOINT_INVALID');
    expect(flat(found.stdout)).toContain(join('place', 'checkpoints', '2'));
  });

  it('keeps nothing of a log that is not the one of the place', async () => {
    const earlier = await machine.run('ledger', 'keep-checkpoint', 'earlier', 'place');
    expect(earlier.code).toBe(3);
    expect(flat(earlier.stderr)).toContain('is a checkpoint of 304 records, and the log has 303');
    const forged = await machine.run('ledger', 'keep-checkpoint', 'forged', 'place');
    expect(forged.code).toBe(3);
    expect(flat(forged.stderr)).toContain('that are not the first ones of this log');
    await machine.run('ledger', 'init', 'third', '--origin', 'example.com/third');
    const third = await machine.run('ledger', 'keep-checkpoint', 'third', 'place');
    expect(third.code).toBe(3);
    expect(flat(third.stderr)).toContain('One place keeps the checkpoints of one log');
    expect(existsSync(join(machine.folder, 'place', 'checkpoints', '0'))).toBe(false);
  });

  it('says what in a place is no checkpoint', async () => {
    cpSync(join(machine.folder, 'place'), join(machine.folder, 'odd'), { recursive: true });
    writeFileSync(join(machine.folder, 'odd', 'checkpoints', 'readme'), 'hello');
    const odd = await machine.run('ledger', 'verify', 'evidence', '--against', 'odd');
    expect(odd.code).toBe(1);
    expect(flat(odd.stdout)).toContain(join('odd', 'checkpoints', 'readme'));
    rmSync(join(machine.folder, 'odd', 'checkpoints', 'readme'));
    writeFileSync(join(machine.folder, 'odd', 'checkpoints', '5'), Buffer.alloc(3_000_000, 10));
    const long = await machine.run('ledger', 'verify', 'evidence', '--against', 'odd');
    expect(long.code).toBe(1);
    expect(flat(long.stdout)).toContain(`${join('odd', 'checkpoints', '5')} is no kept checkpoint`);
  });

  it('says that the newest is old', async () => {
    const newest = join(machine.folder, 'place', 'checkpoints', '304');
    const written = machine.now / 1_000 - 7_200;
    for (const size of ['2', '3'])
      utimesSync(join(machine.folder, 'place', 'checkpoints', size), written, written);
    utimesSync(newest, written, written);
    expect((await verify('evidence', '--max-age', '3h')).code).toBe(0);
    const old = await verify('evidence', '--max-age', '1h');
    expect(old.code).toBe(1);
    expect(flat(old.stdout)).toContain('older than 1h');
    // Who may write in a folder may say of its files what they like.
    utimesSync(newest, written + 20_000, written + 20_000);
    const ahead = await verify('evidence', '--max-age', '1h');
    expect(ahead.code).toBe(1);
    expect(flat(ahead.stdout)).toContain("ahead of this machine's clock");
  });
});
