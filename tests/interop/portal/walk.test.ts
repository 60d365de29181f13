import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoIn, temporary } from '../../acceptance/workshop.ts';
import { beyondScreen, openBrowser } from '../pages/browser.ts';
import { faultsOf, themeFaultsOf } from '../pages/faults.ts';

// An auditor's whole walk in a real browser, over the evidence that the demo makes. EXHIBIT_DEMO names a folder that has one already;
// EXHIBIT_SCREENSHOTS a folder that pictures go to.

const PAGES = [
  'coverage',
  'controls',
  'control/cc6.1',
  'overrides',
  'drift',
  'completeness',
  'samples',
  'methodology',
  'questions',
  'question/decisions/cc6.1',
  'question/sql',
  'requests',
  'pack',
  'record/3',
];
const root = join(import.meta.dirname, '..', '..', '..');

let browser: Browser;
let server: ChildProcess;
let url: string;
let id: string;
let token: string;
let home: string;
/** What a browser complained of, and what it asked of somebody else. */
let problems: string[] = [];

beforeAll(async () => {
  home = temporary('portal');
  const demo = join(home, 'demo');
  demoIn(demo);
  token = `exhibit_${randomBytes(32).toString('base64url')}`;
  const settings = join(home, 'server.yaml');
  const hash = `sha256:${createHash('sha256').update(token).digest('hex')}`;
  writeFileSync(
    settings,
    JSON.stringify({
      evidence: join(demo, 'evidence'),
      listen: { port: 0 },
      portal: {},
      auth: { tokens: [{ name: 'lead', hash, roles: ['administrator'] }] },
    }),
  );
  const [engagement] = /eng-[0-9a-f]{16}/.exec(readFileSync(join(demo, 'engagement.json'), 'utf8')) ?? [];
  id = engagement ?? '';
  const program = existsSync(join(root, 'dist', '.stamp')) ? 'bin/exhibit.js' : 'src/cli/bin.ts';
  server = spawn(process.execPath, [join(root, program), 'server', 'run', settings], {
    env: { ...process.env, XDG_STATE_HOME: join(home, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise<string>((resolve, reject) => {
    server.stdout?.once('data', (text) => resolve(String(text).trim()));
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  browser = await openBrowser();
}, 900_000);
afterAll(async () => {
  await browser?.close();
  server?.kill();
});

beforeEach(() => {
  problems = [];
});
afterEach(() => expect(problems).toEqual([]));

async function link(to: object): Promise<string> {
  const answer = await fetch(`${url}/v1/portal/links`, {
    method: 'POST',
    body: JSON.stringify(to),
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await answer.json()) as { url: string }).url;
}

/** Signs in with the keyboard alone, and waits until the pages are there. */
async function enter(
  options: Parameters<Browser['newContext']>[0],
  to: object = { engagement: id },
): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultNavigationTimeout(120_000);
  page.on('console', (message) => {
    // The browser says of each page that is not there that it is not.
    if (!/status of 404/.test(message.text())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) problems.push(`asks for ${request.url()}`);
  });
  await page.goto(await link(to));
  for (let presses = 0; presses < 10; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate("document.activeElement?.textContent === 'Sign in'")) break;
  }
  await page.keyboard.press('Enter');
  // A page that is being made comes again every two seconds: the heading below is what is waited for.
  await page.waitForURL(/portal\/(e|lead|engineer)/, { waitUntil: 'commit', timeout: 120_000 });
  await page.getByRole('heading', { level: 1, name: /^(Audit|Audits)\b/ }).waitFor({ timeout: 300_000 });
  return page;
}

const LOOKS = [
  ['wide', 'light', { width: 1440, height: 900 }, true],
  ['wide', 'dark', { width: 1440, height: 900 }, false],
  ['narrow', 'dark', { width: 360, height: 740 }, true],
  ['narrow', 'light', { width: 360, height: 740 }, false],
] as const;
const [[, , WIDE]] = LOOKS;

/** Looks at a page that is open, in both sizes and themes: pages have no script, so it is laid out anew as if it came so. */
async function check(page: Page, name: string): Promise<void> {
  const where = page.url();
  const lost = `[...document.querySelectorAll('a[href^="#"]')].map((each) => each.getAttribute('href')).filter((href) => document.getElementById(href.slice(1)) === null)`;
  expect([where, await page.evaluate(lost)]).toEqual([where, []]);
  for (const [size, colorScheme, viewport, whole] of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const seen = `${where}, ${size}, ${colorScheme}`;
    // Each size is looked at whole once; the other theme of it, for what themes change.
    const found = await (whole ? faultsOf(page) : themeFaultsOf(page));
    expect([seen, found]).toEqual([seen, []]);
    expect([seen, await beyondScreen(page)]).toEqual([seen, 0]);
    await picture(page, `${name}-${size}-${colorScheme}`);
  }
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.EXHIBIT_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `portal-${name}.png`) });
}

/** Waits for what a page says is being made. No function is polled within the page: its policy forbids to evaluate text. */
async function settled(page: Page): Promise<void> {
  await page.locator('meta[http-equiv=refresh]').waitFor({ state: 'detached', timeout: 300_000 });
}

describe('the portal in a browser', () => {
  test('no fault that axe finds on any page, wide and narrow, light and dark, and nothing beside the screen', async () => {
    const page = await enter({ viewport: WIDE });
    await check(page, 'period');
    for (const path of PAGES) {
      await page.goto(`${url}/portal/e/${id}/${path}`);
      await settled(page);
      await check(page, path.replaceAll('/', '-'));
    }
    await page.goto(`${url}/portal/e/${id}/question/sql`);
    await page.getByRole('button', { name: 'Ask' }).click();
    await settled(page);
    await page.getByRole('heading', { level: 1, name: 'Answer: SQL' }).waitFor({ timeout: 120_000 });
    await check(page, 'answer');
    await page.goto(`${url}/portal/e/${id}/question/sql`);
    await page.getByLabel('Question', { exact: true }).fill('SELECT * FROM fact');
    await page.getByRole('button', { name: 'Ask' }).click();
    await settled(page);
    await page.getByRole('heading', { level: 1, name: 'No answer: SQL' }).waitFor({ timeout: 120_000 });
    await check(page, 'no-answer');
    await page.goto(`${url}/portal/e/${id}/nothing`);
    await check(page, 'nothing');
    const out = await browser.newContext({ viewport: WIDE });
    const stranger = await out.newPage();
    await stranger.goto(`${url}/portal/`);
    await check(stranger, 'sign-in');
    await stranger.goto(await link({ engagement: id }));
    await check(stranger, 'link');
    await out.close();
    const lead = await enter({ viewport: WIDE }, { roles: ['administrator'] });
    await check(lead, 'lead');
    await lead.context().close();
    await page.context().close();
  }, 900_000);

  test('an auditor goes from the link to the pack with the keyboard', async () => {
    const page = await enter({ viewport: WIDE, acceptDownloads: true });
    const follow = async (name: string, heading: RegExp) => {
      await page.getByRole('link', { name, exact: true }).first().focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    };
    await follow('Controls', /Controls of soc2/);
    await follow('cc6.1', /^soc2\/cc6\.1 /);
    expect(page.url()).toMatch(/control\/cc6\.1\?period=[\d-]{10}\.\.[\d-]{10}&at=\d+$/);
    await follow('Verdicts per day', /^Verdicts per day/);
    await page.getByRole('button', { name: 'Ask', exact: true }).press('Enter');
    await page
      .getByRole('heading', { level: 1, name: 'Answer: verdicts-by-day' })
      .waitFor({ timeout: 120_000 });
    const answer = page.getByRole('link', { name: 'Download all rows as CSV' });
    const [rows] = await Promise.all([page.waitForEvent('download'), answer.press('Enter')]);
    expect(rows.suggestedFilename()).toBe(`${id}-verdicts-by-day.csv`);
    await page.getByRole('button', { name: 'Save the answer' }).press('Enter');
    await page.getByText('Saved as record').waitFor();
    await page.getByRole('button', { name: 'Ask it again' }).press('Enter');
    await page.getByText('The answer is the same as before.').waitFor({ timeout: 120_000 });
    await follow('Requests', /Requests/);
    await page.getByLabel('What you ask for').focus();
    await page.keyboard.type('Who approved the override of the <b>database</b>?');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Who approved the override of the <b>database</b>?').waitFor();
    await follow('Pack', /The pack/);
    await page.getByRole('button', { name: 'Make the pack' }).focus();
    await page.keyboard.press('Enter');
    const download = page.getByRole('link', { name: 'Download the pack' });
    await download.waitFor({ timeout: 600_000 });
    const [file] = await Promise.all([page.waitForEvent('download'), download.press('Enter')]);
    const to = join(home, 'pack.zip');
    await file.saveAs(to);
    const digest = createHash('sha256').update(readFileSync(to)).digest('hex');
    expect(await page.getByText(`sha256:${digest}`).count()).toBe(1);
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await page.context().close();
  }, 900_000);
});
