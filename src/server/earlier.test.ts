import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCHEMA, uuidv7 } from '../record/index.ts';
import { type Harness, harness, lines } from './testing/harness.ts';

let at: Harness;
let sequence: number;
beforeEach(async () => {
  sequence = 0;
  at = await harness({ seal_milliseconds: 10 });
});
afterEach(() => at.remove());

const random = (length: number) => new Uint8Array(randomBytes(length));
const [RUN, REVIEW] = [0, 1].map(() => uuidv7(Date.now(), random));
const decision = (verdict: string, over: Record<string, unknown> = {}) => ({
  ...{ schema: SCHEMA, record_id: uuidv7(Date.now(), random), record_type: 'decision' },
  ...{ observed_at: '2026-11-25T12:00:00.000Z', emitter: 'ci/shop', sequence: sequence++, layer: 'ci' },
  ...{ tool: 'exhibit', run_id: RUN, run_index: 0, policy_id: 'limits', rule_id: 'limits' },
  ...{ subject_type: 'container', subject_id: 'Pod/shop/web', subject_name: 'web' },
  ...{ verdict, disposition: verdict === 'fail' ? 'observed' : 'none', severity: 'high', ...over },
});
const send = async (...records: object[]) => {
  const answer = await at.send('/v1/records', { method: 'POST', body: lines(records) });
  expect(await answer.json()).toMatchObject({ accepted: records.length, refused: [] });
  const sealed = async () => (await at.send('/metrics', { token: at.tokens.engineer })).text();
  await expect.poll(sealed, { timeout: 10_000 }).toMatch(/^exhibit_unsealed_records 0$/m);
};
const ask = (body: unknown, token: string | null = at.tokens.emitter) =>
  at.send('/v1/earlier', { method: 'POST', body: JSON.stringify(body), token });
const WEB = { policy_id: 'limits', rule_id: 'limits', subject_id: 'Pod/shop/web' };
const one = async (over: object = {}, token?: string) => {
  const answer = await ask({ schemaVersion: 1, asked: [{ ...WEB, ...over }] }, token);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { passes: unknown[] }).passes[0];
};

it('says the last word of earlier gates, with the run of CI behind it, also of records that come later', async () => {
  expect(await one()).toBeNull();
  const ci = decision('pass', { change: 'https://ci.example.com/7' });
  await send(ci);
  const run = { run_id: RUN, change: 'https://ci.example.com/7' };
  expect(await one()).toEqual({
    ...{ record_id: ci.record_id, layer: 'ci', observed_at: '2026-11-25T12:00:00.000Z', ci: run },
  });
  const passed = { object: { ...run, attestation: `sha256:${'a'.repeat(64)}`, from: 'annotation' } };
  const admitted = decision('pass', { layer: 'admission', run_id: REVIEW, details: { passed } });
  await send(admitted);
  expect(await one()).toMatchObject({
    record_id: admitted.record_id,
    ci: { ...run, attestation: passed.object.attestation },
  });
  await at.restart();
  expect(await one()).toMatchObject({ record_id: admitted.record_id });
  await send(decision('fail', { layer: 'admission' }));
  expect(await one()).toBeNull();
});

it('of another environment or cluster is no word about this one', async () => {
  const here = decision('pass', { environment: 'production', details: { cluster: 'a' } });
  await send(here, decision('fail', { environment: 'production', details: { cluster: 'b' } }));
  const place = { environment: 'production', cluster: 'a' };
  expect(await one(place)).toMatchObject({ record_id: here.record_id });
  expect(await one({ ...place, cluster: 'b' })).toBeNull();
  expect(await one({ ...place, environment: 'test' })).toBeNull();
});

it('gives what passed to those who may read evidence, and its name alone to an emitter', async () => {
  const object = { kind: 'Pod', metadata: { name: 'web' } };
  const input = JSON.stringify({ kind: 'AdmissionReview', request: { object } });
  const input_ref = `sha256:${createHash('sha256').update(input).digest('hex')}`;
  await at.send(`/v1/blobs/${input_ref}`, { method: 'PUT', body: input });
  await send(decision('pass', { layer: 'admission', input_ref, input_digest: input_ref }));
  expect(await one()).not.toHaveProperty('object');
  expect(await one({}, at.tokens.auditor)).toMatchObject({ object });
});

it('is for callers that are known, and for questions that it understands', async () => {
  expect((await ask({ schemaVersion: 1, asked: [] }, null)).status).toBe(401);
  const many = Array.from({ length: 501 }, () => WEB);
  for (const body of [{ asked: [] }, { schemaVersion: 1, asked: [{}] }, { schemaVersion: 1, asked: many }])
    expect((await ask(body)).status).toBe(400);
});
