import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { generateBundleKey } from '../policy/index.ts';
import { verdictOf } from '../sources/index.ts';
import { inputText } from './opa/input-text.ts';
import { type Given, type Harness, harness } from './testing/harness.ts';
import { signedBundle } from './testing/signed.ts';

let at: Harness;

/** As OPA's documentation shows one. */
const event = (over: Record<string, unknown> = {}) => ({
  labels: { app: 'shop', id: '1780d507-aea2-45cc-ae50-fa153c8e4a5a', version: '1.22.2' },
  decision_id: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
  bundles: { authz: { revision: 'W3sibCI6InN5cy9jYXRhbG9nIiwicyI6NDA3MX1d' } },
  path: 'http/example/authz/allow',
  input: {
    method: 'GET',
    path: '/salary/bob',
    user: { password: 'hunter2-hunter2' },
    count: 12345678901234567890n,
  },
  result: true,
  erased: ['/input/token'],
  requested_by: '[::1]:59943',
  timestamp: '2026-06-03T20:07:16.939402185Z',
  ...over,
});
const json = (value: unknown) =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `#${item}#` : item)).replaceAll(
    /"#(\d+)#"/g,
    '$1',
  );
const send = (events: readonly unknown[], path = '/logs') =>
  at.send(path, {
    method: 'POST',
    body: new Uint8Array(gzipSync(json(events))),
    headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
  });

describe('a decision log', () => {
  afterEach(() => at.remove());

  it('becomes records, each decision once however often it is sent', async () => {
    at = await harness();
    const other = event({ decision_id: 'another', result: false });
    expect((await send([event(), other])).status).toBe(200);
    expect((await send([other])).status).toBe(200);
    await at.restart();
    expect((await send([event(), other])).status).toBe(200);
    const records = await at.records();
    expect(records.map(({ record_type }) => record_type)).toEqual(['decision', 'run', 'decision', 'run']);
    const [yes, run, no] = records;
    expect(yes).toMatchObject({
      emitter: 'ci/shop',
      layer: 'runtime',
      tool: 'opa',
      tool_version: '1.22.2',
      format: 'opa-decision-log',
      observed_at: '2026-06-03T20:07:16.939Z',
      policy_id: 'opa/http/example/authz/allow',
      subject_type: 'request',
      subject_id: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
      verdict: 'pass',
      disposition: 'none',
      actor_verified_by: 'token',
    });
    // OPA knows nothing of our control map, so its record does not name one.
    expect(yes?.bundle_digest).toBeUndefined();
    expect(run).toMatchObject({ run_id: yes?.run_id, run_total: 1 });
    expect(no).toMatchObject({ verdict: 'fail', disposition: 'observed' });
  });

  it('is stored without secrets; what OPA took out is listed beside what was taken out here', async () => {
    at = await harness();
    await send([event()]);
    const [yes] = await at.records();
    expect(yes?.redactions).toEqual([
      { path: '/user/password', reason: 'credential-shape' },
      { path: '/count', reason: 'exact-number' },
      { path: '/token', reason: 'opa-erased' },
    ]);
    expect(JSON.stringify(await at.records())).not.toContain('hunter2');
    expect(yes?.input_digest).toBeUndefined();
    expect(yes?.input_ref).toMatch(/^sha256:/);
  });

  it('an event that cannot be read is a gap, since OPA would send the whole chunk again for ever', async () => {
    at = await harness();
    expect((await send([{ nonsense: true }, event()])).status).toBe(200);
    expect((await at.records()).map(({ record_type }) => record_type).sort()).toEqual([
      'decision',
      'gap',
      'run',
    ]);
  });

  it('what is nested without end, or holds half a character, does not keep the rest of a chunk from the record', async () => {
    at = await harness();
    const deep = `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`;
    const list = json([
      event({ decision_id: 'deep', input: 'DEEP' }),
      event({ decision_id: 'half \ud83d' }),
      event({ decision_id: 'exact', input: { n: 'NUMBER' } }),
    ])
      .replace('"DEEP"', deep)
      .replace('"NUMBER"', '9007199254740993');
    const response = await at.send('/logs', { method: 'POST', body: list });
    expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
    const records = await at.records();
    expect(records.filter(({ record_type }) => record_type === 'gap')).toHaveLength(1);
    const exts = records.filter(({ record_type }) => record_type === 'decision').map(({ ext }) => ext);
    expect(exts.join()).toMatch(/"deep".*"exact"|"exact".*"deep"/s);
  });

  it('under the name of another emitter, or that is no list, is refused', async () => {
    at = await harness();
    expect((await send([event()], '/logs/ci%2Fother')).status).toBe(403);
    expect((await send([event()], '/logs/ci%2Fshop')).status).toBe(200);
    expect((await at.send('/logs', { method: 'POST', body: '{}' })).status).toBe(400);
    expect((await at.send('/logs', { method: 'POST', body: '[' })).status).toBe(400);
  });
});

describe('a status', () => {
  afterEach(() => at.remove());

  it('is recorded when it changes', async () => {
    at = await harness();
    const status = (main: Record<string, unknown>) =>
      at.send('/status', {
        method: 'POST',
        body: JSON.stringify({ labels: { id: 'a', version: '1.22.2' }, bundles: { main } }),
      });
    await status({ name: 'main' });
    await status({ active_revision: 'one', last_request: '2026-01-01T00:00:00Z' });
    await status({ active_revision: 'one', last_request: '2026-01-01T00:00:01Z' });
    await status({ active_revision: 'one', code: 'bundle_error', message: 'verification failed' });
    const records = (await at.records()).filter(({ record_type }) => record_type === 'bundle_state');
    expect(records.map(({ details, policy_revision }) => [details?.state, policy_revision])).toEqual([
      ['none', undefined],
      ['active', 'one'],
      ['refused', 'one'],
    ]);
  });
});

describe('what an answer of a rule says', () => {
  it.each<[string, unknown, unknown, string]>([
    ['a/allow', true, undefined, 'pass'],
    ['a/allow', false, undefined, 'fail'],
    ['a/deny', true, undefined, 'fail'],
    ['a/deny', [], undefined, 'pass'],
    ['a/deny_open', ['open'], undefined, 'fail'],
    ['envoy/authz/allow', { allowed: false, http_status: 403 }, undefined, 'fail'],
    // Undefined is not false, and a list under another name is no objection.
    ['a/allow', undefined, undefined, 'error'],
    ['a/users', ['bob'], undefined, 'not_evaluated'],
    ['a/allow', 'true', undefined, 'not_evaluated'],
    ['a/allow', true, { code: 'eval_error', message: 'conflict' }, 'error'],
  ])('%s: %j, error %j is %s', (path, result, error, verdict) => {
    expect(verdictOf(path, result, error).verdict).toBe(verdict);
  });
});

describe('the text of the input', () => {
  it.each([
    ['{"input": {"a": 1.10}}', ' {"a": 1.10}'],
    ['{"x":{"input":1},"input":[1,{"input":2}]}', '[1,{"input":2}]'],
    [String.raw`{"a":"\"input\":1","\u0069nput":"}\\"}`, String.raw`"}\\"`],
    ['{"input":1,"input":2}', '2'],
    ['{}', undefined],
    ['{"inputs":1}', undefined],
  ])('of %s is %s', (body, wanted) => {
    const found = inputText(Buffer.from(body));
    expect(found === undefined ? undefined : Buffer.from(found).toString()).toBe(wanted);
  });
});

describeWithOpa('decisions of our own bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-opa-'));
  const file = join(folder, 'bundle.tar.gz');
  const key = join(folder, 'bundle.pub.pem');
  const settings: Given = { bundles: [{ name: 'main', file, keys: [key] }] };
  const pair = generateBundleKey();
  beforeAll(async () => {
    writeFileSync(key, pair.publicKeyPem);
    writeFileSync(file, await signedBundle(pair.privateKeyPem, 1_700_000_000));
  });
  afterEach(() => at.remove());
  const ask = async (path: string, body: string) => {
    const response = await at.send(`/v1/data/${path}`, { method: 'POST', body });
    return [
      response.status,
      (await response.json()) as { result: Record<string, { violations: unknown }> },
    ] as const;
  };
  const boxes = { boxes: [{ id: 'a' }, { id: 'b', sealed: true }] };

  it('are answered by the module and are on the record before the caller has them', async () => {
    at = await harness(settings);
    const [status, answer] = await ask('exhibit/entry/results_json', JSON.stringify({ input: boxes }));
    expect([status, answer.result['box-sealed']?.violations]).toEqual([
      200,
      [{ subject: 'a', message: 'a is open' }],
    ]);
    const records = (await at.records()).filter(({ run_id }) => run_id !== undefined);
    expect(
      records.map(({ record_type, subject_id, verdict, disposition, run_total }) => [
        record_type,
        subject_id,
        verdict,
        disposition,
        run_total,
      ]),
    ).toEqual([
      ['decision', 'a', 'fail', 'warned', undefined],
      ['decision', 'b', 'pass', 'none', undefined],
      ['run', undefined, undefined, undefined, 2],
    ]);
    expect(records[0]).toMatchObject({
      policy_id: 'box-sealed',
      severity: 'high',
      policy_revision: 'revision-1700000000',
      emitter: 'server',
    });
    expect(records[0]?.bundle_digest).toMatch(/^sha256:/);
  });

  it('that an OPA made with the bundle are judged as the engine judges', async () => {
    at = await harness(settings);
    await send([
      event({
        path: 'exhibit/entry/results_json',
        bundles: { main: { revision: 'revision-1700000000' } },
        input: boxes,
        result: {
          'box-sealed': {
            population: [
              { id: 'a', type: 'box', name: 'a' },
              { id: 'b', type: 'box', name: 'b' },
            ],
            violations: [{ subject: 'a', message: 'a is open' }],
          },
        },
      }),
    ]);
    const records = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(
      records.map(({ policy_id, subject_id, verdict, tool }) => [policy_id, subject_id, verdict, tool]),
    ).toEqual([
      ['box-sealed', 'a', 'fail', 'opa'],
      ['box-sealed', 'b', 'pass', 'opa'],
    ]);
  });

  it('what cannot be asked is an error and never an empty answer', async () => {
    at = await harness(settings);
    for (const path of ['', 'exhibit', 'exhibit/entry', 'exhibit/policies/box_sealed/helper', 'system/main'])
      expect((await ask(path, '{"input": {}}'))[0], path).toBe(501);
    expect((await ask('exhibit/entry/results_json', '[1]'))[0]).toBe(400);
    expect((await ask('exhibit/entry/results_json', '{'))[0]).toBe(400);
  });
});
