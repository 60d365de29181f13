import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine } from '../../../src/cli/testing/program.ts';
import type { Fixture } from '../../../src/lake/testing/fixture.ts';
import { beyondScreen, openAlone, openBrowser } from './browser.ts';
import { faultsOf, themeFaultsOf } from './faults.ts';
import { HOSTILE, makeSeason, SEASON } from './season.ts';

let browser: Browser;
let season: Fixture;
let machine: Machine;
const pages = ['lead', 'engineer', 'control'] as const;
const fileOf = (name: string) => join(machine.folder, `${name}.html`);

beforeAll(async () => {
  season = await makeSeason();
  machine = new Machine(`${SEASON.to}T20:00:00Z`);
  for (const name of pages)
    await machine.run(
      ...[
        'report',
        name,
        '--evidence',
        season.folder,
        '--framework',
        'soc2',
        '--from',
        SEASON.from,
        '--to',
        SEASON.to,
      ],
      ...[
        '--owner',
        'platform',
        '--most-overrides',
        '2',
        '-o',
        `html=${fileOf(name)}`,
        '-o',
        `csv=${fileOf(name)}.csv`,
      ],
    );
  browser = await openBrowser();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await season?.remove();
});

async function open(name: string, options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const { page, problems } = await openAlone(browser, pathToFileURL(fileOf(name)).href, options);
  expect(problems).toEqual([]);
  return page;
}

/** What is drawn beyond the edge of its picture, or over another text of it. */
const AMISS = `[...document.querySelectorAll('.picture svg[role]')].flatMap((svg) => {
  const { width, height } = svg.viewBox.baseVal;
  const name = svg.querySelector('title').textContent;
  const shown = [...svg.querySelectorAll('text, rect, polygon')].filter((each) => each.closest('defs') === null);
  const beyond = shown.filter((each) => {
    const box = each.getBBox();
    return box.x < -2 || box.x + box.width > width + 1 || box.y + box.height > height + 1;
  });
  const texts = [...svg.querySelectorAll('text')].filter((each) => each.textContent.trim() !== '');
  const over = texts.flatMap((one, at) => texts.slice(at + 1).filter((other) => {
    const [a, b] = [one.getBBox(), other.getBBox()];
    return Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 3 && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 5;
  }).map((other) => name + ': ' + one.textContent + ' over ' + other.textContent));
  return [...beyond.map((each) => name + ': ' + each.textContent), ...over];
})`;

describe.each(pages)('the report %s in a browser', (name) => {
  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    '%s, %i wide: axe finds nothing, nothing is beside the screen, nothing is cut off or lies over other text',
    { timeout: 120_000 },
    async (colorScheme, width) => {
      const page = await open(name, { viewport: { width, height: 900 }, colorScheme });
      expect(await page.evaluate(AMISS)).toEqual([]);
      for (const summary of await page.locator('summary').all()) await summary.click();
      // Looked at whole once at each width; in the dark, for what themes change.
      expect(await (colorScheme === 'light' ? faultsOf(page) : themeFaultsOf(page))).toEqual([]);
      expect(await beyondScreen(page)).toBe(0);
      await page.context().close();
    },
  );
});

test('in print each picture is as wide as the paper at most, and keeps light colours in a dark theme', async () => {
  const page = await open('lead', { viewport: { width: 1000, height: 900 }, colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(
    await page.evaluate(
      `[...document.querySelectorAll('.picture svg[role]')].filter((each) => each.getBoundingClientRect().right > 1000).length`,
    ),
  ).toBe(0);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  await page.context().close();
});

describe('what the pictures say of the season', () => {
  const described = async (name: string, picture: string) => {
    const page = await open(name, { viewport: { width: 1440, height: 900 } });
    const text = await page.getByRole('img', { name: picture }).first().locator('desc').textContent();
    await page.context().close();
    return text;
  };

  test('is what was put into it', { timeout: 120_000 }, async () => {
    // 48 days. The gate misses 10 to 14 March (a Tuesday to a Saturday) and seven weekends, the watcher one day: 7 * 2 + 4 + 1.
    expect(await described('lead', 'What each source sent')).toContain(
      '48 days from 2026-03-05 to 2026-04-21: 19 expected days',
    );
    expect(await described('lead', 'Where each control')).toContain(
      '1 enforced in one layer only, 1 in none',
    );
    // OV-1 was renewed and counts from its first form of 10 January; OV-3 is of 27 February; OV-4 of 6 April.
    expect(await described('lead', 'Open overrides')).toContain(
      'At the end: 0 0 to 7 days old; 1 8 to 30 days old; 1 31 to 90 days old; 1 over 90 days old; 0 expired',
    );
  });

  test('and in CSV the same: one that is in the bundle after its end is expired, and a renewed one is as old as its first form', () => {
    const lines = readFileSync(`${fileOf('lead')}.csv`, 'utf8').split('\r\n');
    const days = lines
      .filter((line) => /^Overrides by age,.*,2026-\d\d-\d\d(?:,\d+){6}/.test(line))
      .map((line) => line.slice(line.indexOf(',2026-') + 1));
    // Day; ages 0-7, 8-30, 31-90, over 90; expired; all; marked. OV-2 ended on 20 March and left the bundle on 6 April.
    expect(days).toEqual([
      '2026-03-05,2,0,1,0,0,3,',
      '2026-03-12,0,2,1,0,0,3,',
      '2026-03-19,0,2,1,0,0,3,',
      '2026-03-26,0,1,1,0,1,3,',
      '2026-04-02,0,0,2,0,1,3,',
      '2026-04-09,1,0,2,0,0,3,"2026-04-06: OV-1 renewed, open since 2026-01-10"',
      '2026-04-16,0,1,1,1,0,3,',
      '2026-04-21,0,1,1,1,0,3,',
    ]);
  });

  test('hostile names stay text', async () => {
    const page = await open('control', { viewport: { width: 1440, height: 900 } });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.content()).not.toContain('\u202E');
    expect(await page.getByText(HOSTILE.slice(0, 8)).count()).toBeGreaterThan(0);
    await page.context().close();
  });
});
