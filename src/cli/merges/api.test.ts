import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fixture, makeFixture } from '../../lake/testing/fixture.ts';
import { Machine } from '../testing/program.ts';
import type { MergesDocument } from './schema.ts';

// Answers in the shapes of the vendors' documentation: GitHub REST 2022-11-28, GitLab API 4.
const HEAD = '1111111111111111111111111111111111111111';
let lake: Fixture;
let machine: Machine;
let server: Server;
let base: string;
let answers: Map<string, (request: IncomingMessage, response: ServerResponse) => void>;
let asked: string[];

const json = (value: unknown, headers: Record<string, string> = {}, status = 200) => {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
};

beforeEach(async () => {
  lake = await makeFixture('2026-03-02T09:00:00.000Z');
  await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  machine = new Machine('2026-03-03T09:00:00Z');
  machine.env.GITHUB_TOKEN = 'token-of-a-test';
  machine.env.GITLAB_TOKEN = 'token-of-a-test';
  answers = new Map();
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.authorization ?? 'nobody'} ${request.url}`);
    const answer = answers.get(request.url ?? '') ?? answers.get((request.url ?? '').split('?')[0] ?? '');
    (answer ?? json({ message: 'Not Found' }, {}, 404))(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((done) => server.close(done));
  await lake.remove();
});

async function run(provider: string, host: string, ...flags: string[]) {
  const { code, stdout, stderr } = await machine.run(
    ...['merges', 'import', provider, '--repository', `${host}/example/shop`, '-o', 'json', '--api', base],
    ...['--evidence', lake.folder, '--from', '2026-03-01', ...flags],
  );
  return { code, stderr, document: JSON.parse(stdout === '' ? '{}' : stdout) as MergesDocument };
}

const pull = (number: number, fields: object = {}) => ({
  number,
  html_url: `https://github.com/example/shop/pull/${number}`,
  title: 'A change',
  updated_at: '2026-03-02T13:00:00Z',
  merged_at: '2026-03-02T12:00:00Z',
  merge_commit_sha: '2222222222222222222222222222222222222222',
  head: { sha: HEAD },
  base: { ref: 'main' },
  labels: [],
  ...fields,
});

function github(): void {
  const repo = '/repos/example/shop';
  const list = `${repo}/pulls?state=closed&sort=updated&direction=desc&per_page=100`;
  answers.set(list, json([pull(7)], { link: `<${base}${repo}/pulls?page=2>; rel="next", <x>; rel="last"` }));
  answers.set(
    `${repo}/pulls?page=2`,
    json([pull(8), pull(6, { merged_at: '2026-02-01T00:00:00Z', updated_at: '2026-02-01T00:00:00Z' })]),
  );
  for (const number of [7, 8])
    answers.set(`${repo}/pulls/${number}`, json(pull(number, { merged_by: { login: 'ada' } })));
  const checks = {
    name: 'exhibit',
    head_sha: HEAD,
    status: 'completed',
    conclusion: 'skipped',
    details_url: null,
  };
  answers.set(`${repo}/commits/${HEAD}/check-runs`, json({ total_count: 1, check_runs: [checks] }));
  answers.set(`${repo}/commits/${HEAD}`, json({ sha: HEAD, commit: { message: 'A change [skip ci]' } }));
  answers.set(`${repo}/branches/main/protection`, json({ enforce_admins: { enabled: true } }));
  answers.set(`${repo}/rulesets`, json([{ id: 42, name: 'main' }]));
  answers.set(
    `${repo}/rulesets/42`,
    json({
      id: 42,
      name: 'main',
      target: 'branch',
      enforcement: 'active',
      bypass_actors: [{ actor_id: 5, bypass_mode: 'always' }],
    }),
  );
  answers.set(`${repo}/rulesets/rule-suites`, json([]));
  answers.set('/orgs/example/audit-log', json([]));
}

describe('exhibit merges import github, from its API', () => {
  it('reads all pages, who merged, checks, messages and protections, with the token', async () => {
    github();
    const { code, document } = await run('github', 'github.com');
    expect(code).toBe(1);
    expect(document).toMatchObject({ looked_at: 2, bypassed: 2, unread: [], source: base });
    expect(
      document.changes.map(({ url, kind, causes }) => [url.split('/').at(-1), kind, causes[0]?.text]),
    ).toEqual([
      ['7', 'skipped_run', '[skip ci]'],
      ['8', 'skipped_run', '[skip ci]'],
    ]);
    expect(asked.every((line) => line.startsWith('Bearer token-of-a-test '))).toBe(true);
    expect(asked.some((line) => line.includes('/pulls/6'))).toBe(false);
  });

  it('asks for rulesets that were passed over, and says how far back GitHub tells of them', async () => {
    github();
    const suite = {
      ...{ id: 21, actor_name: 'ada', after_sha: '2222222222222222222222222222222222222222' },
      ...{ ref: 'refs/heads/main', repository_name: 'shop', pushed_at: '2026-03-02T12:00:00Z' },
      ...{ result: 'bypass', evaluation_result: 'fail' },
    };
    answers.set('/repos/example/shop/rulesets/rule-suites', json([suite]));
    const { document } = await run('github', 'github.com', '--branch', 'main');
    const suites = '/repos/example/shop/rulesets/rule-suites?rule_suite_result=bypass&time_period=month';
    expect(asked).toContain(`Bearer token-of-a-test ${suites}&per_page=100&ref=refs%2Fheads%2Fmain`);
    for (const { causes } of document.changes)
      expect(causes.map(({ cause }) => cause)).toContain('administrator');
    const old = await run('github', 'github.com', '--from', '2026-01-01');
    expect(old.document.unread).toContain(
      'GitHub tells of rulesets that were passed over for the last month only',
    );
  });

  it('says what the token may not see', async () => {
    github();
    answers.delete('/repos/example/shop/branches/main/protection');
    answers.delete('/repos/example/shop/rulesets');
    answers.delete('/repos/example/shop/rulesets/rule-suites');
    answers.delete('/orgs/example/audit-log');
    const { document } = await run('github', 'github.com');
    expect(document.unread).toEqual([
      'protections of main may not be seen or are not there',
      'evaluations of rulesets may not be seen or are not there',
      'audit log events may not be seen or are not there',
      'nothing says which branches are protected: every merged change was looked at',
    ]);
  });

  it('waits for a rate limit that ends soon, and records nothing when it does not', async () => {
    github();
    const list = '/repos/example/shop/pulls?state=closed&sort=updated&direction=desc&per_page=100';
    const first = answers.get(list);
    let limited = true;
    answers.set(list, (request, response) => {
      if (!limited) return first?.(request, response);
      limited = false;
      json(
        { message: 'rate limit' },
        { 'retry-after': '0', 'x-ratelimit-remaining': '0' },
        403,
      )(request, response);
    });
    expect((await run('github', 'github.com')).document.looked_at).toBe(2);
    answers.set(list, json({}, { 'retry-after': '3600' }, 429));
    const before = (await lake.ledger.checkpoint()).size;
    const { code, stderr } = await run('github', 'github.com');
    expect([code, (await lake.ledger.checkpoint()).size]).toEqual([3, before]);
    expect(stderr).toContain('SERVER_UNREACHABLE');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('rate limit, 3600 s to wait');
    expect(stderr).not.toContain('token-of-a-test');
  });

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['a token that is not taken', json({ message: 'Bad credentials' }, {}, 401)],
    ['what is not JSON', (_, response) => void response.end('<html>')],
    ['a redirect', (_, response) => void response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end()],
    ['a next page on another host', json([], { link: '<http://127.0.0.1:1/x>; rel="next"' })],
    ['a broken connection', (request) => void request.socket.destroy()],
  ])('records nothing after %s', async (_, answer) => {
    github();
    answers.set('/repos/example/shop/pulls?state=closed&sort=updated&direction=desc&per_page=100', answer);
    const before = (await lake.ledger.checkpoint()).size;
    const { code, stderr } = await run('github', 'github.com');
    expect(code).toBe(3);
    expect(stderr).toContain('SERVER_UNREACHABLE');
    expect((await lake.ledger.checkpoint()).size).toBe(before);
  });

  it('sends no token over a network as it is', async () => {
    const { code, stderr } = await run('github', 'github.com', '--api', 'http://api.example.com');
    expect(code).toBe(2);
    expect(stderr).toContain('CONFIG_INVALID');
  });
});

describe('exhibit merges import gitlab, from its API', () => {
  it('reads merge requests, pipelines with their variables, messages and protected branches', async () => {
    const project = '/projects/example%2Fshop';
    answers.set(
      `${project}/merge_requests`,
      json([
        {
          id: 1,
          iid: 3,
          project_id: 9,
          title: 'A change',
          state: 'merged',
          merged_at: '2026-03-02T12:00:00.000Z',
          merge_user: { id: 1, username: 'ada' },
          target_branch: 'main',
          source_branch: 'topic',
          labels: ['bug'],
          sha: HEAD,
          merge_commit_sha: null,
          squash_commit_sha: null,
          web_url: 'https://gitlab.example.com/example/shop/-/merge_requests/3',
        },
      ]),
    );
    answers.set(
      `${project}/merge_requests/3/pipelines`,
      json([
        {
          id: 77,
          sha: HEAD,
          ref: 'refs/merge-requests/3/head',
          status: 'success',
          web_url: 'https://gitlab.example.com/example/shop/-/pipelines/77',
        },
      ]),
    );
    answers.set(
      `${project}/pipelines/77/variables`,
      json([{ key: 'SKIP_GATE', variable_type: 'env_var', value: 'a secret value' }]),
    );
    answers.set(
      `${project}/repository/commits/${HEAD}`,
      json({ id: HEAD, short_id: '1111111', message: 'A change' }),
    );
    answers.set(
      `${project}/protected_branches`,
      json([
        {
          id: 1,
          name: 'main',
          push_access_levels: [{ id: 1, access_level: 40 }],
          merge_access_levels: [{ id: 1, access_level: 40 }],
          allow_force_push: false,
        },
      ]),
    );
    const { code, document } = await run('gitlab', 'gitlab.example.com');
    expect(code).toBe(1);
    expect(document).toMatchObject({ looked_at: 1, unread: [] });
    expect(document.changes[0]).toMatchObject({
      kind: 'no_run',
      causes: [{ cause: 'variable', text: 'SKIP_GATE' }],
    });
    let log = '';
    for await (const { bytes } of lake.ledger.entries(0, (await lake.ledger.checkpoint()).size))
      log += Buffer.from(bytes).toString();
    expect(log).toContain('"binds_administrators":false');
    expect(log).not.toMatch(/a secret value|"ada"/);
  });
});
