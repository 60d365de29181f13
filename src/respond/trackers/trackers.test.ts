import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkTicket, trackers } from '../index.ts';
import { askJson } from './http.ts';

/** Answers in the shape of the vendors' documentation, cut to the fields around those that are read. */
const GITHUB_ISSUE = {
  id: 1,
  number: 417,
  state: 'open',
  title: 'Card reader needs a privileged container',
  html_url: 'https://github.com/example/shop/issues/417',
  user: { login: 'hubot', id: 2, type: 'User' },
  assignees: [{ login: 'ada', id: 3, type: 'User' }],
  labels: [],
  closed_at: null,
};
const GITLAB_ISSUE = {
  id: 41,
  iid: 1,
  project_id: 4,
  state: 'opened',
  title: 'Ut commodi ullam eos dolores perferendis nihil sunt.',
  web_url: 'https://gitlab.example.com/shop/web/-/issues/1',
  assignees: [{ id: 9, username: 'ada', name: 'Ada Lovelace', state: 'active' }],
  assignee: { id: 9, username: 'ada', name: 'Ada Lovelace', state: 'active' },
};
const JIRA_ISSUE = {
  id: '10002',
  key: 'SHOP-417',
  fields: {
    status: {
      name: 'In Progress',
      statusCategory: { id: 4, key: 'indeterminate', colorName: 'yellow', name: 'In Progress' },
    },
    assignee: {
      accountId: '5b10',
      displayName: 'Ada Lovelace',
      emailAddress: 'ada@example.com',
      active: true,
    },
  },
};

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A tracker on this machine. @returns its address and what it was asked */
async function serve(
  handler: Handler,
): Promise<{ url: string; asked: { line: string; headers: IncomingMessage['headers']; body: string }[] }> {
  const asked: { line: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      handler(request, response, body);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const say =
  (answers: Record<string, unknown>): Handler =>
  ({ method, url = '' }, response) => {
    const key = `${method} ${decodeURIComponent(url)}`;
    const found = answers[key] ?? answers[key.replace(/\?.*$/, '?')];
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? { message: 'Not Found' }));
  };

const clock = () => Date.parse('2026-11-25T12:00:00Z');
const check = (env: Record<string, string>, ticket: string, owner = 'ada@example.com') =>
  checkTicket({ ticket, owner }, trackers(env), clock);
const base = { tracker: expect.stringContaining('127.0.0.1'), checked_at: '2026-11-25T12:00:00.000Z' };

describe('tickets of GitHub', () => {
  const at = async (answers: Record<string, unknown>) => {
    const { url, asked } = await serve(say(answers));
    return { url, asked, env: { EXHIBIT_GITHUB_URL: url, EXHIBIT_GITHUB_TOKEN: 'secret' } };
  };
  const ISSUE = 'GET /api/v3/repos/example/shop/issues/417';

  it.each([
    ['open and its owner’s', {}, '@ada', { state: 'open', owner: 'matches' }],
    ['closed', { state: 'closed' }, '@ada', { state: 'closed', owner: 'matches' }],
    ['somebody else’s', {}, '@bob', { state: 'open', owner: 'differs', why: 'it is assigned to @ada' }],
    [
      'nobody’s',
      { assignees: [] },
      '@ada',
      { state: 'open', owner: 'differs', why: 'nobody is assigned to it' },
    ],
    ['of an owner with a known handle', {}, 'ada@example.com', { state: 'open', owner: 'matches' }],
    [
      'of an owner whom it shows otherwise',
      {},
      'grace@example.com',
      { state: 'open', owner: 'differs', why: 'it is assigned to @ada' },
    ],
  ])('%s', async (_name, change, owner, expected) => {
    const { url, env, asked } = await at({ [ISSUE]: { ...GITHUB_ISSUE, ...change } });
    const found = await check(env, `${url}/example/shop/issues/417`, owner);
    // An address cannot be compared with a handle that is not its beginning.
    const told =
      owner === 'grace@example.com' ? { ...expected, owner: 'unknown', why: expect.any(String) } : expected;
    expect(found).toEqual({ ...base, ...told });
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    });
  });

  it('missing, where the repository may be seen; unchecked, where it may not', async () => {
    const seen = await at({ 'GET /api/v3/repos/example/shop': { id: 1296269, full_name: 'example/shop' } });
    expect(await check(seen.env, `${seen.url}/example/shop/issues/1`)).toMatchObject({ state: 'missing' });
    const hidden = await at({});
    expect(await check(hidden.env, `${hidden.url}/example/shop/issues/1`)).toMatchObject({
      state: 'unchecked',
      owner: 'unknown',
      why: 'the repository example/shop is not there, or may not be seen',
    });
  });

  it('unchecked: a pull request, another address, another host', async () => {
    const { url, env, asked } = await at({ [ISSUE]: { ...GITHUB_ISSUE, pull_request: { url: 'x' } } });
    expect(await check(env, `${url}/example/shop/issues/417`)).toMatchObject({ state: 'unchecked' });
    expect(await check(env, `${url}/example/shop/pull/417`)).toMatchObject({
      state: 'unchecked',
      why: 'its address is not that of an issue',
    });
    expect(await check(env, 'https://tickets.example.com/example/shop/issues/417')).toMatchObject({
      state: 'unchecked',
      why: 'no tracker is set for tickets.example.com',
    });
    expect(asked).toHaveLength(1);
  });
});

describe('tickets of GitLab', () => {
  it.each([
    ['/shop/web/-/issues/1', {}, '@ada', { state: 'open', owner: 'matches' }],
    ['/shop/web/issues/1', {}, 'Ada Lovelace', { state: 'open', owner: 'matches' }],
    ['/shop/web/-/work_items/1', { state: 'closed' }, '@ada', { state: 'closed', owner: 'matches' }],
    ['/shop/web/-/issues/1', { assignees: [] }, '@ada', { state: 'open', owner: 'differs' }],
    ['/shop/web/-/issues/2', {}, '@ada', { state: 'missing' }],
  ])('%s %j', async (path, change, owner, expected) => {
    const { url, asked } = await serve(
      say({
        'GET /api/v4/projects/shop/web/issues/1': { ...GITLAB_ISSUE, ...change },
        'GET /api/v4/projects/shop/web': { id: 4, path_with_namespace: 'shop/web' },
      }),
    );
    const env = { EXHIBIT_GITLAB_URL: url, EXHIBIT_GITLAB_TOKEN: 'secret' };
    expect(await check(env, url + path, owner)).toMatchObject(expected);
    expect(asked[0]?.line).toContain('/projects/shop%2Fweb/issues/');
    expect(asked[0]?.headers['private-token']).toBe('secret');
  });
});

describe('a name that a user gives himself', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', 'unknown'],
    ['ada', 'ada@example.com', 'unknown'],
    ['Ada Lovelace', 'Ada Lovelace <ada@example.com>', 'unknown'],
    ['ada', '@ada', 'differs'],
    ['@ada', '@ada', 'differs'],
  ])('GitLab shows @mallory as %s, the owner is %s: %s', async (name, owner, expected) => {
    const assignees = [{ id: 66, username: 'mallory', name, state: 'active' }];
    const { url } = await serve(
      say({ 'GET /api/v4/projects/shop/web/issues/1': { ...GITLAB_ISSUE, assignees } }),
    );
    const found = await check({ EXHIBIT_GITLAB_URL: url }, `${url}/shop/web/-/issues/1`, owner);
    expect(found).toMatchObject({ state: 'open', owner: expected });
  });

  it('Jira shows an address as the name of somebody whose address is hidden', async () => {
    const assignee = { accountId: '66', displayName: 'ada@example.com', active: true };
    const { url } = await serve(
      say({
        'GET /rest/api/2/issue/SHOP-417?': { ...JIRA_ISSUE, fields: { ...JIRA_ISSUE.fields, assignee } },
      }),
    );
    const found = await check({ EXHIBIT_JIRA_URL: url }, `${url}/browse/SHOP-417`);
    expect(found).toMatchObject({ state: 'open', owner: 'unknown' });
  });
});

describe('tickets of Jira', () => {
  const { assignee, status } = JIRA_ISSUE.fields;
  it.each([
    ['open and its owner’s', {}, 'ada@example.com', { state: 'open', owner: 'matches' }],
    [
      'done',
      { status: { statusCategory: { ...status.statusCategory, key: 'done' } } },
      'ada@example.com',
      { state: 'closed' },
    ],
    ['unassigned', { assignee: null }, 'ada@example.com', { state: 'open', owner: 'differs' }],
    ['somebody else’s', {}, 'bob@example.com', { state: 'open', owner: 'differs' }],
    [
      'of somebody whose address is hidden',
      { assignee: { ...assignee, emailAddress: undefined } },
      'bob@example.com',
      { state: 'open', owner: 'unknown' },
    ],
    [
      'of a user of Data Center',
      { assignee: { name: 'ada', displayName: 'Ada L.' } },
      '@ada',
      { owner: 'matches' },
    ],
  ])('%s', async (_name, change, owner, expected) => {
    const issue = { ...JIRA_ISSUE, fields: { ...JIRA_ISSUE.fields, ...change } };
    const { url, asked } = await serve(
      say({ 'GET /jira/rest/api/2/issue/SHOP-417?fields=status,assignee': issue }),
    );
    const env = {
      EXHIBIT_JIRA_URL: `${url}/jira`,
      EXHIBIT_JIRA_TOKEN: 't',
      EXHIBIT_JIRA_USER: 'bot@example.com',
    };
    expect(await check(env, `${url}/jira/browse/SHOP-417`, owner)).toMatchObject(expected);
    // printf 'bot@example.com:t' | base64
    expect(asked[0]?.headers.authorization).toBe('Basic Ym90QGV4YW1wbGUuY29tOnQ=');
  });
});

describe('a tracker that does not help', () => {
  const ask = (url: string, more = {}) =>
    askJson(new URL(url), { headers: { authorization: 'secret' }, ...more });

  it('does not get the token sent on to another host', async () => {
    const thief = await serve((_request, response) => response.end('{}'));
    const { url } = await serve((_request, response) => {
      response.writeHead(302, { location: `${thief.url}/x` }).end();
    });
    expect(await ask(url)).toEqual({ failed: expect.stringContaining('another host') });
    expect(thief.asked).toEqual([]);
  });

  it('may send on within its host, a few times', async () => {
    const { url, asked } = await serve((request, response) => {
      if (request.url === '/end') response.end('{"a": 1}');
      else response.writeHead(301, { location: request.url === '/loop' ? '/loop' : '/end' }).end();
    });
    expect(await ask(`${url}/start`)).toEqual({ status: 200, body: { a: 1 } });
    expect(await ask(`${url}/loop`)).toEqual({ failed: 'it sends on more than 3 times' });
    expect(await ask(`${url}/start`, { method: 'POST', body: {} })).toEqual({
      failed: 'it sends a change on to another address',
    });
    expect(asked.filter(({ line }) => line === 'GET /loop')).toHaveLength(4);
  });

  it('is late, endless, no JSON, not there, or refuses', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/late') return;
      if (request.url === '/long') response.end(JSON.stringify('x'.repeat(5_000)));
      else if (request.url === '/text') response.end('<html>');
    });
    expect(await ask(`${url}/late`, { timeout: 50 })).toEqual({ failed: 'no answer within 50 ms' });
    expect(await ask(`${url}/long`, { limit: 1_000 })).toEqual({
      failed: 'its answer is longer than 1000 bytes',
    });
    expect(await ask(`${url}/text`)).toEqual({ failed: 'its answer is no JSON' });
    expect(await ask('http://127.0.0.1:9/')).toEqual({
      failed: expect.stringContaining('cannot be reached'),
    });
    for (const [status, words] of [
      [401, 'refuses'],
      [403, 'refuses'],
      [429, 'too often'],
      [500, 'HTTP 500'],
    ] as const) {
      const broken = await serve((_request, response) => response.writeHead(status).end());
      const found = await check({ EXHIBIT_GITHUB_URL: broken.url }, `${broken.url}/a/b/issues/1`);
      expect(found).toMatchObject({ state: 'unchecked', why: expect.stringContaining(words) });
    }
    const odd = await serve((_request, response) => response.end('{"state": "frozen"}'));
    expect(await check({ EXHIBIT_GITHUB_URL: odd.url }, `${odd.url}/a/b/issues/1`)).toMatchObject({
      state: 'unchecked',
      why: expect.stringContaining('another form'),
    });
  });

  it.each([
    'http://tickets.example.com',
    'https://user@tickets.example.com',
    'tickets',
    'file:///etc/passwd',
  ])('is no tracker: %s', (url) => {
    expect(() => trackers({ EXHIBIT_JIRA_URL: url })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('a report against a policy', () => {
  const report = (env: Record<string, string>, kind: string, project: string) =>
    trackers(env)
      .find((each) => each.kind === kind)
      ?.report(project, 'Policy p is waived too often', 'text');

  it.each([
    [
      'github',
      'example/shop',
      'EXHIBIT_GITHUB_URL',
      'GET /api/v3/repos/example/shop/issues?',
      'POST /api/v3/repos/example/shop/issues',
      (known: boolean) =>
        known ? [{ ...GITHUB_ISSUE, title: 'Policy p is waived too often' }] : [GITHUB_ISSUE],
      GITHUB_ISSUE,
      GITHUB_ISSUE.html_url,
      { title: 'Policy p is waived too often', body: 'text', labels: ['exhibit-overrides'] },
    ],
    [
      'gitlab',
      'shop/web',
      'EXHIBIT_GITLAB_URL',
      'GET /api/v4/projects/shop/web/issues?',
      'POST /api/v4/projects/shop/web/issues',
      (known: boolean) => (known ? [{ ...GITLAB_ISSUE, title: 'Policy p is waived too often' }] : []),
      GITLAB_ISSUE,
      GITLAB_ISSUE.web_url,
      { title: 'Policy p is waived too often', description: 'text', labels: 'exhibit-overrides' },
    ],
    [
      'jira',
      'SHOP',
      'EXHIBIT_JIRA_URL',
      'GET /rest/api/2/search?',
      'POST /rest/api/2/issue',
      (known: boolean) => ({
        issues: known ? [{ key: 'SHOP-9', fields: { summary: 'Policy p is waived too often' } }] : [],
      }),
      { id: '10003', key: 'SHOP-9', self: 'x' },
      '/browse/SHOP-9',
      {
        fields: {
          project: { key: 'SHOP' },
          summary: 'Policy p is waived too often',
          description: 'text',
          issuetype: { name: 'Bug' },
          labels: ['exhibit-overrides'],
        },
      },
    ],
  ] as const)('%s: is opened once', async (kind, project, variable, list, post, listed, made, url, body) => {
    for (const known of [false, true]) {
      const server = await serve(say({ [list]: listed(known), [post]: made }));
      expect(await report({ [variable]: server.url }, kind, project)).toEqual({
        url: expect.stringContaining(url),
        opened: !known,
      });
      const posted = server.asked.filter(({ line }) => line.startsWith('POST'));
      expect(posted.map((each) => JSON.parse(each.body))).toEqual(known ? [] : [body]);
    }
  });

  it('is not opened where the list of open ones cannot be read', async () => {
    const server = await serve((_request, response) => response.writeHead(500).end());
    expect(await report({ EXHIBIT_GITHUB_URL: server.url }, 'github', 'a/b')).toEqual({
      failed: 'it answers HTTP 500',
    });
    expect(server.asked.some(({ line }) => line.startsWith('POST'))).toBe(false);
  });
});
