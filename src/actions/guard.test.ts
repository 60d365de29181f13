import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWithOpa } from '../engine/testing/need-opa.ts';
import { isExhibitError } from '../record/index.ts';
import { applicationBundle, type Source } from '../server/application/testing/policies.ts';
import { newToken } from '../server/index.ts';
import { type Harness, harness } from '../server/testing/harness.ts';
import { type Action, createGuard } from './index.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const [agent, ada] = [newToken(random), newToken(random)];
const action = (over: Partial<Action> = {}): Action => ({
  tool: 'refund',
  arguments: { order: 'o-1', amount: 20 },
  agent: 'shop-bot',
  session: 's-1',
  ...over,
});

let at: Harness;
let source: Source;
const guard = (more = {}) => createGuard({ url: at.url, token: () => agent.token, ...more });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'performed',
    (error: unknown) => (isExhibitError(error) ? `${error.code}: ${error.message}` : String(error)),
  );
const decide = (id: string, digest: string, decision = 'approve') =>
  at.send(`/v1/approvals/${id}`, {
    method: 'POST',
    token: ada.token,
    body: JSON.stringify({ decision, digest, reason: 'seen' }),
  });
const story = async () =>
  (await at.records())
    .filter(({ record_type }) => record_type === 'approval')
    .map(({ details, message }) => (details?.event === 'outcome' ? message : details?.event));

describeWithOpa('a guarded action', () => {
  beforeAll(async () => {
    source = await applicationBundle();
  });
  afterAll(() => source.remove());
  beforeEach(async () => {
    at = await harness({
      ...source.settings,
      auth: {
        tokens: [
          { name: 'agent', hash: agent.hash, roles: ['emitter'] },
          { name: 'ada', hash: ada.hash, roles: ['approver'] },
        ],
      },
    });
  });
  afterEach(() => at.remove());

  it('that is allowed is performed, and what came of it is told', async () => {
    expect(await guard()(action({ tool: 'read' }), ({ tool }) => `did ${tool}`)).toBe('did read');
    const broken = guard()(action({ tool: 'read' }), () => Promise.reject(new Error('no such order')));
    expect(await codeOf(broken)).toBe('Error: no such order');
    expect(await story()).toEqual(['performed: read', 'failed: no such order']);
  });

  it('that is denied is not performed', async () => {
    let performed = 0;
    const perform = () => {
      performed += 1;
    };
    expect(await codeOf(guard()(action({ tool: 'drop' }), perform))).toBe(
      'ACTION_DENIED: drop was not performed: agent-action: nothing is dropped',
    );
    const denied = guard()(action(), perform, {
      onWaiting: ({ approval, digest }) => void decide(approval, digest, 'deny'),
    });
    expect(await codeOf(denied)).toBe('ACTION_DENIED: refund was not performed: the approval is denied');
    expect(performed).toBe(0);
  });

  it('that a person approved is performed once, with the arguments that were approved', async () => {
    const asked = action();
    const seen: unknown[] = [];
    await guard()(asked, (own) => void seen.push(own.arguments), {
      onWaiting: ({ approval, digest, reasons }) => {
        expect(reasons).toEqual(['agent-action: a refund wants a person']);
        // Whoever asked changes its mind while the person looks.
        asked.arguments.amount = 900;
        void decide(approval, digest);
      },
    });
    expect(seen).toEqual([{ order: 'o-1', amount: 20 }]);
    expect(await story()).toEqual(['requested', 'approved', 'used', 'performed: refund']);
  });

  it('goes on waiting while the server is away', { timeout: 60_000 }, async () => {
    const waiting = Promise.withResolvers<{ approval: string; digest: string }>();
    // The server has another port after its restart.
    const send: typeof fetch = (url, init) => {
      const { pathname } = new URL(String(url));
      return fetch(new URL(pathname, at.url), init);
    };
    const done = guard({ fetch: send })(action(), () => 'done', { onWaiting: waiting.resolve });
    const { approval, digest } = await waiting.promise;
    await at.restart();
    expect((await decide(approval, digest)).status).toBe(200);
    expect(await done).toBe('done');
  });

  it('is given up where its caller gives up', async () => {
    const controller = new AbortController();
    const done = guard()(action(), () => 'done', {
      signal: controller.signal,
      onWaiting: () => controller.abort(new Error('enough')),
    });
    expect(await codeOf(done)).toBe('Error: enough');
  });
});

describe('an answer that is no allow', () => {
  const with_ = (response: () => Promise<Response>) =>
    createGuard({ url: 'http://127.0.0.1:1', token: () => 't', fetch: response })(action(), () => 'done');
  const json = (value: unknown, status = 200) =>
    Promise.resolve(new Response(JSON.stringify(value), { status }));

  it.each<[string, () => Promise<Response>, RegExp]>([
    ['none', () => Promise.reject(new Error('refused')), /^SERVER_UNREACHABLE/],
    ['no JSON', () => Promise.resolve(new Response('<html>')), /^REQUEST_INVALID/],
    ['a word that is not known', () => json({ decision: 'maybe', id: '1', digest: 'd' }), /^REQUEST_INVALID/],
    ['an allow without its id', () => json({ decision: 'allow' }), /^REQUEST_INVALID/],
    [
      'an error',
      () => json({ code: 'AUTH_INVALID', message: 'the token has expired' }, 401),
      /^AUTH_INVALID/,
    ],
    [
      'an allow with the status of an error',
      () => json({ decision: 'allow', id: '1', digest: 'd' }, 500),
      /^INTERNAL/,
    ],
  ])('(%s) performs nothing', async (_, response, expected) => {
    expect(await codeOf(with_(response))).toMatch(expected);
  });
});
