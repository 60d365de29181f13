import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithOpa } from '../../engine/testing/need-opa.ts';
import { newToken } from '../index.ts';
import { type Given, type Harness, harness } from '../testing/harness.ts';
import { applicationBundle, type Source } from './testing/policies.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const PEOPLE = {
  agent: ['emitter'],
  other: ['emitter'],
  ada: ['approver'],
  bob: ['approver', 'emitter'],
} as const;
type Name = keyof typeof PEOPLE | 'root';
const tokens = Object.fromEntries(
  [...Object.keys(PEOPLE), 'root'].map((name) => [name, newToken(random)]),
) as Record<Name, ReturnType<typeof newToken>>;
const REFUND = { tool: 'refund', arguments: { order: 'o-1', amount: 20 }, agent: 'shop-bot', session: 's-1' };

interface Body {
  code?: string;
  message?: string;
  decision?: string;
  id?: string;
  digest?: string;
  status?: string;
  approval?: { id: string; expires: string };
  [field: string]: unknown;
}

let at: Harness;
let source: Source;
let now = Date.parse('2026-11-26T12:00:00Z');

async function start(more: Given = {}): Promise<void> {
  now = Date.parse('2026-11-26T12:00:00Z');
  const of = (name: Name, roles: readonly ('emitter' | 'approver' | 'administrator')[]) => ({
    name,
    hash: tokens[name].hash,
    roles: [...roles],
  });
  const people = Object.entries(PEOPLE).map(([name, roles]) => of(name as Name, roles));
  at = await harness(
    { ...source.settings, auth: { tokens: [...people, of('root', ['administrator'])] }, ...more },
    () => now,
  );
}

async function call(who: Name, path: string, body?: unknown, headers = {}): Promise<[number, Body]> {
  const response = await at.send(path, {
    method: body === undefined ? 'GET' : 'POST',
    token: tokens[who].token,
    headers,
    ...(body === undefined
      ? {}
      : {
          body:
            typeof body === 'string' || body instanceof Uint8Array
              ? (body as BodyInit)
              : JSON.stringify(body),
        }),
  });
  return [response.status, (await response.json()) as Body];
}
const act = (who: Name, over: object = {}) => call(who, '/v1/actions', { ...REFUND, ...over });
const decide = (who: Name, id: string, digest: string, decision = 'approve') =>
  call(who, `/v1/approvals/${id}`, { decision, digest, reason: 'the customer is right' });

/** A refund that waits. */
async function wait(over: object = {}): Promise<{ id: string; digest: string }> {
  const [, { approval, digest }] = await act('agent', over);
  return { id: approval?.id ?? expect.fail('no approval'), digest: digest ?? '' };
}
async function approved(): Promise<{ id: string; digest: string }> {
  const one = await wait();
  expect(await decide('ada', one.id, one.digest)).toEqual([
    200,
    { schemaVersion: 1, id: one.id, status: 'approved' },
  ]);
  return one;
}
const why = ([status, { code, message }]: [number, Body]) => [status, code, message];
/** What the log says of approvals: event, and why where it was refused. */
async function story(): Promise<string[]> {
  return (await at.records())
    .filter(({ record_type }) => record_type === 'approval')
    .map(({ details }) => `${details?.event}${details?.why === undefined ? '' : `: ${details.why}`}`);
}

describeWithOpa('an action of an agent', () => {
  beforeAll(async () => {
    source = await applicationBundle();
  });
  afterAll(() => source.remove());
  afterEach(() => at.remove());

  it.each<[string, string]>([
    [
      'hides an argument where many readers do not look',
      '{"order":"o-1","amount":20,"__proto__":{"amount":20000}}',
    ],
    ['hides one deeper', '{"order":"o-1","amount":20,"more":{"__proto__":{"amount":20000}}}'],
    ['says an argument twice', '{"order":"o-1","amount":20000,"amount":20}'],
    ['says a number with more digits than are judged', '{"order":"o-1","amount":20.000000000000000001}'],
    ['says a number beyond what is judged', '{"order":"o-1","amount":9007199254740993}'],
    ['holds half a character', '{"order":"\\ud83d","amount":20}'],
    ['is deeper than anybody reads', `{"order":"o-1","amount":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('that %s is refused, with and without an approval of what it looks like', async (_, args) => {
    await start();
    const { id } = await approved();
    const text = (more: string) =>
      `{"tool":"refund","arguments":${args},"agent":"shop-bot","session":"s-1"${more}}`;
    for (const body of [text(''), text(`,"approval":"${id}"`)])
      expect(
        (await call('agent', '/v1/actions', body)).map((one) => (typeof one === 'number' ? one : one.code)),
      ).toEqual([400, 'REQUEST_INVALID']);
    expect((await act('agent', { approval: id }))[1]).toMatchObject({ decision: 'allow' });
  });

  it('is allowed, denied, or waits for a person, by policy, and is on the record', async () => {
    await start();
    const [, read] = await act('agent', { tool: 'read' });
    expect(read).toMatchObject({ decision: 'allow', schemaVersion: 1 });
    expect((await act('agent', { tool: 'drop' }))[1]).toMatchObject({
      decision: 'deny',
      reasons: [{ policy_id: 'agent-action', message: 'nothing is dropped' }],
    });
    expect((await act('agent', { arguments: { amount: 2_000 } }))[1].decision).toBe('deny');
    const [, refund] = await act('agent');
    expect(refund).toMatchObject({
      decision: 'require-approval',
      approval: { expires: '2026-11-26T12:15:00.000Z' },
    });
    // The digest by another implementation of RFC 8785.
    const expected = createHash('sha256')
      .update(canonicalize(REFUND) ?? '')
      .digest('hex');
    expect(refund.digest).toBe(`sha256:${expected}`);
    const records = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(records.map(({ policy_id, verdict, disposition }) => [policy_id, verdict, disposition])).toEqual([
      ['agent-action', 'pass', 'none'],
      ['agent-action', 'fail', 'enforced'],
      ['agent-action', 'fail', 'enforced'],
      ['agent-action', 'fail', 'awaiting_approval'],
    ]);
    expect(records[3]?.details?.approval).toBe(refund.approval?.id);
    expect(records[3]).toMatchObject({
      format: 'agent-action',
      actor_verified_by: 'token',
      layer: 'runtime',
    });
    expect(await story()).toEqual(['requested']);
  });

  it('names the AI system that it says it is part of in each decision, and that is part of what is approved', async () => {
    await start();
    expect((await act('agent', { tool: 'read', ai_system: 'credit' }))[1].decision).toBe('allow');
    expect((await act('agent', { tool: 'read' }))[1].decision).toBe('allow');
    const { id } = await approved();
    expect(why(await act('agent', { ai_system: 'credit', approval: id }))[2]).toBe(
      'the approval is for another action',
    );
    expect((await act('agent', { ai_system: '' }))[0]).toBe(400);
    const decisions = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(decisions.map(({ details }) => details?.ai_system)).toEqual(['credit', undefined, undefined]);
  });

  it('of a tool that no policy speaks of is denied, and so is every one without a bundle', async () => {
    await start();
    const [, unknown] = await act('agent', { tool: 'nuke' });
    expect(unknown).toMatchObject({
      decision: 'deny',
      reasons: [{ message: 'no policy of the layer runtime applies' }],
    });
    await at.restart({ auth: { tokens: [{ name: 'agent', hash: tokens.agent.hash, roles: ['emitter'] }] } });
    expect((await act('agent', { tool: 'read' }))[1]).toMatchObject({
      decision: 'deny',
      reasons: [{ message: 'there is no verified bundle' }],
    });
    const decisions = (await at.records()).filter(({ record_type }) => record_type === 'decision');
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['not_evaluated', 'not_evaluated']);
  });

  it('is done once with an approval, and its outcome is said once', async () => {
    await start();
    const { id } = await approved();
    const [, used] = await act('agent', { approval: id });
    expect(used).toMatchObject({ decision: 'allow', approval: { id } });
    expect(why(await act('agent', { approval: id }))).toEqual([
      409,
      'APPROVAL_REFUSED',
      'the approval was used before',
    ]);
    const outcome = (who: Name) => call(who, `/v1/actions/${used.id}/outcome`, { outcome: 'performed' });
    expect((await outcome('other'))[0]).toBe(404);
    expect((await outcome('agent'))[0]).toBe(200);
    expect((await outcome('agent'))[0]).toBe(409);
    expect((await call('agent', `/v1/approvals/${id}`))[1].status).toBe('used');
    expect(await story()).toEqual([
      'requested',
      'approved',
      'used',
      'refused: the approval was used before',
      'outcome',
    ]);
    const fails = (await at.records()).filter(({ verdict }) => verdict === 'fail');
    expect(fails.map(({ disposition, details }) => [disposition, details?.approval])).toEqual([
      ['awaiting_approval', id],
      ['none', id],
    ]);
  });

  it('is used by one of many who try at the same moment', async () => {
    await start();
    const { id } = await approved();
    const all = await Promise.all(Array.from({ length: 8 }, () => act('agent', { approval: id })));
    expect(all.filter(([status]) => status === 200)).toHaveLength(1);
    expect(all.filter(([status]) => status === 409)).toHaveLength(7);
  });

  it.each<[string, object]>([
    ['amount', { arguments: { order: 'o-1', amount: 21 } }],
    ['session', { session: 's-2' }],
    ['agent', { agent: 'other-bot' }],
    ['subject', { subject: 'eve' }],
    ['one more argument', { arguments: { ...REFUND.arguments, to: 'eve' } }],
  ])('with another %s than was approved is refused', async (_, over) => {
    await start();
    const { id } = await approved();
    expect(why(await act('agent', { ...over, approval: id }))).toEqual([
      409,
      'APPROVAL_REFUSED',
      'the approval is for another action',
    ]);
    // The same arguments in another order are the same action.
    const turned = { amount: 20, order: 'o-1' };
    expect((await act('agent', { arguments: turned, approval: id }))[1].decision).toBe('allow');
  });

  it('is refused with an approval that is pending, denied, of another caller or made up', async () => {
    await start();
    const { id, digest } = await wait();
    expect(why(await act('agent', { approval: id }))[2]).toBe('nobody has approved it yet');
    expect(why(await act('other', { approval: id }))[2]).toBe('the approval is for another caller');
    const made = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(why(await act('agent', { approval: made }))).toEqual([
      404,
      'APPROVAL_REFUSED',
      'the approval is not known',
    ]);
    await decide('ada', id, digest, 'deny');
    expect(why(await act('agent', { approval: id }))[2]).toBe('the approval was denied');
    expect(await story()).toEqual([
      'requested',
      'refused: nobody has approved it yet',
      'refused: the approval is for another caller',
      'refused: the approval is not known',
      'denied',
      'refused: the approval was denied',
    ]);
  });

  it('expires: neither decided about nor used from then on', async () => {
    await start({ actions: { approval_seconds: 60 } });
    const late = await wait();
    const { id } = await approved();
    now += 59_999;
    expect((await call('agent', `/v1/approvals/${id}`))[1].status).toBe('approved');
    now += 1;
    expect(why(await act('agent', { approval: id }))).toEqual([
      410,
      'APPROVAL_REFUSED',
      'the approval has expired',
    ]);
    expect(why(await decide('ada', late.id, late.digest))[2]).toBe('the approval has expired');
    expect((await call('agent', `/v1/approvals/${id}`))[1].status).toBe('expired');
  });

  it('is judged again when the approval is used', async () => {
    await start();
    const { id } = await approved();
    await at.restart({
      auth: { tokens: [{ name: 'agent', hash: tokens.agent.hash, roles: ['emitter'] }] },
    });
    expect((await act('agent', { approval: id }))[1].decision).toBe('deny');
  });

  it('that waits, was approved or was used does so after a restart as well', async () => {
    await start();
    const waits = await wait();
    const ready = await approved();
    const spent = await approved();
    await act('agent', { approval: spent.id });
    await at.restart();
    expect((await act('agent', { approval: spent.id }))[0]).toBe(409);
    expect((await act('agent', { approval: ready.id }))[1].decision).toBe('allow');
    expect((await decide('ada', waits.id, waits.digest))[0]).toBe(200);
  });

  it('shows no secret to who looks at it later, and no digest by which one could be tried', async () => {
    await start();
    const secret = 'hunter2-hunter2';
    const { id, digest } = await wait({ arguments: { amount: 1, password: secret } });
    const [, shown] = await call('ada', `/v1/approvals/${id}`);
    expect(shown).toMatchObject({ digest, redactions: ['/arguments/password'] });
    const records = JSON.stringify([shown, await at.records()]);
    expect(records).not.toContain(secret);
    expect(JSON.stringify(await at.records())).not.toContain(digest);
  });
});

describeWithOpa('an approval', () => {
  beforeAll(async () => {
    source = await applicationBundle();
  });
  afterAll(() => source.remove());
  afterEach(() => at.remove());

  it('is given by a person with the role, never by who asked or for whom it is done', async () => {
    await start();
    const { id, digest } = await wait({ subject: 'ada' });
    expect(why(await decide('agent', id, digest))).toEqual([
      403,
      'APPROVAL_REFUSED',
      'this needs the role approver',
    ]);
    expect(why(await decide('root', id, digest))[2]).toBe('this needs the role approver');
    expect(why(await decide('ada', id, digest))[2]).toBe('nobody approves what is done in their own name');
    const [, own] = await act('bob');
    expect(why(await decide('bob', own.approval?.id ?? '', own.digest ?? ''))[2]).toBe(
      'nobody approves what they asked for',
    );
    expect((await decide('bob', id, digest))[0]).toBe(200);
    expect(await story()).toEqual([
      'requested',
      'refused: this needs the role approver',
      'refused: this needs the role approver',
      'refused: nobody approves what is done in their own name',
      'requested',
      'refused: nobody approves what they asked for',
      'approved',
    ]);
  });

  it('is given once, for the action that was looked at', async () => {
    await start();
    const { id, digest } = await wait();
    const other = await wait({ session: 's-2' });
    expect(why(await decide('ada', id, other.digest))[2]).toBe('the digest is of another action');
    const both = await Promise.all([decide('ada', id, digest), decide('bob', id, digest, 'deny')]);
    expect(both.map(([status]) => status).sort()).toEqual([200, 409]);
    expect((await decide('ada', id, digest))[0]).toBe(409);
    expect((await decide('ada', '01890a5d-ac96-774b-bcce-b302099a8057', digest))[0]).toBe(404);
    const given = (await story()).filter((one) => one === 'approved' || one === 'denied');
    expect(given).toHaveLength(1);
  });

  it('cannot be forged with a record that says so', async () => {
    await start();
    const { id } = await wait();
    const forged = {
      schema: 'exhibit.record/1',
      record_id: '01890a5d-ac96-774b-bcce-b302099a8057',
      record_type: 'approval',
      observed_at: '2026-11-26T12:00:00.000Z',
      emitter: 'people/bob',
      sequence: 0,
      layer: 'runtime',
      tool: 'exhibit',
      subject_type: 'action',
      subject_id: id,
      message: 'approved: really',
      details: { event: 'approved' },
    };
    await at.restart({
      ...source.settings,
      auth: {
        tokens: [
          { name: 'agent', hash: tokens.agent.hash, roles: ['emitter'] },
          { name: 'bob', hash: tokens.bob.hash, roles: ['approver'], emitters: ['people/bob'] },
        ],
      },
    });
    expect((await call('bob', '/v1/records', JSON.stringify(forged)))[0]).toBe(200);
    await at.restart();
    expect(why(await act('agent', { approval: id }))[2]).toBe('nobody has approved it yet');
  });

  it('is seen by who asked and by approvers; a long poll ends when somebody has decided', async () => {
    await start();
    const { id, digest } = await wait();
    expect((await call('other', `/v1/approvals/${id}`))[0]).toBe(403);
    expect((await call('agent', '/v1/approvals'))[0]).toBe(403);
    expect((await call('ada', '/v1/approvals'))[1]).toMatchObject({
      approvals: [{ id, status: 'pending', action: { tool: 'refund' } }],
      not_listed: 0,
    });
    const poll = call('agent', `/v1/approvals/${id}`, undefined, { prefer: 'wait=60' });
    await decide('ada', id, digest);
    expect((await poll)[1].status).toBe('approved');
  });

  it('is not waited for by a server that stops', async () => {
    await start();
    const { id } = await wait();
    const poll = call('agent', `/v1/approvals/${id}`, undefined, { prefer: 'wait=60' });
    await call('agent', `/v1/approvals/${id}`);
    await at.stop();
    expect((await poll)[1].status).toBe('pending');
  });

  it('more of them than may wait are told to come again', async () => {
    await start({ actions: { waiting: 1 } });
    await wait();
    expect((await act('agent', { session: 's-2' }))[0]).toBe(429);
  });

  it.each<[string, unknown, number]>([
    ['no JSON', '{', 400],
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), 400],
    ['an unknown field', { ...REFUND, admin: true }, 400],
    ['no tool', { ...REFUND, tool: '' }, 400],
    ['a number beyond 2^53', JSON.stringify(REFUND).replace('20', '12345678901234567890'), 400],
    ['a lone surrogate', JSON.stringify(REFUND).replace('o-1', '\\ud800'), 400],
    ['an approval that is no id', { ...REFUND, approval: '../x' }, 400],
    ['10 MB', { ...REFUND, arguments: { text: 'x'.repeat(10 * 1024 * 1024) } }, 413],
    ['depth', JSON.stringify(REFUND).replace('20', `${'['.repeat(50_000)}${']'.repeat(50_000)}`), 400],
  ])('a request with %s is refused', async (_, body, status) => {
    await start();
    expect((await call('agent', '/v1/actions', body))[0]).toBe(status);
  });

  it('without a token, or with an expired one, nothing is asked', async () => {
    await start();
    const body = JSON.stringify(REFUND);
    for (const path of ['/v1/actions', '/v1/approvals/x', '/v1/cedar/is-authorized'])
      expect((await at.send(path, { method: 'POST', body, token: null })).status, path).toBe(401);
    await at.restart({
      ...source.settings,
      auth: {
        tokens: [
          { name: 'agent', hash: tokens.agent.hash, roles: ['emitter'], expires: '2026-11-26T12:00:00Z' },
        ],
      },
    });
    expect((await act('agent'))[0]).toBe(401);
  });
});
