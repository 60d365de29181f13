import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE_STEPS, type ManifestFile, rebuildLake, verifyLake } from '../../src/lake/index.ts';
// Not part of the lake's contract: a ledger with decisions for tests.
import { type Fixture, makeFixture } from '../../src/lake/testing/fixture.ts';
import { openReader, STEPS } from '../../src/ledger/index.ts';
import { parseRecord } from '../../src/record/index.ts';
import { exhibit } from '../acceptance/workshop.ts';
import { ended, startProgram } from './workshop.ts';

const DAY = '2026-03-01';
const NOW = '2026-03-02T02:00:00.000Z';
const RANDOM_KILLS = 12;

let base: Fixture;
let expected: ManifestFile[];
let folder: string;

/** A day with four controls, one of them without a decision; and what an undisturbed close makes of it. */
beforeAll(async () => {
  base = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await base.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'iso27001/a.8.24'],
    ['alerts', 'soc2/cc7.2'],
    ['unused', 'soc2/cc8.1'],
  ]);
  for (let round = 0; round < 20; round += 1) {
    await base.decide(
      map,
      ['encrypted', `db${round}`, round % 3 === 0 ? 'fail' : 'pass'],
      ['alerts', 'a', 'pass'],
    );
  }
  const whole = await mkdtemp(join(tmpdir(), 'exhibit-close-'));
  await cp(base.folder, whole, { recursive: true });
  const child = start(whole, {});
  expect(await ended(child)).toBe(0);
  expected = await filesOf(whole);
  // The daily counts first: each of the three kinds of decision is one row.
  expect(expected.map(({ rows }) => rows)).toEqual([3, 20, 20, 20, 0, 41]);
  await rm(whole, { recursive: true });
});
afterAll(() => base.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exhibit-close-'));
  await cp(base.folder, folder, { recursive: true });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await rm(`${folder}-state`, { recursive: true, force: true });
});

const start = (at: string, env: { STEP?: string; HITS?: string; LEDGER_STEP?: string }) =>
  startProgram('close-child', { FOLDER: at, DAY, NOW, ...env }, 'pipe');

/** Manifests of the day in the log: there must be one, and its list of files. */
async function filesOf(at: string): Promise<ManifestFile[]> {
  const reader = await openReader(at);
  const { size } = await reader.checkpoint();
  const digests: unknown[] = [];
  for await (const { bytes } of reader.entries(0, size)) {
    const record = parseRecord(bytes);
    if (record.record_type === 'manifest') digests.push(record.details?.files_digest);
  }
  expect(digests).toHaveLength(1);
  return JSON.parse(Buffer.from(await reader.blob(digests[0] as ManifestFile['sha256'])).toString());
}

/** The next close, by the real program, and everything that must be true after it. */
async function closesNow(): Promise<'closed' | 'was closed'> {
  const close = exhibit(['lake', 'close', folder, DAY], {
    // A machine of its own: the log is copied for each test, and a copy is an older log to one that saw another.
    env: { EXHIBIT_SOURCE: '1', EXHIBIT_STATE: `${folder}-state` },
  });
  if (close.code !== 0) expect(close.stderr).toContain('LAKE_DAY_CLOSED');
  expect(await filesOf(folder)).toEqual(expected);
  const reader = await openReader(folder);
  expect((await verifyLake(reader)).problems).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith('.lake-'))).toEqual([]);
  expect(await rebuildLake(reader)).toEqual({
    days: [{ day: DAY, outcome: 'same', restored: [], uploaded: [] }],
    problems: [],
  });
  return close.code === 0 ? 'closed' : 'was closed';
}

describe('kill -9 of a close, and the next close', () => {
  const last = CLOSE_STEPS.indexOf('manifest sealed');
  it.each(CLOSE_STEPS.map((step, at) => [step, at] as const))('at the step "%s"', async (step, at) => {
    expect(await ended(start(folder, { STEP: step }))).toBe('SIGKILL');
    expect(await closesNow()).toBe(at < last ? 'closed' : 'was closed');
  });

  it.each(['2', '5'])('after the rename of file %s of 5', async (hits) => {
    expect(await ended(start(folder, { STEP: 'file installed', HITS: hits }))).toBe('SIGKILL');
    expect((await verifyLake(await openReader(folder))).problems).toHaveLength(Number(hits));
    expect(await closesNow()).toBe('closed');
  });

  // The manifest carries its own id, so it is not numbered.
  it.each(STEPS.filter((step) => step !== 'numbered'))(
    'at the ledger’s step "%s" of the manifest',
    async (step) => {
      expect(await ended(start(folder, { LEDGER_STEP: step }))).toBe('SIGKILL');
      await closesNow();
    },
  );

  it.each(Array.from({ length: RANDOM_KILLS }, (_, n) => n))('at any moment, %i', async () => {
    const child = start(folder, {});
    const end = ended(child);
    if (child.stdout !== null) await once(child.stdout, 'data');
    await sleep(Math.random() * 600);
    child.kill('SIGKILL');
    await end;
    await closesNow();
  });

  it('twice in a row, at different steps', async () => {
    expect(await ended(start(folder, { STEP: 'file installed', HITS: '3' }))).toBe('SIGKILL');
    expect(await ended(start(folder, { STEP: 'lists stored' }))).toBe('SIGKILL');
    expect(await ended(start(folder, { STEP: 'manifest appended' }))).toBe('SIGKILL');
    expect(await closesNow()).toBe('closed');
  });
});
