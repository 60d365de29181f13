import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFixture } from '../../policy/testing/fixture.ts';
import { main } from '../main.ts';

let folder: string;
let server: Server;
let url: string;
const issues = new Map<string, object>();
const opened: { title: string }[] = [];

beforeEach(async () => {
  issues.clear();
  opened.length = 0;
  // In the shape of GitHub's REST API, version 2022-11-28.
  server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*$/, '') ?? '';
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const say = (status: number, value: object) => response.writeHead(status).end(JSON.stringify(value));
      const issue = (title: string) => ({
        state: 'open',
        title,
        html_url: `${url}/x`,
        assignees: [{ login: 'ada' }],
      });
      if (request.method === 'POST') {
        opened.push(JSON.parse(body) as { title: string });
        say(201, issue(opened.at(-1)?.title ?? ''));
      } else if (path.endsWith('/issues'))
        say(
          200,
          opened.map(({ title }) => issue(title)),
        );
      else if (path === '/api/v3/repos/example/boxes') say(200, { id: 1 });
      else {
        const found = issues.get(path.split('/').at(-1) ?? '');
        say(found === undefined ? 404 : 200, found ?? { message: 'Not Found' });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await writeFixture({ 'overrides/bad.yaml': undefined, 'overrides/ok.yaml': undefined });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function exhibit(...argv: string[]) {
  const said = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
    },
    isTTY: false,
    columns: 2_000,
  });
  const code = await main(argv, {
    env: { ...process.env, CI: '', EXHIBIT_GITHUB_URL: url, EXHIBIT_GITHUB_TOKEN: 'secret' },
    cwd: folder,
    clock: () => Date.parse('2026-06-15T10:00:00Z'),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  });
  return { code, ...said };
}

function write(id: string, ticket: string, sunset = '2026-06-30'): void {
  const text = `id: ${id}
policy: box-sealed
scope: {subjects: [${id}]}
owner: "@ada"
approver: "@grace"
reason: The press that seals it is mended next week.
ticket: ${ticket}
created: 2026-06-01
sunset: ${sunset}
`;
  mkdirSync(join(folder, 'overrides'), { recursive: true });
  writeFileSync(join(folder, 'overrides', `${id}.yaml`), text);
}
const issue = (state: string, login = 'ada') => ({
  state,
  title: 't',
  html_url: 'u',
  assignees: [{ login }],
});
const list = async () => {
  const { stdout } = await exhibit('override', 'list', '.', '--json');
  return JSON.parse(stdout) as {
    overrides: { id: string; ticket_check: object }[];
    rejected: { id: string; reason: string }[];
  };
};

// Each command asks the real opa about the repository, several times.
describe('exhibit override tickets', { timeout: 300_000 }, () => {
  it('keeps each answer, by which the overrides then apply or not', async () => {
    issues.set('1', issue('open')).set('2', issue('closed')).set('3', issue('open', 'bob'));
    for (const n of [1, 2, 3, 4]) write(`t${n}`, `${url}/example/boxes/issues/${n}`);
    write('t5', 'https://tickets.example.com/5');
    write('over', `${url}/example/boxes/issues/9`, '2026-06-10');
    const { code, stdout } = await exhibit('override', 'tickets', '.');
    expect(code).toBe(1);
    expect(stdout).toContain('5 tickets: 1 not checked to the end, 3 for which the override does not apply');
    expect(stdout).toContain('no tracker is set for tickets.example.com');
    expect(existsSync(join(folder, 'overrides', 'over.ticket.json'))).toBe(false);
    const { overrides, rejected } = await list();
    expect(rejected.map(({ id, reason }) => [id, reason])).toEqual([
      ['t2', 'its ticket is closed'],
      ['t3', 'its ticket is not assigned to its owner'],
      ['t4', 'its ticket is not there'],
    ]);
    expect(overrides.filter(({ id }) => id !== 'over')).toMatchObject([
      { id: 't1', ticket_check: { state: 'open', owner: 'matches', checked_at: '2026-06-15T10:00:00.000Z' } },
      { id: 't5', ticket_check: { state: 'unchecked', why: 'no tracker is set for tickets.example.com' } },
    ]);
    // What was rejected is asked again: its ticket may be open again.
    issues.set('2', issue('open'));
    await exhibit('override', 'tickets', '.');
    expect((await list()).overrides.map(({ id }) => id)).toContain('t2');
    // An answer is about the text that was asked about.
    const file = join(folder, 'overrides', 't1.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('2026-06-30', '2026-07-30'));
    expect((await list()).overrides.find(({ id }) => id === 't1')).toMatchObject({
      ticket_check: { state: 'unchecked', why: expect.stringContaining('changed after') },
    });
  });

  it('ends with 0 where all are well, with 3 where one could not be checked', async () => {
    issues.set('1', issue('open'));
    write('t1', `${url}/example/boxes/issues/1`);
    expect((await exhibit('override', 'tickets', '.')).code).toBe(0);
    write('t2', 'https://tickets.example.com/5');
    expect((await exhibit('override', 'tickets', '.')).code).toBe(3);
  });
});

describe('exhibit override report --open', { timeout: 300_000 }, () => {
  it('opens a ticket against a policy once', async () => {
    for (const n of [1, 2, 3, 4, 5]) write(`t${n}`, `${url}/example/boxes/issues/${n}`);
    const report = () => exhibit('override', 'report', '.', '--open', 'github:example/boxes');
    expect(await report()).toMatchObject({ code: 0, stderr: expect.stringContaining('opened: ') });
    expect(await report()).toMatchObject({ code: 0, stderr: expect.stringContaining('open already: ') });
    expect(opened).toMatchObject([
      { title: 'Policy box-sealed is waived too often', labels: ['exhibit-overrides'] },
    ]);
    const nowhere = await exhibit('override', 'report', '.', '--open', 'jira:BOX');
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('names no tracker that is set'),
    });
  });
});
