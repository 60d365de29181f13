import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDay } from '../../lake/index.ts';
import { CC61, type Fixture, firstOfMarch, makeFixture } from '../../lake/testing/fixture.ts';
import { openLedger, openReader, seenNumbers } from '../../ledger/index.ts';
import { Machine } from '../testing/program.ts';
import { sample } from './drill-steps.ts';

let lake: Fixture;
let machine: Machine;
let copy: string;

beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await firstOfMarch(lake);
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  machine = new Machine('2026-03-02T02:30:00.000Z');
  copy = join(machine.folder, 'copy');
});
afterEach(async () => {
  await lake.remove();
  rmSync(machine.folder, { recursive: true, force: true });
});

const back = () => join(machine.folder, 'back');
const signer = () => join(lake.folder, 'keys', 'signer.key');
const size = async (folder: string) => (await (await openReader(folder)).checkpoint()).size;
const keep = (name: string) => {
  writeFileSync(join(machine.folder, name), readFileSync(join(lake.folder, 'log', 'checkpoint')));
  return name;
};
const json = (ended: { stdout: string }) => JSON.parse(ended.stdout) as Record<string, unknown>;

describe('store copy to a folder', () => {
  test('says what was written and what was there; the key and the names stay', async () => {
    mkdirSync(join(lake.folder, 'private'));
    writeFileSync(join(lake.folder, 'private', 'salt'), 'secret');
    const first = await machine.run('store', 'copy', lake.folder, 'copy');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('none: a folder has no locks');
    expect(existsSync(join(copy, 'private'))).toBe(false);
    expect(readdirSync(join(copy, 'keys')).every((name) => name.endsWith('.vkey'))).toBe(true);
    const again = json(await machine.run('store', 'copy', lake.folder, 'copy', '--json'));
    expect(again.written).toBe(0);
  });

  test('is not made into the ledger, over another ledger, or with a lock', async () => {
    for (const to of [lake.folder, join(lake.folder, 'copy')])
      expect((await machine.run('store', 'copy', lake.folder, to)).code).toBe(2);
    cpSync(lake.folder, join(machine.folder, 'other'), { recursive: true });
    const over = await machine.run('store', 'copy', lake.folder, 'other');
    expect(over.stderr).toContain('LEDGER_EXISTS');
    expect((await machine.run('store', 'copy', lake.folder, 'copy', '--lock-days', '5')).code).toBe(2);
    expect(existsSync(copy)).toBe(false);
  });
});

describe('store restore', () => {
  beforeEach(async () => {
    expect((await machine.run('store', 'copy', lake.folder, 'copy')).code).toBe(0);
  });

  test('puts a copy in place once it is verified, lake and all, and never over something', async () => {
    const known = keep('checkpoint');
    const ended = await machine.run('store', 'restore', 'copy', 'back', '--known', known);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('log, blobs and lake hold');
    expect(readFileSync(join(back(), CC61))).toEqual(readFileSync(join(lake.folder, CC61)));
    expect(existsSync(`${back()}.restoring`)).toBe(false);
    expect((await machine.run('lake', 'verify', 'back')).code).toBe(0);
    const over = await machine.run('store', 'restore', 'copy', 'back');
    expect([over.code, over.stderr.includes('LEDGER_EXISTS')]).toEqual([2, true]);
  });

  test('a record that was changed in the copy: nothing is put in place', async () => {
    // The newest of the partial bundles has all of them.
    const path = join(copy, 'log', 'tile', 'entries', '000.p', String(await size(copy)));
    const text = readFileSync(path, 'latin1').replace('"verdict":"fail"', '"verdict":"pass"');
    rmSync(path);
    writeFileSync(path, text, 'latin1');
    const ended = await machine.run('store', 'restore', 'copy', 'back');
    expect([ended.code, existsSync(back())]).toEqual([3, false]);
    expect(ended.stderr).toContain('LEDGER_CORRUPT');
    // Nothing of it is in the way of another copy.
    expect((await machine.run('store', 'copy', lake.folder, 'good')).code).toBe(0);
    expect(await machine.run('store', 'restore', 'good', 'back')).toMatchObject({ code: 0 });
  });

  test('a blob that is missing is said, and such a copy is not written to', async () => {
    const blob = readdirSync(join(copy, 'blobs'), { recursive: true, withFileTypes: true }).find((entry) =>
      entry.isFile(),
    );
    rmSync(join(blob?.parentPath ?? '', blob?.name ?? ''));
    const records = String(await size(copy));
    const write = await machine.run(
      'store',
      'restore',
      'copy',
      'back',
      '--signer',
      signer(),
      '--from-size',
      records,
    );
    expect([write.code, write.stderr.includes('is not made a ledger'), existsSync(back())]).toEqual([
      3,
      true,
      false,
    ]);
    const read = await machine.run('store', 'restore', 'copy', 'back', '-o', 'json');
    expect(read.code).toBe(1);
    expect(json(read)).toMatchObject({ exit_code: 1, writable: false });
    expect(JSON.stringify(json(read).problems)).toContain('is missing');
  });

  test('a newer checkpoint says how many records were lost: the copy is for reading, and no writer goes on from it', async () => {
    const had = await size(copy);
    await lake.put('ci', { record_type: 'heartbeat' }, { record_type: 'heartbeat' });
    const known = keep('newest');
    const args = ['store', 'restore', 'copy', 'back', '--known', known];
    const write = await machine.run(...args, '--signer', signer(), '--from-size', String(had));
    expect(write.stderr).toContain('LEDGER_ROLLBACK');
    expect(existsSync(back())).toBe(false);
    const read = await machine.run(...args);
    expect(read.code).toBe(3);
    expect(read.stdout).toContain('at least 2 records');
    expect((await machine.run('ledger', 'seal', 'back', '--heartbeat')).code).not.toBe(0);
    // One that the log never signed says nothing.
    const forged = readFileSync(join(machine.folder, known), 'utf8').replace(/\n\d+\n/, '\n999\n');
    writeFileSync(join(machine.folder, 'forged'), forged);
    const refused = await machine.run('store', 'restore', 'copy', 'other', '--known', 'forged');
    expect([refused.code, existsSync(join(machine.folder, 'other'))]).toEqual([3, false]);
  });

  test('is written to only by who says from which size, with the key', async () => {
    const had = await size(copy);
    const args = ['store', 'restore', 'copy', 'back', '--signer', signer()];
    expect((await machine.run(...args)).code).toBe(2);
    const wrong = await machine.run(...args, '--from-size', String(had + 1));
    expect([wrong.code, wrong.stderr.includes(`--from-size ${had}`)]).toEqual([2, true]);
    expect((await machine.run(...args, '--from-size', String(had))).code).toBe(0);
    expect((await machine.run('ledger', 'seal', 'back', '--heartbeat')).code).toBe(0);
    expect(await size(back())).toBe(had + 1);
    expect((await machine.run('ledger', 'verify', 'back')).code).toBe(0);
  });

  test('a machine that has seen more does not write to an older state, whoever gives the key', async () => {
    const had = String(await size(copy));
    expect((await machine.run('ledger', 'seal', lake.folder, '--heartbeat')).code).toBe(0);
    const args = ['store', 'restore', 'copy', 'back', '--signer', signer(), '--from-size', had];
    expect((await machine.run(...args)).stderr).toContain('LEDGER_ROLLBACK');
    await machine.run('ledger', 'forget', 'test.example/lake');
    expect((await machine.run(...args)).code).toBe(0);
  });

  test('files of a day that was being closed when it was copied are taken out, and said', async () => {
    const stray = CC61.replace('day=01', 'day=02');
    mkdirSync(join(copy, stray, '..'), { recursive: true });
    cpSync(join(copy, CC61), join(copy, stray));
    const ended = await machine.run('store', 'restore', 'copy', 'back', '-o', 'json');
    expect(json(ended)).toMatchObject({ exit_code: 0, lake: { days: 1, removed: [stray] } });
    expect(existsSync(join(back(), stray))).toBe(false);
  });
});

describe('store drill', () => {
  beforeEach(async () => {
    expect((await machine.run('store', 'copy', lake.folder, 'copy')).code).toBe(0);
  });
  const steps = (ended: { stdout: string }) =>
    Object.fromEntries(
      (json(ended).steps as { step: string; result: string }[]).map(({ step, result }) => [step, result]),
    );

  test('tries each step, leaves nothing behind, and says that a copy would do', async () => {
    const before = readdirSync(machine.folder).sort();
    const args = ['store', 'drill', 'copy', '--in', machine.folder, '-o', 'json'];
    const without = await machine.run(...args);
    expect([without.code, steps(without).newest]).toEqual([3, 'not_known']);
    expect(readdirSync(machine.folder).sort()).toEqual(before);
    const ended = await machine.run(...args, '--known', keep('checkpoint'));
    expect(ended.code).toBe(0);
    expect(Object.keys(steps(ended))).toEqual([
      'restore',
      'log',
      'blobs',
      'newest',
      'lake',
      'rebuild',
      'query',
    ]);
    expect(new Set(Object.values(steps(ended)))).toEqual(new Set(['ok']));
    expect(json(ended).days).toEqual(['2026-03-01']);
  });

  test('says what the copy lacks', async () => {
    const known = keep('checkpoint');
    rmSync(join(copy, CC61));
    await lake.put('ci', { record_type: 'heartbeat' });
    const ended = await machine.run(
      'store',
      'drill',
      'copy',
      '--known',
      known,
      '--known',
      keep('newest'),
      '-o',
      'json',
    );
    expect(ended.code).toBe(1);
    expect(steps(ended)).toMatchObject({
      log: 'ok',
      newest: 'not_ok',
      lake: 'not_ok',
      rebuild: 'ok',
      query: 'ok',
    });
  });

  test('a file of the lake that says something else than the log', async () => {
    const file = join(copy, CC61);
    rmSync(file);
    writeFileSync(file, randomBytes(900));
    const ended = await machine.run('store', 'drill', 'copy', '--known', keep('checkpoint'));
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^lake +NOT OK/m);
  });

  test('whichever blob is damaged, each step is told of, and a restore names what differs', async () => {
    const blobs = readdirSync(join(copy, 'blobs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(blobs.length).toBeGreaterThan(4);
    const known = keep('checkpoint');
    for (const file of blobs) {
      const whole = readFileSync(file);
      const bytes = Buffer.from(whole);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      rmSync(file);
      writeFileSync(file, bytes);
      const ended = await machine.run('store', 'drill', 'copy', '--known', known, '-o', 'json');
      expect([file, ended.stderr, ended.code]).toEqual([file, '', 1]);
      expect(steps(ended)).toMatchObject({ log: 'ok', blobs: 'not_ok' });
      expect(Object.keys(steps(ended))).toEqual(expect.arrayContaining(['lake', 'rebuild', 'query']));
      const restored = await machine.run('store', 'restore', 'copy', 'back', '--known', known, '-o', 'json');
      expect([file, restored.stderr, restored.code]).toEqual([file, '', 1]);
      expect(json(restored).problems).toEqual(
        expect.arrayContaining([expect.stringMatching(/^the blob sha256:\w+ of record \d+ differs$/)]),
      );
      rmSync(back(), { recursive: true });
      rmSync(file);
      writeFileSync(file, whole);
    }
  });

  test('leaves a record only where it is asked to, without a verdict', async () => {
    const had = await size(lake.folder);
    const args = ['store', 'drill', 'copy', '--known', keep('checkpoint')];
    await machine.run(...args);
    expect(await size(lake.folder)).toBe(had);
    expect((await machine.run(...args, '--record', lake.folder)).code).toBe(0);
    const reader = await openReader(lake.folder);
    const record = JSON.parse(Buffer.from((await reader.entry(had)).bytes).toString()) as Record<
      string,
      unknown
    >;
    expect(record).toMatchObject({ record_type: 'attestation', emitter: 'exhibit-drill' });
    expect(record.verdict).toBeUndefined();
    expect(record.details).toMatchObject({ kind: 'restore drill', size: had, exit_code: 0 });
  });

  test('days are taken evenly, with the first and the last', () => {
    const days = ['1', '2', '3', '4', '5', '6', '7'];
    expect(sample(days, 3)).toEqual(['1', '4', '7']);
    expect(sample(days, 1)).toEqual(['7']);
    expect(sample(days, 9)).toEqual(days);
  });
});

test('what was acknowledged after the copy shows as missing numbers, once its emitter goes on', async () => {
  expect((await machine.run('store', 'copy', lake.folder, 'copy')).code).toBe(0);
  const had = String(await size(copy));
  const numbered = (sequence: number) => ({
    ...{ schema: 'exhibit.record/1' as const, record_type: 'heartbeat' as const, layer: 'ci' as const },
    ...{
      record_id: `0192f0c1-0000-7000-8000-00000000000${sequence}`,
      observed_at: '2026-03-02T02:00:00.000Z',
    },
    ...{ emitter: 'far', tool: 'exhibit', sequence },
  });
  const back = join(machine.folder, 'back');
  await machine.run('store', 'restore', 'copy', 'back', '--signer', signer(), '--from-size', had);
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const ledger = await openLedger(back, { clock: lake.clock, random });
  // 0 and 1 were acknowledged by the machine that is gone, so the emitter sends 2.
  await ledger.appendNumbered([numbered(2)]);
  await ledger.seal();
  await ledger.close();
  const seen = (await seenNumbers(await openReader(back))).find(({ emitter }) => emitter === 'far');
  expect(seen).toMatchObject({ next: 3, gaps: [[0, 1]] });
});
