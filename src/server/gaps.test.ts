import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCHEMA, uuidv7 } from '../record/index.ts';
import { type Harness, harness } from './testing/harness.ts';

let at: Harness;
beforeEach(async () => {
  at = await harness({ seal_milliseconds: 20 });
});
afterEach(() => at.remove());

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

it('the server records numbers that never came, once, and shows them', async () => {
  const body = [0, 1, 4].map((number) => `${JSON.stringify(record(number))}\n`).join('');
  expect((await at.send('/v1/records', { method: 'POST', body, token: at.tokens.emitter })).status).toBe(200);
  await expect
    .poll(
      async () => {
        await at.server.look();
        return at.log.filter(({ event }) => event.startsWith('gaps'));
      },
      { timeout: 10_000 },
    )
    .toMatchObject([{ event: 'gaps recorded', added: 1 }]);
  await at.server.look();
  expect(await (await at.send('/metrics', { token: at.tokens.engineer })).text()).toMatch(
    /^exhibit_gaps_recorded_total 1$/m,
  );
  const gaps = (await at.records()).filter(({ record_type }) => record_type === 'gap');
  expect(gaps).toMatchObject([
    {
      emitter: 'exhibit',
      message: 'ci/shop: 2 numbers never came, from 2 to 3',
      details: { kind: 'sequence missing', first: 2, last: 3, missing: 2 },
    },
  ]);
});
