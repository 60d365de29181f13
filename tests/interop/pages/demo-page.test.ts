import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoIn, exhibit, temporary } from '../../acceptance/workshop.ts';
import { beyondScreen, openAlone, openBrowser } from './browser.ts';
import { faultsOf } from './faults.ts';

let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  folder = join(temporary('page'), 'out');
  demoIn(folder);
  url = pathToFileURL(join(folder, 'index.html')).href;
  browser = await openBrowser();
}, 300_000);
afterAll(() => browser?.close());

async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const { page, problems } = await openAlone(browser, url, options);
  expect(problems).toEqual([]);
  return page;
}

const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 740 } } as const;

describe('the page of the demo in a browser', () => {
  test.each([
    ['wide', 'light'],
    ['wide', 'dark'],
    ['narrow', 'light'],
  ] as const)(
    '%s, %s: no fault that axe finds (WCAG 2.2 AA), and nothing beside the screen',
    async (size, colorScheme) => {
      const page = await open({ viewport: SIZES[size], colorScheme });
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await faultsOf(page)).toEqual([]);
      expect(await beyondScreen(page)).toBe(0);
      await page.context().close();
    },
  );

  test('the keyboard reaches everything, from the skip link on, and opens what is folded', async () => {
    const page = await open({ viewport: SIZES.wide });
    const focused = () => page.evaluate('document.activeElement?.textContent?.slice(0, 40)');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main');
    const closed = await page.locator('details:not([open])').count();
    expect(closed).toBeGreaterThan(3);
    let opened = 0;
    for (let presses = 0; presses < 100 && opened < closed; presses += 1) {
      await page.keyboard.press('Tab');
      if (!(await page.evaluate("document.activeElement?.matches('details:not([open]) > summary')")))
        continue;
      await page.keyboard.press('Enter');
      opened += 1;
    }
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.context().close();
  });

  test('a screen reader hears the picture as a table, and colour is not the only sign', async () => {
    const page = await open({ viewport: SIZES.wide });
    const picture = page.getByRole('table', { name: /the worst of each day/ });
    expect(await picture.getByRole('rowheader', { name: /Logical access/ }).count()).toBe(1);
    expect(await picture.getByText('no evidence').count()).toBeGreaterThan(5);
    await page.getByText('The same with its counts').click();
    const table = page.getByRole('table', { name: /with counts/ });
    expect(await table.getByRole('rowheader').count()).toBeGreaterThan(5);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await page.context().close();
  });

  test('the picture beside the page is an image with a name, and each tile says its words', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    await page.goto(url.replace('index.html', 'evidence-by-day.svg'));
    expect(await page.locator('parsererror').count()).toBe(0);
    const image = page.getByRole('img', { name: 'Evidence by control and day' });
    expect(await image.locator('desc').textContent()).toMatch(/days from \d{4}-\d\d-\d\d to/);
    const days = await image.locator('g > title', { hasText: ', 20' }).allTextContents();
    const { rows, columns } = (await page.evaluate(`({
      rows: [...document.querySelectorAll('svg > text > title')].length,
      columns: [...document.querySelectorAll('svg > text')].filter((each) => /^\\d\\d-\\d\\d$/.test(each.textContent)).length,
    })`)) as { rows: number; columns: number };
    expect(rows).toBeGreaterThan(5);
    expect(days).toHaveLength(rows * columns);
    // What is drawn is not wider or higher than the picture.
    expect(
      await page.evaluate(`(() => {
        const svg = document.documentElement.viewBox.baseVal;
        return [...document.querySelectorAll('rect, text')].filter((each) => {
          const box = each.getBBox();
          return each.closest('defs') === null && (box.x + box.width > svg.width || box.y + box.height > svg.height || box.x < 0);
        }).map((each) => each.textContent);
      })()`),
    ).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('on a desk every table fits; on a small screen those that do not say that they scroll', async () => {
    const hidden = `[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth
      && each.querySelector('.hint').offsetHeight === 0).length`;
    const cut = `[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth).length`;
    const wide = await open({ viewport: { width: 1100, height: 900 } });
    expect(await wide.evaluate(cut)).toBe(0);
    await wide.context().close();
    const narrow = await open({ viewport: SIZES.narrow });
    expect(await narrow.evaluate(cut)).toBeGreaterThan(3);
    // A scroll timeline is at work from the second frame on, and a folded part may come later still.
    await expect.poll(() => narrow.evaluate(hidden), { timeout: 20_000 }).toBe(0);
    await narrow.context().close();
  });

  test('no time breaks, and no heading is a column of the database', async () => {
    const page = await open({ viewport: SIZES.narrow });
    const broken = `[...document.querySelectorAll('time')].filter((each) => each.getClientRects().length > 1).length`;
    expect(await page.evaluate(broken)).toBe(0);
    for (const heading of await page.getByRole('columnheader').allTextContents())
      expect(heading).not.toContain('_');
    await page.context().close();
  });

  test('the commands for Node alone hold in the folder as it is', async () => {
    const page = await open({ viewport: SIZES.wide });
    const blocks = await page.locator('#trust ~ pre').allTextContents();
    await page.context().close();
    const lines = blocks.join('\n').split('\n');
    const node = lines.filter((line) => line.startsWith('node exhibit-verify.mjs '));
    expect(node).toHaveLength(2);
    for (const line of node) {
      const [, ...args] = line.split(' ');
      const ended = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
      expect({ line, code: ended.status }).toEqual({ line, code: 0 });
    }
    for (const line of lines.filter((each) => each.startsWith('exhibit ')))
      expect({ line, code: exhibit(line.split(' ').slice(1), { cwd: folder }).code }).toEqual({
        line,
        code: 0,
      });
  });
});
