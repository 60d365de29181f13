import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDraft, type RecordDraft } from '../../record/index.ts';
import { type Channel, respondSchema } from '../findings/config.ts';
import type { Finding } from '../findings/evaluate.ts';
import { factOf, parseEntry } from '../findings/fact.ts';
import { respond } from '../findings/respond.ts';
import type { ResponseFact } from '../findings/types.ts';
import { senderOf, slackBody, teamsBody } from './channels.ts';
import { deliver } from './deliver.ts';
import { withNotifyLock } from './lock.ts';
import { messageOf } from './message.ts';
import { dueNotices, type Notice } from './notices.ts';
import { post } from './post.ts';
import { secretOf } from './secret.ts';
import { refuseWebhook, signWebhook } from './signature.ts';

const NOW = Date.parse('2026-11-26T12:00:00.000Z');
const HOUR = 3_600_000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Got {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}
type Answer = { status?: number; headers?: Record<string, string>; body?: unknown; hang?: true };

/** A receiver on this machine: what came, and what it answers in turn; the last answer stays. */
async function receiver(...answers: Answer[]): Promise<{ url: string; got: Got[]; server: Server }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      got.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const {
        status = 200,
        headers = {},
        body: said,
        hang,
      } = answers[Math.min(got.length, answers.length) - 1] ?? {};
      if (hang === true) return void request.socket.destroy();
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(said === undefined ? 'ok' : JSON.stringify(said));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => new Promise((done) => server.close(done)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, server };
}

const finding = (over: Partial<Finding> = {}): Finding => ({
  ...{
    id: 'F-1',
    policy: 'encrypted',
    policies: ['encrypted'],
    subject: 'db/1',
    state: 'open',
    severity: 'high',
  },
  ...{ environment: 'production', incident_steps: [], deliveries: [], notes: [], history: [] },
  occurrences: [
    {
      ...{ policy: 'encrypted', subject_id: 'db/1', layers: ['runtime'], tools: ['exhibit'], state: 'open' },
      ...{ severity: 'high', message: 'not <encrypted> @here', first_failed: 0, last_failed: 0 },
      ...{ first_record: 'r', last_record: 'r' },
    },
  ],
  episodes: [{ opened: NOW - HOUR, detected: NOW - HOUR }],
  last: { subject_id: 'db/1' },
  owner: { name: 'ada@example.com', by: 'label', evidence: 'owner', weak: false },
  deadline: { due: NOW + 71 * HOUR, overdue: false, level: 0 },
  ...over,
});

/** What a channel does in a process that keeps records, as the next process would read them. */
class Desk {
  readonly records: RecordDraft[] = [];
  readonly waits: number[] = [];
  readonly channel: Channel;
  readonly env: Record<string, string>;
  readonly config: ReturnType<typeof respondSchema.parse>;
  now = NOW;

  constructor(channel: object, env: Record<string, string> = {}, more: object = {}) {
    this.config = respondSchema.parse({ channels: [{ name: 'a', ...channel }], ...more });
    this.channel = this.config.channels[0] as Channel;
    this.env = env;
  }

  /** The finding with what the records say. */
  read(over: Partial<Finding> = {}): Finding {
    const one = finding(over);
    for (const draft of this.records) {
      const entry = parseEntry({ ...draft, recorded_at: draft.observed_at });
      respond(one, factOf(entry, false) as ResponseFact);
    }
    return one;
  }

  due(over: Partial<Finding> = {}): { due: Notice[]; uncertain: Notice[] } {
    return dueNotices([this.read(over)], this.config, this.now);
  }

  async tell(over: Partial<Finding> = {}, stopAfter = Number.POSITIVE_INFINITY) {
    const sender = senderOf(this.channel, this.env, '/');
    const results = [];
    for (const notice of this.due(over).due)
      results.push(
        await deliver(notice, sender, {
          retry: this.config.retry,
          clock: () => this.now,
          random: (length) => new Uint8Array(length).fill(255),
          sleep: async (milliseconds) => {
            this.waits.push(milliseconds);
            this.now += milliseconds;
          },
          record: async (draft) => {
            if (this.records.length >= stopAfter) throw new Error('the process is killed here');
            // As the ledger takes it.
            this.records.push(parseDraft(JSON.parse(JSON.stringify(draft))));
          },
          tool_version: '0',
        }),
      );
    sender.close?.();
    return results;
  }

  outcomes(): unknown[] {
    return this.records.map(({ details }) => details?.outcome);
  }
}

const WEBHOOK = (url: string) => ({ kind: 'webhook', url, secret: { env: 'HOOK_SECRET' } });

describe('a webhook', () => {
  it('is signed as Standard Webhooks says: their own library takes it', async () => {
    const { url, got } = await receiver();
    const desk = new Desk(WEBHOOK(url), { HOOK_SECRET: SECRET });
    desk.now = Date.now();
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered', attempts: 1 }]);
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    const verified = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({ finding: 'F-1', event: 'opened', due: '2026-11-29T11:00:00.000Z' });
    expect(refuseWebhook(headers, body, SECRET, desk.now)).toBeUndefined();
    expect(refuseWebhook(headers, `${body} `, SECRET, desk.now)).toContain('signature');
    expect(refuseWebhook(headers, body, `whsec_${Buffer.alloc(32).toString('base64')}`, desk.now)).toContain(
      'key',
    );
    expect(refuseWebhook({}, body, SECRET, desk.now)).toContain('no id');
  });

  it('is not believed outside of five minutes, or under another id', () => {
    const at = NOW / 1000;
    const headers = (seconds: number, id = 'k') => ({
      ...{ 'webhook-id': id, 'webhook-timestamp': String(seconds) },
      'webhook-signature': `v1,AAAA ${signWebhook('k', at, 'x', SECRET)}`,
    });
    expect(refuseWebhook(headers(at), 'x', SECRET, NOW + 300_000)).toBeUndefined();
    expect(refuseWebhook(headers(at), 'x', SECRET, NOW + 300_001)).toBe('it is not of now');
    expect(refuseWebhook(headers(at), 'x', SECRET, NOW - 300_001)).toBe('it is not of now');
    // A new time in an old message.
    expect(refuseWebhook(headers(at + 600), 'x', SECRET, NOW + 600_000)).toContain('signature');
    expect(refuseWebhook(headers(at, 'other'), 'x', SECRET, NOW)).toContain('signature');
    expect(refuseWebhook({ ...headers(at), 'webhook-timestamp': 'now' }, 'x', SECRET, NOW)).toBe(
      'it is not of now',
    );
  });

  it('is tried again with waits that double, the same key each time; each failure is a record', async () => {
    const { url, got } = await receiver({ status: 503 }, { status: 500 }, { hang: true }, {});
    const desk = new Desk(WEBHOOK(url), { HOOK_SECRET: SECRET });
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered', attempts: 4 }]);
    expect(desk.waits).toEqual([1_000, 2_000, 4_000]);
    expect(new Set(got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4);
    expect(desk.outcomes()).toEqual([
      ...['sending', 'failed', 'sending', 'failed', 'sending', 'failed', 'sending', 'delivered'],
    ]);
    expect(new Set(desk.records.map(({ record_id }) => record_id)).size).toBe(8);
    // Told once: another run has nothing to say.
    expect(desk.due()).toEqual({ due: [], uncertain: [] });
  });

  it('waits as long as it is asked to, and gives up where that is too long or it is refused', async () => {
    const asked = await receiver({ status: 429, headers: { 'retry-after': '7' } }, {});
    const patient = new Desk(WEBHOOK(asked.url), { HOOK_SECRET: SECRET });
    expect(await patient.tell()).toMatchObject([{ outcome: 'delivered' }]);
    expect(patient.waits).toEqual([7_000]);
    for (const answer of [
      { status: 429, headers: { 'retry-after': '3600' } },
      { status: 401 },
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    ]) {
      const { url, got } = await receiver(answer);
      const desk = new Desk(WEBHOOK(url), { HOOK_SECRET: SECRET });
      expect(await desk.tell()).toMatchObject([{ outcome: 'failed', attempts: 1 }]);
      expect(got).toHaveLength(1);
      // The next run tries it again.
      expect(desk.due().due).toHaveLength(1);
    }
  });

  it('that was killed between sending and noting is sent again with the same key', async () => {
    const { url, got } = await receiver();
    const desk = new Desk(WEBHOOK(url), { HOOK_SECRET: SECRET });
    await expect(desk.tell({}, 1)).rejects.toThrow('killed');
    expect(desk.outcomes()).toEqual(['sending']);
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered' }]);
    expect(got.map(({ headers }) => headers['idempotency-key'])).toEqual([
      got[0]?.headers['webhook-id'],
      got[0]?.headers['webhook-id'],
    ]);
  });

  it('leaves no secret in records, results and messages', async () => {
    const { url } = await receiver({ status: 400 });
    const desk = new Desk(
      { ...WEBHOOK(url), url: { env: 'HOOK_URL' } },
      { HOOK_SECRET: SECRET, HOOK_URL: `${url}/T0K3N` },
    );
    const [result] = await desk.tell();
    const { notice: _, ...rest } = result ?? {};
    const said = JSON.stringify([desk.records, rest]);
    expect(said).not.toContain('T0K3N');
    expect(said).not.toContain(SECRET);
  });

  it.each([
    ['no variable', {}, 'HOOK_SECRET is not set'],
    ['a short secret', { HOOK_SECRET: 'short' }, 'too short'],
  ])('with %s is refused before anything is sent', (_name, env, why) => {
    const { channel } = new Desk(WEBHOOK('https://example.com/'));
    expect(() => senderOf(channel, env, '/')).toThrow(why);
  });

  it('takes its secret from a file; an empty or missing one is named, its folder that of the configuration', () => {
    const folder = mkdtempSync(join(tmpdir(), 'exhibit-secret-'));
    closing.push(async () => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'full'), `${SECRET}\n`);
    writeFileSync(join(folder, 'empty'), '\n');
    expect(secretOf({ file: 'full' }, {}, folder)).toBe(SECRET);
    expect(() => secretOf({ file: 'empty' }, {}, folder)).toThrow('empty is empty');
    expect(() => secretOf({ file: 'none' }, {}, folder)).toThrow('cannot read the secret');
  });

  it('goes to https, or to this machine', () => {
    const { channel } = new Desk(WEBHOOK('http://example.com/hook'));
    expect(() => senderOf(channel, { HOOK_SECRET: SECRET }, '/')).toThrow('not one of https');
  });
});

describe('Slack and Teams, which cannot tell that they have a message', () => {
  const env = (url: string) => ({ CHAT: `${url}/services/T/B/X` });

  it.each(['slack', 'teams'])('%s: what may have arrived is not sent again, and is said', async (kind) => {
    const { url, got } = await receiver({ hang: true });
    const desk = new Desk({ kind, url: { env: 'CHAT' } }, env(url));
    expect(await desk.tell()).toMatchObject([{ outcome: 'uncertain', attempts: 1 }]);
    expect(got).toHaveLength(1);
    const { due, uncertain } = desk.due();
    expect([due.length, uncertain.length]).toEqual([0, 1]);
  });

  it('what was refused or never reached is tried again', async () => {
    const { url, got } = await receiver({ status: 500 }, {});
    const desk = new Desk({ kind: 'slack', url: { env: 'CHAT' } }, env(url));
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered', attempts: 2 }]);
    expect(got).toHaveLength(2);
    const closed = await receiver();
    await new Promise((done) => closed.server.close(done));
    const away = new Desk({ kind: 'slack', url: { env: 'CHAT' } }, env(closed.url), {
      retry: { attempts: 2 },
    });
    expect(await away.tell()).toMatchObject([{ outcome: 'failed', attempts: 2 }]);
    expect(away.due().due).toHaveLength(1);
  });

  it('nothing of others mentions anybody or becomes a link', () => {
    const odd = finding({ subject: '<!channel> [x](http://evil.example)\n*b*' });
    const [notice] = dueNotices([odd], new Desk({ kind: 'slack', url: { env: 'CHAT' } }).config, NOW).due;
    const message = messageOf(notice as Notice, NOW);
    const slack = JSON.stringify(slackBody(message));
    expect(JSON.parse(slack).text).toBe('[F-1] encrypted on &lt;!channel&gt; [x](http://evil.example) *b*');
    expect(slack).not.toContain('mrkdwn');
    expect(JSON.stringify(teamsBody(message))).toContain('\\\\[x\\\\]\\\\(http://evil.example\\\\)');
  });

  it('an answer that does not come in time is none', async () => {
    const server = createServer(() => {});
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await post(url, '{}', {}, 50)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('e-mail, over a real SMTP server', () => {
  interface Mail {
    from: string;
    to: string[];
    text: string;
    user: string | undefined;
  }
  async function mailServer(refuse?: (attempt: number) => number | undefined) {
    const got: Mail[] = [];
    let attempts = 0;
    const server = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true, logger: false },
      onAuth: ({ username, password }, _session, done) =>
        password === 'pa:ss' ? done(null, { user: username }) : done(new Error('no')),
      onData(stream, { envelope, user }, done) {
        let text = '';
        stream.on('data', (part) => {
          text += part;
        });
        stream.on('end', () => {
          attempts += 1;
          const code = refuse?.(attempts);
          if (code !== undefined) return done(Object.assign(new Error('not now'), { responseCode: code }));
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          got.push({ from, to: envelope.rcptTo.map(({ address }) => address), text, user: user as string });
          done();
        });
      },
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    closing.push(() => new Promise<void>((done) => server.close(() => done())));
    return { got, port: (server.server.address() as AddressInfo).port };
  }
  const EMAIL = {
    kind: 'email',
    smtp: { env: 'SMTP' },
    from: 'exhibit@example.com',
    to: ['sec@example.com'],
  };

  it('arrives with the finding, to the owner, too, under an id that stays', async () => {
    const { got, port } = await mailServer((attempt) => (attempt === 1 ? 451 : undefined));
    const desk = new Desk({ ...EMAIL, to_owner: true }, { SMTP: `smtp://ada:pa%3Ass@127.0.0.1:${port}` });
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered', attempts: 2 }]);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({
      from: 'exhibit@example.com',
      to: ['sec@example.com', 'ada@example.com'],
      user: 'ada',
    });
    expect(got[0]?.text).toContain('Subject: [F-1] encrypted on db/1');
    const [{ key } = { key: '' }] = new Desk(EMAIL).due().due;
    expect(got[0]?.text).toContain(`Message-ID: <${key}@example.com>`);
    expect(JSON.stringify(desk.records)).not.toContain('pa:ss');
  });

  it('a subject with line ends adds no header', async () => {
    const { got, port } = await mailServer();
    const desk = new Desk(EMAIL, { SMTP: `smtp://127.0.0.1:${port}` });
    await desk.tell({ subject: 'db\r\nBcc: evil@example.com\r\n\r\nx' });
    const [headers = ''] = got[0]?.text.split('\r\n\r\n') ?? [];
    expect(headers).not.toMatch(/^Bcc:/im);
    expect(got[0]?.to).toEqual(['sec@example.com']);
  });

  it('that is refused for good is not tried again; a wrong password is not told', async () => {
    const { port } = await mailServer(() => 550);
    const desk = new Desk(EMAIL, { SMTP: `smtp://127.0.0.1:${port}` });
    expect(await desk.tell()).toMatchObject([
      { outcome: 'failed', attempts: 1, why: 'the server answers 550' },
    ]);
    const wrong = new Desk(EMAIL, { SMTP: `smtp://ada:hunter2@127.0.0.1:${port}` });
    const [told] = await wrong.tell();
    expect(told).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(JSON.stringify([told?.why, wrong.records])).not.toContain('hunter2');
  });
});

describe('trackers', () => {
  it('GitHub: one issue, found by its title when it is told again', async () => {
    const issue = { state: 'open', title: '[F-1] encrypted on db/1', html_url: 'https://x/1', assignees: [] };
    const { url, got } = await receiver({ body: [] }, { status: 201, body: issue }, { body: [issue] });
    const desk = new Desk(
      { kind: 'github', project: 'example/shop' },
      { EXHIBIT_GITHUB_URL: url, EXHIBIT_GITHUB_TOKEN: 't0k' },
    );
    // Killed after the issue was opened, before that was noted.
    await expect(desk.tell({}, 1)).rejects.toThrow('killed');
    expect(await desk.tell({ severity: 'critical' })).toMatchObject([
      { outcome: 'delivered', receipt: 'https://x/1' },
    ]);
    expect(got.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(got[0]?.url).toContain('labels=exhibit-findings');
    expect(JSON.parse(got[1]?.body ?? '')).toMatchObject({
      title: issue.title,
      labels: ['exhibit-findings'],
    });
    expect(JSON.stringify(desk.records)).not.toContain('t0k');
  });

  it('GitLab and Jira: opened with the same title', async () => {
    const lab = await receiver(
      { body: [] },
      { status: 201, body: { state: 'opened', title: 'x', web_url: 'https://x/2', assignees: [] } },
    );
    const gitlab = new Desk({ kind: 'gitlab', project: 'example/shop' }, { EXHIBIT_GITLAB_URL: lab.url });
    expect(await gitlab.tell()).toMatchObject([{ outcome: 'delivered', receipt: 'https://x/2' }]);
    const jira = await receiver({ body: { issues: [] } }, { status: 201, body: { key: 'SEC-9' } });
    const desk = new Desk({ kind: 'jira', project: 'SEC' }, { EXHIBIT_JIRA_URL: jira.url });
    expect(await desk.tell()).toMatchObject([{ outcome: 'delivered', receipt: `${jira.url}/browse/SEC-9` }]);
    expect(JSON.parse(jira.got[1]?.body ?? '').fields.summary).toBe('[F-1] encrypted on db/1');
    expect(() => senderOf(desk.channel, {}, '/')).toThrow('EXHIBIT_JIRA_URL');
  });

  it('each gets the words of others in a block of its own markup, which they cannot end', async () => {
    const message =
      '[~admin] !https://evil.example/a.png! {noformat} {NoFormat:title=x} ``` @all [a|https://evil.example]';
    const words = finding().occurrences.map((one) => ({ ...one, message }));
    const told = async (kind: string, project: string, variable: string, answer: object, list: unknown) => {
      const { url, got } = await receiver({ body: list }, { status: 201, body: answer });
      await new Desk({ kind, project }, { [variable]: url }).tell({ occurrences: words });
      return JSON.parse(got[1]?.body ?? '') as Record<string, unknown> & { fields?: { description: string } };
    };
    const jira = await told('jira', 'SEC', 'EXHIBIT_JIRA_URL', { key: 'SEC-9' }, { issues: [] });
    const wiki = jira.fields?.description ?? '';
    expect(wiki.split(/\{noformat[^}]*\}/i)).toEqual(['', expect.stringContaining('[~admin]'), '']);
    const issue = { state: 'open', title: 'x', html_url: 'https://x/1', assignees: [] };
    const hub = await told('github', 'a/b', 'EXHIBIT_GITHUB_URL', issue, []);
    expect(String(hub.body).split('```')).toEqual(['', expect.stringContaining('@all'), '']);
    const opened = { state: 'opened', title: 'x', web_url: 'https://x/2', assignees: [] };
    const lab = await told('gitlab', 'a/b', 'EXHIBIT_GITLAB_URL', opened, []);
    expect(String(lab.description).split('```')).toEqual(['', expect.stringContaining('@all'), '']);
  });

  it('a title that is cut is text all the same, so that it is found again', () => {
    for (const length of [228, 229, 230, 231, 232, 299, 300]) {
      const subject = `${'x'.repeat(length)}${'😀'.repeat(20)}`;
      const { title, text } = messageOf(
        {
          finding: finding({ subject }) as Notice['finding'],
          channel: new Desk({ kind: 'slack', url: { env: 'A' } }).channel,
          event: 'opened',
          key: 'k',
        },
        NOW,
      );
      expect([title.isWellFormed(), text.isWellFormed()]).toEqual([true, true]);
    }
  });
});

it('two processes never tell at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-lock-'));
  closing.push(async () => rmSync(folder, { recursive: true }));
  await withNotifyLock(folder, async () => {
    await expect(withNotifyLock(folder, async () => {})).rejects.toMatchObject({ code: 'LEDGER_BUSY' });
  });
  expect(await withNotifyLock(folder, async () => 'free')).toBe('free');
});

describe('what is told', () => {
  const events = (over: Partial<Finding>, channel: object = {}, more: object = {}) => {
    const desk = new Desk({ kind: 'slack', url: { env: 'CHAT' }, ...channel }, {}, more);
    return desk.due(over).due.map(({ event }) => event);
  };
  const late = { due: NOW - 9 * 24 * HOUR, overdue: true, level: 2 };

  it('each level once, to its channels; not while it is snoozed', () => {
    const levels = { escalation: [{ after: 'PT0S', notify: ['a'] }, { after: 'P7D' }] };
    expect(events({ deadline: late }, {}, levels)).toEqual(['opened', 'escalated/1']);
    expect(events({ deadline: late }, { events: ['escalated'] })).toEqual(['escalated/1', 'escalated/2']);
    expect(events({ deadline: { ...late, snoozed_until: NOW + 1 } }, { events: ['escalated'] })).toEqual([]);
  });

  it('coming back is told anew; an end only to who asks for it', () => {
    const twice = [
      { opened: 0, detected: 0, closed: 1, closed_as: 'resolved' as const },
      { opened: 2, detected: 2 },
    ];
    expect(events({ state: 'reopened', episodes: twice })).toEqual(['reopened']);
    expect(events({ state: 'resolved' })).toEqual([]);
    expect(events({ state: 'resolved' }, { events: ['closed'] })).toEqual(['closed/resolved']);
  });

  it('only what concerns a channel', () => {
    expect(events({}, { severity: 'critical' })).toEqual([]);
    expect(events({}, { severity: 'medium', environments: ['prod*'], owners: ['*@example.com'] })).toEqual([
      'opened',
    ]);
    expect(events({}, { environments: ['test'] })).toEqual([]);
  });

  it('a step of an incident within a day of its due date, and when it is late', () => {
    const step = (due: number, submitted?: number) => ({
      known: 0,
      steps: [
        {
          step: 'early_warning' as const,
          due,
          late: false,
          evidence: [],
          ...(submitted === undefined ? {} : { submitted }),
        },
      ],
    });
    const incident = { events: ['incident'] };
    expect(events({ article23: step(NOW + 25 * HOUR) }, incident)).toEqual([]);
    expect(events({ article23: step(NOW + 23 * HOUR) }, incident)).toEqual(['incident/early_warning']);
    expect(events({ article23: step(NOW - HOUR) }, incident)).toEqual(['incident/early_warning']);
    expect(events({ article23: step(NOW - HOUR, 1) }, incident)).toEqual([]);
  });
});
