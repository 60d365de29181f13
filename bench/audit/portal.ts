import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import { Visitor } from '../../src/server/portal/testing/visitor.ts';
import { openBrowser } from '../../tests/interop/pages/browser.ts';
import { median, type Row } from '../measure.ts';
import { EXHIBIT, openEngagement, type Place, programIn } from './program.ts';

const PAGES = [
  ...['', 'coverage', 'controls', 'control/cc6.1', 'overrides', 'completeness', 'samples', 'methodology'],
  ...['questions', 'requests', 'pack', 'record/3'],
];
const LATE = ['drift', 'engineer', 'lead'];
/** Each page in each round, in a session of its own: a session may ask for so many pages a minute only. */
const ROUNDS = 8;

/** A server with its portal over a ledger, client and browser on the same machine: every page of an engagement, from the request to its last byte. */
export async function* benchPortal({ folder, whole, temporary }: Place): AsyncGenerator<Row> {
  const token = `exhibit_${randomBytes(32).toString('base64url')}`;
  const hash = `sha256:${createHash('sha256').update(token).digest('hex')}`;
  const settings = join(temporary, 'server.yaml');
  writeFileSync(
    settings,
    JSON.stringify({
      evidence: folder,
      listen: { port: 0 },
      portal: {},
      auth: { tokens: [{ name: 'lead', hash, roles: ['administrator'] }] },
    }),
  );
  const env = { ...process.env, XDG_STATE_HOME: join(temporary, 'state') };
  const { id } = openEngagement(programIn(temporary), folder, whole);
  const server = spawn(process.execPath, [EXHIBIT, 'server', 'run', settings], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    yield* visit(server, token, id);
  } finally {
    server.kill();
    await new Promise((resolve) => server.once('exit', resolve));
  }
}

async function* visit(server: ChildProcess, token: string, id: string): AsyncGenerator<Row> {
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout?.once('data', (text) => resolve(String(text).trim()));
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const link = async (to: object) => {
    const answer = await fetch(`${url}/v1/portal/links`, {
      method: 'POST',
      body: JSON.stringify(to),
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { url: string }).url;
  };
  const begun = performance.now();
  const first = new Visitor(() => url);
  await first.enter(await link({ engagement: id }));
  await until(first, `/portal/e/${id}/`, begun);
  yield row(
    'pages of an engagement made ready, from its first visit',
    (performance.now() - begun) / 1_000,
    's',
    {},
  );
  const times = new Map<string, number[]>();
  let largest = { page: '', bytes: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const visitor = new Visitor(() => url);
    await visitor.enter(await link({ engagement: id }));
    for (const page of PAGES) {
      const start = performance.now();
      const { status, body } = await visitor.get(`/portal/e/${id}/${page}`);
      const time = performance.now() - start;
      if (status !== 200) throw new Error(`${page} answers ${status}`);
      times.set(page, [...(times.get(page) ?? []), time]);
      const bytes = gzipSync(body).length;
      if (bytes > largest.bytes) largest = { page, bytes };
    }
  }
  const all = [...times.values()].flat().sort((a, b) => a - b);
  const [slowest] = [...times].sort(([, a], [, b]) => median(b) - median(a));
  yield {
    ...row('a page of the portal, from the request to its last byte, the read on record', median(all), 'ms', {
      note: `${ROUNDS} times each of ${PAGES.length} pages; the slowest, /${slowest?.[0]}: ${median(slowest?.[1] ?? []).toFixed(1)} ms`,
    }),
    min: all[0] ?? 0,
    max: all.at(-1) ?? 0,
  };
  yield row('the largest page, compressed', largest.bytes / 1_000, 'KB', { note: `/${largest.page}` });
  const team = new Visitor(() => url);
  await team.enter(await link({ roles: ['administrator'] }));
  for (const page of LATE) await until(team, `/portal/e/${id}/${page}`, begun);
  yield row(
    'and those that need each verdict of the log in its order',
    (performance.now() - begun) / 1_000,
    's',
    {},
  );
  // The browser is on the same cores: what the server makes ready in the background is over by now.
  const paints = await firstPaints(await link({ engagement: id }), `${url}/portal/e/${id}`);
  const slow = paints.indexOf(Math.max(...paints));
  yield row('first paint in Chromium, the slowest page', paints[slow] ?? Number.NaN, 'ms', {
    note: `/${PAGES[slow]}; median ${median(paints).toFixed(0)} ms of ${paints.length} pages`,
  });
  yield row('memory of the server', peak(server) / 1e6, 'MB', {});
}

/** Asks until the page is there. @throws Error where it is not within an hour */
async function until(visitor: Visitor, path: string, begun: number): Promise<void> {
  for (let asked = 0; ; asked += 1) {
    const { status, body } = await visitor.get(path);
    if (status === 200 && !body.includes('http-equiv="refresh"')) return;
    if (status >= 400) throw new Error(`${path} answers ${status}`);
    // Who waits is told what is being done.
    if (asked % 15 === 0) process.stderr.write(`${/<p id="doing">([^<]*)/.exec(body)?.[1] ?? path}\n`);
    if (performance.now() - begun > 3_600_000) throw new Error(`${path} is not there after an hour`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function firstPaints(link: string, engagement: string): Promise<number[]> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(link);
    await Promise.all([
      page.waitForURL(/portal\/e/, { waitUntil: 'commit', timeout: 120_000 }),
      page.getByRole('button', { name: 'Sign in' }).click({ noWaitAfter: true, timeout: 120_000 }),
    ]);
    const paints: number[] = [];
    for (const path of PAGES) {
      await page.goto(`${engagement}/${path}`);
      paints.push(
        await page.evaluate<number>(
          `new Promise((resolve) => new PerformanceObserver((list) => resolve(list.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN)).observe({ type: 'paint', buffered: true }))`,
        ),
      );
    }
    return paints;
  } finally {
    await browser.close();
  }
}

function peak({ pid }: ChildProcess): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

function row(name: string, value: number, unit: string, more: Partial<Row>): Row {
  return { name, value: Math.round(value * 10) / 10, unit, ...more };
}
