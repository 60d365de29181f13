import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditDraft, plainDetails, recordActs } from '../../audit/index.ts';
import { decision } from '../../ledger/testing/records.ts';
import { fill } from './testing/fill.ts';
import { type Stage, stage } from './testing/stage.ts';
import { fieldOf, type Visitor } from './testing/visitor.ts';

// Each state is read by a process of its own, which a busy machine starts slowly.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let one: Stage;
let id: string;

beforeAll(async () => {
  one = await stage();
  id = await one.open();
});
afterAll(() => one?.remove());

async function auditor(engagement = id): Promise<Visitor> {
  const visitor = one.visitor();
  expect((await visitor.enter(await one.linkUrl({ engagement }))).status).toBe(303);
  return visitor;
}

async function team(...roles: string[]): Promise<Visitor> {
  const visitor = one.visitor();
  expect((await visitor.enter(await one.linkUrl({ roles }))).status).toBe(303);
  return visitor;
}

describe('a link', () => {
  test('signs in once: who opens it uses nothing up, who presses the button does', async () => {
    const url = await one.linkUrl({ engagement: id });
    const { pathname } = new URL(url);
    const scanner = one.visitor();
    for (let i = 0; i < 3; i += 1) expect((await scanner.get(pathname)).status).toBe(200);
    const visitor = one.visitor();
    const entered = await visitor.enter(url);
    expect(entered.status).toBe(303);
    expect(entered.headers.location).toBe(`/portal/e/${id}/`);
    const again = await one.visitor().enter(url);
    expect(again.status).toBe(403);
    expect(again.body).toContain('This link lets nobody in');
    expect((await visitor.ready(`/portal/e/${id}/`)).status).toBe(200);
  });

  test('two at once: one comes in', async () => {
    const url = await one.linkUrl({ engagement: id });
    const visitors = [one.visitor(), one.visitor(), one.visitor()];
    const answers = await Promise.all(visitors.map((each) => each.enter(url)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403, 403]);
  });

  test('is good after a restart, and used up after another one', async () => {
    const own = await stage();
    try {
      const engagement = await own.open();
      const url = await own.linkUrl({ engagement });
      await own.restart();
      expect((await own.visitor().enter(url)).status).toBe(303);
      await own.restart();
      expect((await own.visitor().enter(url)).status).toBe(403);
      // The token itself stands nowhere.
      const records = await own.records();
      const token = url.split('/').at(-1) ?? '';
      expect(JSON.stringify(records)).not.toContain(token);
      const kinds = records
        .filter(({ emitter }) => emitter === 'exhibit.audit')
        .map(({ details }) => details?.kind);
      expect(kinds).toEqual(['engagement opened', 'link made', 'signed in', 'refused']);
    } finally {
      await own.remove();
    }
  });

  test('that is too old, of an engagement that is over, or made up lets nobody in', async () => {
    const own = await stage({ link_hours: 1 });
    try {
      const engagement = await own.open();
      const [old, closed] = [await own.linkUrl({ engagement }), await own.open()];
      const over = await own.linkUrl({ engagement: closed });
      await own.close(closed);
      expect((await own.visitor().enter(over)).status).toBe(403);
      own.wait(3_600_001);
      expect([
        (await own.visitor().enter(old)).status,
        own.log.filter(({ level }) => level === 'error'),
      ]).toEqual([403, []]);
      for (const token of ['A'.repeat(43), 'x', '..', '%00', 'A'.repeat(5_000)])
        expect((await own.visitor().enter(`${own.url}/portal/link/${token}`)).status).toBe(403);
      expect((await own.link({ engagement: closed })).status).toBe(403);
      expect((await own.link({ engagement: 'eng-0000000000000000' })).status).toBe(404);
    } finally {
      await own.remove();
    }
  });

  test('into an engagement is made by an approver; with a role of the team by an administrator alone', async () => {
    expect((await one.link({ engagement: id }, one.approver)).status).toBe(201);
    expect((await one.link({ engagement: id }, one.tokens.auditor)).status).toBe(403);
    expect((await one.link({ engagement: id }, one.tokens.engineer)).status).toBe(403);
    expect((await one.link({ roles: ['administrator'] }, one.approver)).status).toBe(403);
    expect((await one.link({ roles: ['engineer'] })).status).toBe(201);
    expect((await one.link({ engagement: id, roles: ['engineer'] })).status).toBe(400);
  });

  test('is not taken from a form of another site', async () => {
    const url = await one.linkUrl({ engagement: id });
    const link = url.split('/').at(-1) ?? '';
    const visitor = one.visitor();
    expect((await visitor.post('/portal/link', { link, form: '' })).status).toBe(403);
    const page = await visitor.get(new URL(url).pathname);
    const form = fieldOf(page.body, 'form');
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect((await visitor.post('/portal/link', { link, form }, cross)).status).toBe(403);
    expect(
      (await visitor.post('/portal/link', { link, form }, { origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect((await visitor.post('/portal/link', { link, form: 'other' })).status).toBe(403);
    expect((await visitor.post('/portal/link', { link, form }, { origin: 'null' })).status).toBe(303);
  });
});

describe('a session', () => {
  test('is a new one, whatever the browser brought with it', async () => {
    const visitor = one.visitor();
    visitor.cookies.set('exhibit-session', 'chosen-by-somebody-else');
    const entered = await visitor.enter(await one.linkUrl({ engagement: id }));
    const [cookie] = (entered.headers['set-cookie'] as string[]).filter((line) =>
      line.startsWith('exhibit-session='),
    );
    expect(cookie).toMatch(/^exhibit-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const other = one.visitor();
    other.cookies.set('exhibit-session', 'chosen-by-somebody-else');
    expect((await other.get(`/portal/e/${id}/`)).status).toBe(401);
  });

  test('a second sign-in in the same browser ends the first', async () => {
    const visitor = await auditor();
    const before = visitor.cookies.get('exhibit-session') ?? '';
    await visitor.enter(await one.linkUrl({ engagement: id }));
    const old = one.visitor();
    old.cookies.set('exhibit-session', before);
    expect((await old.get(`/portal/e/${id}/`)).status).toBe(401);
  });

  test('ends by signing out; two cookies of its name are none', async () => {
    const visitor = await auditor();
    const page = await visitor.ready(`/portal/e/${id}/requests`);
    const token = visitor.cookies.get('exhibit-session') ?? '';
    const twice = { cookie: `exhibit-session=${token}; exhibit-session=x` };
    expect((await one.visitor().get(`/portal/e/${id}/requests`, twice)).status).toBe(401);
    expect((await visitor.post('/portal/sign-out', { csrf: fieldOf(page.body, 'csrf') })).status).toBe(303);
    const stolen = one.visitor();
    stolen.cookies.set('exhibit-session', token);
    expect((await stolen.get(`/portal/e/${id}/requests`)).status).toBe(401);
  });

  test('ends when it is idle, when its time is over, and with the engagement', async () => {
    const own = await stage({ idle_minutes: 10, session_minutes: 30 });
    const enter = async (engagement: string) => {
      const visitor = own.visitor();
      await visitor.enter(await own.linkUrl({ engagement }));
      await visitor.ready(`/portal/e/${engagement}/`);
      return visitor;
    };
    const status = async (visitor: Visitor, engagement: string) =>
      (await visitor.get(`/portal/e/${engagement}/requests`)).status;
    try {
      const [first, second] = [await own.open(), await own.open({ days: 20 / 1_440 })];
      const [idle, closed, expiring] = [await enter(first), await enter(first), await enter(second)];
      await own.close(first);
      expect(await status(closed, first)).toBe(403);
      expect(await status(closed, first)).toBe(401);
      own.wait(9 * 60_000);
      expect(await status(expiring, second)).toBe(200);
      own.wait(2 * 60_000);
      expect(await status(idle, first)).toBe(401);
      expect(await status(expiring, second)).toBe(200);
      own.wait(9.5 * 60_000);
      expect(await status(expiring, second)).toBe(401);
    } finally {
      await own.remove();
    }
  });

  test('behind https its cookies are Secure, and of this host alone', async () => {
    const own = await stage({ public_url: 'https://evidence.example.com' });
    try {
      const engagement = await own.open();
      const url = await own.linkUrl({ engagement });
      expect(url).toMatch(/^https:\/\/evidence\.example\.com\/portal\/link\/[\w-]{43}$/);
      const visitor = own.visitor();
      const host = { host: 'evidence.example.com' };
      const page = await visitor.get(new URL(url).pathname, host);
      const fields = { form: fieldOf(page.body, 'form'), link: fieldOf(page.body, 'link') };
      const entered = await visitor.post('/portal/link', fields, host);
      expect(entered.headers['set-cookie']).toEqual([
        expect.stringMatching(/^__Host-exhibit-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
      ]);
      expect((await visitor.get('/portal/', { host: 'evil.example' })).status).toBe(421);
      expect((await visitor.get('/portal/')).status).toBe(421);
    } finally {
      await own.remove();
    }
  });
});

describe('closed by default', () => {
  test('what lies outside is refused in the same words, whether it is there or not, and is on record', async () => {
    const other = await one.open({ framework: 'iso27001' });
    const visitor = await auditor();
    await visitor.ready(`/portal/e/${id}/`);
    const today = new Date(one.now()).toISOString().slice(0, 10);
    const bodies = new Set<string>();
    const paths = [
      `/portal/e/${other}/`,
      `/portal/e/${other}/pack/download`,
      '/portal/e/eng-0000000000000000/',
      '/portal/e/',
      '/portal/lead',
      '/portal/engineer',
      `/portal/e/${id}/coverage?period=2020-01-01..${today}`,
      `/portal/e/${id}/coverage?framework=iso27001`,
      `/portal/e/${id}/coverage?from=2020-01-01`,
      `/portal/e/${id}/coverage?at=999999`,
      `/portal/e/${id}/coverage?at=-1`,
      `/portal/e/${id}/coverage?at=1&at=2`,
      `/portal/e/${id}/control/..%2f..%2foverrides`,
      `/portal/e/${id}/control/__proto__`,
      `/portal/e/${id}/__proto__`,
      `/portal/e/${id}/constructor`,
      `/portal/e/${id}/nis2`,
      `/portal/e/${id}/../../e/${other}/`,
      `/portal/e/${id}/%2e%2e/${other}`,
      `/portal/e/${id}/record/-1`,
      `/portal/e/${id}/record/1e3`,
      `/portal/e/${id}/record/99999999999`,
    ];
    for (const path of paths) {
      const { status, body } = await visitor.get(path);
      expect([path, status]).toEqual([path, 404]);
      bodies.add(body);
    }
    expect(bodies.size).toBe(1);
    // What the session may see, and how it is named: of nothing else is anything said.
    const [body = ''] = bodies;
    expect(body).toContain(
      `What you may see is soc2, ${today} to ${today}. An address names the whole period`,
    );
    expect(body).toMatch(/Records have numbers from 0 to [0-9]+, as far as these pages have read the log\./);
    for (const secret of [other, 'iso27001']) expect(body).not.toContain(secret);
    // One that cannot be decoded is wrong before anybody asks whose it is.
    expect((await visitor.get(`/portal/e/${id}/%ff`)).status).toBe(400);
  });

  test('records of another framework, and acts of another audit, are not there for an auditor', async () => {
    const own = await stage();
    try {
      const [mine, other] = [await own.open(), await own.open({ framework: 'iso27001' })];
      const sent = await own.send('/v1/records', {
        method: 'POST',
        body: `${JSON.stringify({ ...decision('ci/shop', one.now(), { policy_id: 'secret.policy' }), sequence: 0 })}\n`,
      });
      expect(sent.status).toBe(200);
      const visitor = own.visitor();
      await visitor.enter(await own.linkUrl({ engagement: mine }));
      await visitor.ready(`/portal/e/${mine}/`);
      const pages = await Promise.all(
        Array.from({ length: 8 }, (_, index) => visitor.get(`/portal/e/${mine}/record/${index}`)),
      );
      const seen = pages.filter(({ status }) => status === 200).map(({ body }) => body);
      expect(seen.length).toBeGreaterThan(0);
      for (const body of seen) {
        expect(body).not.toContain(other);
        expect(body).not.toContain('secret.policy');
        expect(body).toContain('In the log: verified');
      }
    } finally {
      await own.remove();
    }
  });

  test('forms without the token of the session, or from elsewhere, do nothing', async () => {
    const [visitor, second] = [await auditor(), await auditor()];
    const path = `/portal/e/${id}/requests`;
    const csrf = fieldOf((await visitor.ready(path)).body, 'csrf');
    const foreign = fieldOf((await second.ready(path)).body, 'csrf');
    const text = 'nobody asked for this';
    const tries: [Record<string, string>, Record<string, string>][] = [
      [{ text }, {}],
      [{ text, csrf: '' }, {}],
      [{ text, csrf: foreign }, {}],
      [{ text, csrf }, { 'sec-fetch-site': 'cross-site' }],
      [{ text, csrf }, { 'sec-fetch-site': 'same-site' }],
      [{ text, csrf }, { origin: 'https://evil.example' }],
    ];
    for (const [form, headers] of tries) expect((await visitor.post(path, form, headers)).status).toBe(403);
    const json = { 'content-type': 'application/json' };
    expect((await visitor.post(path, { text, csrf }, json)).status).toBe(400);
    expect((await visitor.get(path)).body).not.toContain(text);
  });

  test('pages let nothing in from elsewhere, and are kept by nobody', async () => {
    const visitor = await auditor();
    for (const path of ['/portal/', `/portal/e/${id}/coverage`, '/portal/link/x', `/portal/e/${id}/none`]) {
      const { headers } = await visitor.ready(path);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    }
    for (const host of ['evil.example', 'localhost:1'])
      expect((await visitor.get('/portal/', { host })).status).toBe(421);
  });
});

describe('requests and replies', () => {
  const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)>"'&\u202ereversed {{7*7}} </textarea>`;

  test('go from one side to the other as records, and hostile text stays text', async () => {
    const [visitor, lead] = [await auditor(), await team('approver')];
    const path = `/portal/e/${id}/requests`;
    const csrf = fieldOf((await visitor.ready(path)).body, 'csrf');
    const refused = await visitor.post(path, { csrf, text: HOSTILE, control: `"><b>cc6.1` });
    expect(refused.status).toBe(400);
    for (const text of ['<script>', '<b>cc6.1']) expect(refused.body).not.toContain(text);
    expect((await visitor.post(path, { csrf, text: HOSTILE })).status).toBe(303);
    const page = await lead.ready(path);
    const request = fieldOf(page.body, 'request');
    expect(request).toMatch(/^[0-9a-f-]{36}$/);
    const reply = { csrf: fieldOf(page.body, 'csrf'), request, text: HOSTILE };
    expect((await lead.post(`${path}/reply`, reply)).status).toBe(303);
    const { body } = await visitor.get(path);
    for (const text of ['<script>', '<img', '<b>cc6.1', '\u202e', '</textarea> '])
      expect(body).not.toContain(text);
    expect(body.match(/&lt;script&gt;alert\(1\)/g)).toHaveLength(2);
    // Each side has its own: an auditor does not reply, the team does not ask.
    expect((await visitor.post(`${path}/reply`, { ...reply, csrf })).status).toBe(404);
    expect((await lead.post(path, reply)).status).toBe(404);
    expect((await lead.post(`${path}/reply`, { ...reply, request: 'other' })).status).toBe(404);
    expect((await visitor.post(path, { csrf, text: ' ' })).status).toBe(400);
    expect((await visitor.post(path, { csrf, text: 'x'.repeat(8_001) })).status).toBe(400);
  });

  test('about a control that the framework does not have are not recorded: nobody could take them back', async () => {
    const own = await stage();
    try {
      const engagement = await own.open({ from: await fill(own) });
      const visitor = own.visitor();
      await visitor.enter(await own.linkUrl({ engagement }));
      const path = `/portal/e/${engagement}/requests`;
      const page = await visitor.ready(path);
      expect(page.body).toContain('<option value="cc6.1">cc6.1</option>');
      const csrf = fieldOf(page.body, 'csrf');
      for (const control of ['cc66.1', 'iso27001/a.8.24', 'a.8.24']) {
        const { status, body } = await visitor.post(path, { csrf, text: 'for nothing', control });
        expect([control, status]).toEqual([control, 400]);
        expect(body).toContain(
          `soc2 has no control ${control}${control === 'cc66.1' ? '; did you mean cc6.1?' : ''}`,
        );
      }
      for (const control of ['cc6.1', 'soc2/cc6.1'])
        expect((await visitor.post(path, { csrf, text: 'the review', control })).status).toBe(303);
      const asked = (await own.records()).filter(({ details }) => details?.kind === 'request');
      expect(asked.map(({ details }) => [details?.control, details?.text])).toEqual([
        ['cc6.1', 'the review'],
        ['cc6.1', 'the review'],
      ]);
    } finally {
      await own.remove();
    }
  });

  test('an engineer sees engagements and makes no link; an approver does', async () => {
    const [engineer, lead] = [await team('engineer'), await team('approver')];
    expect((await engineer.get('/portal/lead')).status).toBe(404);
    const page = await engineer.get('/portal/engineer');
    expect(page.status).toBe(200);
    const csrf = fieldOf(page.body, 'csrf');
    expect((await engineer.post(`/portal/e/${id}/link`, { csrf })).status).toBe(404);
    const own = fieldOf((await lead.get('/portal/lead')).body, 'csrf');
    const made = await lead.post(`/portal/e/${id}/link`, { csrf: own });
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/portal\/link\/[\w-]{43}/.exec(made.body) ?? [];
    expect((await one.visitor().enter(url)).status).toBe(303);
  });

  test('the team sees what fails now and how to mend it; an auditor does not', async () => {
    const engineer = await team('engineer');
    const body = async (path: string) => (await engineer.ready(`/portal/e/${id}/${path}`)).body;
    // They come after the others: each verdict of the log is read for them.
    await expect.poll(() => body('engineer'), { timeout: 20_000 }).toContain('Overrides that end soon');
    // What an auditor waits for is the lead's to see.
    const lead = await body('lead');
    expect(lead).toContain('Override');
    expect(lead.split('<main')[1]).toContain(id);
    expect((await (await auditor()).get(`/portal/e/${id}/engineer`)).status).toBe(404);
    expect((await (await auditor()).get(`/portal/e/${id}/lead`)).status).toBe(404);
  });
});

test('a control that needs documents is not said to be covered by them: how many were handed in is said', async () => {
  const own = await stage();
  try {
    const engagement = await own.open({ from: await fill(own) });
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ engagement }));
    const { body } = await visitor.ready(`/portal/e/${engagement}/`);
    expect(body).toContain(
      'cc9.9 Title of cc9.9: needs documents, and no policy judges it; none was handed in',
    );
  } finally {
    await own.remove();
  }
});

test('a draw is shown with its nonce, by whom that was said, and its marks; the commands are within the engagement', async () => {
  const own = await stage();
  try {
    const from = await fill(own);
    const engagement = await own.open({ from });
    const draw = {
      ...{ framework: 'soc2', control: 'cc6.1', from, to: from, unit: 'record' },
      ...{ question: 'population-of-control', question_digest: 'sha256:0', result_digest: 'sha256:1' },
      ...{ population: 2, population_digest: 'sha256:2', complete: false, reconciled: false, interim: true },
      period_end: { origin: 'test.example/lake', size: 3, root: '00' },
      ...{ seed: '07', method: { census: 100, size: { by: 'number', size: 2 } }, size: 2 },
      ...{ items_digest: 'sha256:3', same_population: 1 },
    };
    const draws = [
      { ...draw, draw: 1, nonce: 'dice-said-by-ada-1', nonce_by: 'given' },
      { ...draw, draw: 2, nonce: 'made-by-this-machine', nonce_by: 'this machine', interim: false },
    ];
    await own.beside(async (ledger) => {
      for (const details of draws)
        await recordActs(ledger, [
          auditDraft(
            {
              ...{ type: 'query', kind: 'sample drawn', engagement, message: 'sample drawn' },
              details: plainDetails(details),
            },
            { clock: own.now, random: (length) => crypto.getRandomValues(new Uint8Array(length)) },
          ),
        ]);
    });
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ engagement }));
    const { body } = await visitor.ready(`/portal/e/${engagement}/samples`);
    expect(body).not.toContain('nobody could choose');
    const rows = body.split('<tr>').map((row) => row.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '));
    expect(rows.filter((row) => row.includes('dice-said-by-ada-1 (given)'))).toEqual([
      expect.stringContaining('INTERIM, NOT KNOWN TO BE WHOLE, NOT RECONCILED'),
    ]);
    expect(rows.filter((row) => row.includes('made-by-this-machine (this machine)'))).toEqual([
      expect.stringContaining(' NOT KNOWN TO BE WHOLE, NOT RECONCILED'),
    ]);
    const code = /<pre[^>]*><code>([\s\S]*?)<\/code>/.exec(body.slice(body.indexOf('id="again"')))?.[1] ?? '';
    expect(code.split('\n')).toEqual([
      `exhibit population --control soc2/cc6.1 --engagement ${engagement} --as NAME --evidence evidence`,
      `exhibit sample draw --control soc2/cc6.1 --nonce NONCE --engagement ${engagement} --as NAME --evidence evidence`,
      `exhibit sample list --engagement ${engagement} --as NAME --evidence evidence`,
      `exhibit sample again RECORD --engagement ${engagement} --as NAME --evidence evidence`,
    ]);
  } finally {
    await own.remove();
  }
});

test('which record was read is on record, also where a form asked for it', async () => {
  const own = await stage();
  try {
    const engagement = await own.open();
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ engagement }));
    await visitor.ready(`/portal/e/${engagement}/`);
    let opened = 0;
    while ((await visitor.get(`/portal/e/${engagement}/record?index=${opened}`)).status !== 200) opened += 1;
    expect((await visitor.get(`/portal/e/${engagement}/record?index=999999`)).status).toBe(404);
    const told = (await own.records()).flatMap(({ details }) => [details?.page, details?.what]);
    expect(told).toContain(`record/${opened}`);
    expect(told).toContainEqual(expect.stringContaining('record?index=999999'));
  } finally {
    await own.remove();
  }
});

test('a session that asks for more than a person reads is told to wait', async () => {
  const visitor = await auditor();
  const statuses: number[] = [];
  for (let asked = 0; asked < 125; asked += 1) statuses.push((await visitor.get('/portal/')).status);
  expect(statuses.slice(0, 100)).not.toContain(429);
  expect(statuses.at(-1)).toBe(429);
});

test('each read is on record before it is answered, by whom and of which state; so is what was refused', async () => {
  const own = await stage();
  try {
    const engagement = await own.open({ auditor: 'actor:ada' });
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ engagement }));
    for (const path of ['', 'coverage', 'methodology', 'requests'])
      expect((await visitor.ready(`/portal/e/${engagement}/${path}`)).status).toBe(200);
    await visitor.get('/portal/lead');
    const acts = (await own.records()).filter(({ emitter }) => emitter === 'exhibit.audit');
    const reads = acts.filter(({ details }) => details?.kind === 'read');
    expect(reads.map(({ details }) => details?.page)).toEqual(['', 'coverage', 'methodology', 'requests']);
    for (const { actor, actor_verified_by, details } of reads)
      expect({ actor, actor_verified_by, of: details?.engagement }).toEqual({
        ...{ actor: 'actor:ada', actor_verified_by: 'link', of: engagement },
      });
    const refused = acts.filter(({ details }) => details?.kind === 'refused');
    expect(refused.map(({ details }) => details?.what)).toEqual(['GET /portal/lead']);
  } finally {
    await own.remove();
  }
});

test('what the whole log came to is said once, as it is now; the first page names what Completeness lists', async () => {
  const own = await stage({ verify_seconds: 3_600 });
  try {
    // A decision without the record of its run.
    const body = `${JSON.stringify({ ...decision('ci/shop', own.now(), { disposition: 'enforced' }), sequence: 0 })}\n`;
    expect((await own.send('/v1/records', { method: 'POST', body })).status).toBe(200);
    const engagement = await own.open();
    const visitor = own.visitor();
    await visitor.enter(await own.linkUrl({ engagement }));
    const page = async (path: string) => (await visitor.ready(`/portal/e/${engagement}/${path}`)).body;
    for (let tries = 0; tries < 100 && !(await page('')).includes('held: all '); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 300));
    for (const path of ['', 'completeness', 'coverage']) {
      const body = await page(path);
      expect(body).toContain('held: all ');
      expect(body).not.toContain('was not read again');
    }
    const first = await page('');
    const [told = 'nothing'] = /\d+ runs? did not arrive whole/.exec(await page('completeness')) ?? [];
    expect(told).toBe('1 run did not arrive whole');
    expect(first.slice(first.indexOf('id="period"'))).toContain(told);
    expect(first).not.toContain('is known to be missing.');
    expect(first).toContain('each counted once');
    expect(first).not.toContain('1 of 1 days');
  } finally {
    await own.remove();
  }
});

test('a log that does not hold: every page says so first', async () => {
  const own = await stage({ verify_seconds: 3_600 });
  try {
    const batch = Array.from({ length: 300 }, (_, at) => ({
      ...decision('ci/shop', one.now(), { disposition: 'enforced' }),
      sequence: at,
    }));
    const body = batch.map((each) => `${JSON.stringify(each)}\n`).join('');
    expect((await own.send('/v1/records', { method: 'POST', body })).status).toBe(200);
    const engagement = await own.open();
    const url = await own.linkUrl({ engagement });
    const tile = join(own.folder, 'evidence', 'log', 'tile', 'entries', '000');
    const bytes = readFileSync(tile);
    const at = bytes.indexOf('"enforced"', bytes.length / 2);
    bytes.write('"observed"', at);
    chmodSync(tile, 0o600);
    writeFileSync(tile, bytes);
    const visitor = own.visitor();
    await visitor.enter(url);
    const failed = /<h1>[^<]*<\/h1><div class="warning"[^>]*><ul><li>THE VERIFICATION OF THIS LEDGER FAILED/;
    for (let tries = 0; tries < 100; tries += 1) {
      if (failed.test((await visitor.get(`/portal/e/${engagement}/`)).body)) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    for (const path of ['', 'coverage', 'controls', 'overrides', 'completeness', 'requests', 'pack'])
      expect((await visitor.ready(`/portal/e/${engagement}/${path}`)).body).toMatch(failed);
  } finally {
    await own.remove();
  }
});
