import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCHEMA, uuidv7 } from '../record/index.ts';
import { type Harness, harness, lines } from './testing/harness.ts';

let at: Harness;
beforeEach(async () => {
  at = await harness({ seal_milliseconds: 10 });
});
afterEach(() => at.remove());

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
let sequence = 0;
const run = (details: object, layer = 'pre-commit') => {
  const run_id = uuidv7(Date.now(), (length) => randomBytes(length));
  return {
    ...{ schema: SCHEMA, record_id: run_id, record_type: 'run', observed_at: '2026-11-25T12:00:00.000Z' },
    ...{ emitter: 'ci/shop', sequence: sequence++, layer, tool: 'exhibit', run_id, run_total: 0, details },
  };
};
const send = async (...records: object[]) => {
  const { status } = await at.send('/v1/records', { method: 'POST', body: lines(records) });
  expect(status).toBe(200);
  const sealed = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();
  await expect.poll(sealed, { timeout: 10_000 }).toMatch(/^exhibit_unsealed_records 0$/m);
};
const ask = (body: unknown, token: string | null = at.tokens.emitter) =>
  at.send('/v1/judged-by-hooks', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    token,
  });
const states = async (...digests: string[]) => (await ask({ schemaVersion: 1, digests })).json();

it('says which files hooks let pass and which they refused, also of runs that come later', async () => {
  sequence = 0;
  const list = JSON.stringify([digest('listed')]);
  await at.send(`/v1/blobs/${digest(list)}`, { method: 'PUT', body: list });
  await send(
    run({ exit_code: 0, inputs: [digest('good')] }),
    run({ exit_code: 1, inputs: [digest('bad'), digest('good')] }),
    run({ exit_code: 0, inputs_ref: digest(list) }),
    run({ exit_code: 0, simulated: true, inputs: [digest('simulated')] }),
    run({ exit_code: 0, inputs: [digest('pipeline')] }, 'ci'),
  );
  const names = ['good', 'bad', 'listed', 'simulated', 'pipeline', 'never'].map(digest);
  expect(await states(...names)).toEqual({
    schemaVersion: 1,
    passed: [digest('good'), digest('listed')],
    refused: [digest('bad')],
  });
  await send(run({ exit_code: 0, inputs: [digest('bad')] }));
  expect(await states(digest('bad'))).toMatchObject({ passed: [digest('bad')], refused: [] });
  // Who sends a record names what it likes: what is not there, or no list, hides nothing of the others.
  const other = 'no list';
  await at.send(`/v1/blobs/${digest(other)}`, { method: 'PUT', body: other });
  await send(
    run({ exit_code: 0, inputs_ref: digest('nowhere') }),
    run({ exit_code: 0, inputs_ref: digest(other) }),
    run({ exit_code: 0, inputs: [digest('after')] }),
  );
  expect(await states(digest('after'))).toMatchObject({ passed: [digest('after')] });
  await at.restart();
  expect(await states(digest('bad'), digest('never'))).toMatchObject({
    passed: [digest('bad')],
    refused: [],
  });
});

it.each<[unknown]>([
  ['no JSON'],
  [{ schemaVersion: 2, digests: [] }],
  [{ schemaVersion: 1, digests: ['sha256:xyz'] }],
  [{ schemaVersion: 1, digests: Array.from({ length: 10_001 }, () => digest('a')) }],
  [{ schemaVersion: 1 }],
])('refuses a question that it does not understand', async (body) => {
  const response = await ask(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'REQUEST_INVALID' });
});

it('answers only callers that it knows', async () => {
  expect((await ask({ schemaVersion: 1, digests: [] }, null)).status).toBe(401);
  expect((await ask({ schemaVersion: 1, digests: [] }, at.tokens.auditor)).status).toBe(200);
});
