import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readNoted } from '../../anchors/index.ts';
import { verifyLedger, verifyStamped } from '../../ledger/index.ts';
import { parseDraft, SCHEMA, uuidv7 } from '../../record/index.ts';
import { STAMP_EMITTER } from '../../verify/index.ts';
import { Authority } from '../../verify/testing/authority.ts';
import { type Given, type Harness, harness } from '../testing/harness.ts';

const tsa = new Authority('ec');
const folder = mkdtempSync(join(tmpdir(), 'exhibit-anchors-'));
const root = join(folder, 'tsa.pem');
const place = join(folder, 'place');
let url: string;
let at: Harness;
/** How far the clock of the server was moved. */
let moved = 0;
let settings: Given;

beforeAll(async () => {
  url = await tsa.listen();
  writeFileSync(root, tsa.root);
});
beforeEach(async () => {
  moved = 0;
  settings = {
    seal_milliseconds: 20,
    ledger: {
      timestamps: { url, root, every_seconds: 60 },
      checkpoints: { copies: [place], every_seconds: 60 },
    },
  };
  at = await harness(settings, () => Date.now() + moved);
});
afterEach(async () => {
  tsa.alter = undefined;
  rmSync(place, { recursive: true, force: true });
  await at.remove();
});
afterAll(async () => {
  await tsa.close();
  rmSync(folder, { recursive: true, force: true });
});

const record = (sequence: number) => ({
  schema: SCHEMA,
  record_id: uuidv7(Date.now(), (length) => crypto.getRandomValues(new Uint8Array(length))),
  record_type: 'heartbeat',
  observed_at: new Date().toISOString(),
  emitter: 'ci/shop',
  sequence,
  layer: 'ci',
  tool: 'gate',
});
const send = (sequence: number) =>
  at.send('/v1/records', { method: 'POST', body: `${JSON.stringify(record(sequence))}\n` });
const metrics = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();

it('a server has its ledger stamped and its checkpoints kept, when it is due', async () => {
  await at.server.look();
  expect(await metrics()).toMatch(/^exhibit_timestamps_total 1$/m);
  expect(await metrics()).toMatch(/^exhibit_timestamp_failing 0$/m);
  await at.server.look();
  expect(await metrics()).toMatch(/^exhibit_timestamps_total 1$/m);
  expect((await send(0)).status).toBe(200);
  // The record of the stamp and the one that was sent are sealed.
  await expect
    .poll(async () => /^exhibit_log_size ([2-9])$/m.test(await metrics()), { timeout: 10_000 })
    .toBe(true);
  moved = 61_000;
  await at.server.look();
  expect(await metrics()).toMatch(/^exhibit_timestamps_total 2$/m);
  expect(readdirSync(join(place, 'checkpoints')).length).toBeGreaterThan(1);
  // After a restart it knows when it was stamped last.
  await at.restart();
  await at.server.look();
  expect(await metrics()).not.toMatch(/^exhibit_timestamps_total [1-9]/m);
  const records = await at.records();
  expect(records.filter(({ record_type }) => record_type === 'timestamp')).toHaveLength(2);
  const evidence = join(at.folder, 'evidence');
  const verified = await verifyLedger(evidence);
  expect(await verifyStamped(evidence, verified, { roots: tsa.root })).toMatchObject({
    tokens: 2,
    newest: { tsa: 'Test tsa' },
  });
  expect((await readNoted(evidence))?.timestamps?.newest).toMatchObject({ tsa: 'Test tsa' });
});

it('says that an authority is away, takes records all the same, and goes on when it is back', async () => {
  await at.server.look();
  tsa.alter = () => ({ status: 503, body: Buffer.from('away') });
  rmSync(place, { recursive: true, force: true });
  // A file where the folder was: nothing can be kept there.
  writeFileSync(place, '');
  moved = 61_000;
  await at.server.look();
  await at.server.look();
  expect((await send(0)).status).toBe(200);
  const failures = at.log.filter(({ level }) => level === 'error');
  expect(failures.map(({ event, code }) => [event, code])).toEqual([
    ['time stamp: failed', 'TIMESTAMP_FAILED'],
    [`checkpoint kept in ${place}: failed`, 'LEDGER_IO'],
  ]);
  expect(await metrics()).toMatch(/^exhibit_timestamp_errors_total\{code="TIMESTAMP_FAILED"\} 2$/m);
  expect(await metrics()).toMatch(/^exhibit_timestamp_failing 1$/m);
  expect(await metrics()).toMatch(/^exhibit_checkpoint_copy_failing\{place=".*"\} 1$/m);
  const noted = await readNoted(join(at.folder, 'evidence'));
  expect(noted?.timestamps?.failing?.message).toContain('503');
  expect(noted?.copies?.[0]?.failing?.code).toBe('LEDGER_IO');
  tsa.alter = undefined;
  rmSync(place);
  await at.server.look();
  expect(at.log.filter(({ event }) => event.endsWith('works again'))).toHaveLength(2);
  expect(await metrics()).toMatch(/^exhibit_timestamp_failing 0$/m);
  expect((await readNoted(join(at.folder, 'evidence')))?.timestamps).not.toHaveProperty('failing');
});

it('waits for no authority: not to acknowledge, and not to end', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const timestamps = { url: `http://127.0.0.1:${port}/`, root, timeout_seconds: 300 };
  await at.restart({ ...settings, ledger: { timestamps } });
  let answered = false;
  const looking = at.server.look().then(() => {
    answered = true;
  });
  expect((await send(0)).status).toBe(200);
  expect(answered).toBe(false);
  await at.stop();
  await looking;
  expect(at.log.at(-1)).toMatchObject({ event: 'stopped' });
  silent.closeAllConnections();
  silent.close();
});

it('takes a time stamp after each midnight', async () => {
  await at.restart({ ...settings, ledger: { timestamps: { url, root } } });
  await at.server.look();
  const before = tsa.asked;
  // A day later by its clock: the authority is asked, and the answer is refused, because its clock is another.
  moved = 86_400_000;
  await at.server.look();
  expect(tsa.asked).toBe(before + 1);
  expect(at.log.filter(({ level }) => level === 'error').at(-1)?.message).toContain(
    'one of the two clocks is wrong',
  );
});

it('does not start with roots that are none', async () => {
  writeFileSync(join(folder, 'none.pem'), 'none');
  await expect(
    at.restart({ ledger: { timestamps: { url, root: join(folder, 'none.pem') } } }),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

it('takes no time stamp from anybody', () => {
  expect(() => parseDraft({ ...record(0), emitter: STAMP_EMITTER, record_type: 'timestamp' })).toThrowError(
    /of Exhibit itself/,
  );
});
