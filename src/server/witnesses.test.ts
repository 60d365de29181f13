import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderKeys, readKnown, verifyLedger } from '../ledger/index.ts';
import { SCHEMA, uuidv7 } from '../record/index.ts';
import { parseVkey } from '../verify/index.ts';
import { nodeCrypto } from '../verify/node.ts';
import { initWitness, openState, type RunningWitness, startWitness } from '../witness/index.ts';
import { type Given, type Harness, harness } from './testing/harness.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const ORIGIN = 'example.com/server';
let at: Harness;
let folder: string;
let vkey: string;
let witness: RunningWitness | undefined;
let next = 0;

const start = async () => {
  witness = await startWitness({
    folder,
    host: '127.0.0.1',
    port: witness === undefined ? 0 : Number(new URL(witness.url).port),
    clock: Date.now,
    log: () => undefined,
  });
  return witness;
};
const settings = (url: string): Given => ({
  seal_milliseconds: 20,
  ledger: { witnesses: [{ url, keys: [vkey] }], witness_seconds: 3_600, witness_timeout_seconds: 2 },
});

beforeEach(async () => {
  at = await harness({ seal_milliseconds: 20 });
  folder = join(at.folder, 'witness');
  [vkey = ''] = await initWitness(folder, { name: 'w.example.org', types: ['cosignature'], random });
  const state = openState(folder);
  for (const key of await folderKeys(join(at.folder, 'evidence'))) state.addKey(ORIGIN, key, false);
  state.close();
  witness = undefined;
  next = 0;
  await at.restart(settings((await start()).url));
});
afterEach(async () => {
  await at.remove();
  await witness?.stop();
});

async function send(): Promise<void> {
  const record = {
    schema: SCHEMA,
    record_id: uuidv7(Date.now(), random),
    record_type: 'heartbeat',
    observed_at: new Date().toISOString(),
    emitter: 'ci/shop',
    sequence: next,
    layer: 'ci',
    tool: 'gate',
  };
  next += 1;
  const answer = await at.send('/v1/records', { method: 'POST', body: `${JSON.stringify(record)}\n` });
  expect(answer.status).toBe(200);
}
const status = () => readKnown(join(at.folder, 'evidence')).witnesses[0];
const metrics = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();

describe('a server with a witness', () => {
  it('has each checkpoint co-signed, and the last one when it stops', async () => {
    await send();
    await expect
      .poll(
        async () => {
          await at.server.look();
          return status()?.size;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(await metrics()).toMatch(/^exhibit_witness_cosigned_size\{witness="w.example.org"\} 1$/m);
    await send();
    await at.stop();
    const own = await folderKeys(join(at.folder, 'evidence'));
    const { checkpoint, cosigned } = await verifyLedger(join(at.folder, 'evidence'), {
      vkeys: own,
      witnesses: [parseVkey(nodeCrypto.sha256, vkey)],
    });
    expect([checkpoint.size, cosigned[0]?.size, cosigned[0]?.witnesses.length]).toEqual([2, 2, 1]);
  });

  it('takes records while the witness is away, says so once, and catches up', async () => {
    await witness?.stop();
    await send();
    await at.server.look();
    await at.server.look();
    const said = at.log.filter(({ event }) => event.startsWith('witness'));
    expect(said).toMatchObject([
      { level: 'warn', event: 'witness did not co-sign', witness: 'w.example.org', kind: 'away' },
    ]);
    expect(await metrics()).toMatch(/^exhibit_witness_failing\{witness="w.example.org"\} 1$/m);
    await send();
    await start();
    await expect
      .poll(
        async () => {
          await at.server.look();
          return status()?.size;
        },
        { timeout: 10_000 },
      )
      .toBe(2);
    expect(at.log.some(({ event }) => event === 'witness co-signs again')).toBe(true);
    expect(await metrics()).toMatch(/^exhibit_witness_failing\{witness="w.example.org"\} 0$/m);
  });

  it('raises the alarm where the witness knows another history', async () => {
    // The witness has seen records that are not in this folder: here it says so without a checkpoint to show.
    const state = openState(folder);
    state.setKnown(ORIGIN, { size: 70, root: '00'.repeat(32), note: 'none', at: 0 });
    state.close();
    await at.server.look();
    await at.server.look();
    expect(at.log.filter(({ event }) => event.startsWith('ALARM'))).toMatchObject([
      { level: 'error', id: 1, kind: 'rollback', proven: false },
    ]);
    expect(await metrics()).toMatch(/^exhibit_witness_alarms_open 1$/m);
    await send();
  });
});

it.each([
  ['a URL that is none', [{ url: 'nowhere', keys: ['x'] }]],
  ['a key that is none', [{ url: 'https://w.example.org', keys: ['x'] }]],
  ['no key', [{ url: 'https://w.example.org', keys: [] }]],
])('the settings refuse %s', async (_, witnesses) => {
  const before = settings('http://127.0.0.1:1');
  await expect(at.restart({ ...before, ledger: { witnesses } })).rejects.toThrow();
});
