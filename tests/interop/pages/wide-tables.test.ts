import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentPage } from '../../../src/web/index.ts';
import { beyondScreen, openAlone, openBrowser } from './browser.ts';

const table = (caption: string, columns: number, rows: number, folded = false) => ({
  ...{ kind: 'table' as const, caption, folded },
  columns: Array.from({ length: columns }, (_, at) => `Column ${at}`),
  rows: Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, at) =>
      columns > 5 ? `a cell ${row} of some words ${at}` : `${row}`,
    ),
  ),
});
const page = documentPage({
  ...{ title: 'Tables', warnings: [], lead: [], footer: '' },
  sections: [
    {
      id: 's',
      title: 'S',
      blocks: [
        table('narrow', 3, 2),
        table('eight columns', 8, 2),
        table('wide', 24, 2),
        table('long', 3, 300, true),
      ],
    },
  ],
});
const file = join(mkdtempSync(join(tmpdir(), 'exhibit-wide-')), 'tables.html');
let browser: Browser;

beforeAll(async () => {
  writeFileSync(file, page);
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Of each table that is drawn: whether it says that it is wider than its place, and whether it is. */
const SAID = `[...document.querySelectorAll('.scroll')].filter((each) => each.checkVisibility({contentVisibilityAuto:true}) && each.offsetHeight > 0).map((each) => [
  each.querySelector('.hint').offsetHeight > 0 && getComputedStyle(each.querySelector('.hint')).visibility === 'visible', each.scrollWidth > each.clientWidth])`;

const at = (width: number) =>
  openAlone(browser, pathToFileURL(file).href, { viewport: { width, height: 900 } });

describe('tables that are wider than their place', { timeout: 120_000 }, () => {
  it('say so where they are, and nowhere else', async () => {
    for (const [width, expected] of [
      [1440, [false, false, true]],
      [360, [false, true, true]],
    ] as const) {
      const { page: opened, problems } = await at(width);
      const said = async () => (await opened.evaluate<[boolean, boolean][]>(SAID)).slice(0, 3);
      // A scroll timeline is at work from the second frame on, and a frame may come late.
      await expect.poll(said, { timeout: 20_000 }).toEqual(expected.map((one) => [one, one]));
      expect({ width, problems, beyond: await beyondScreen(opened) }).toEqual({
        width,
        problems: [],
        beyond: 0,
      });
      await opened.context().close();
    }
  });

  it('that are long and folded take one line on the screen, and are whole in print', async () => {
    const { page: opened } = await at(390);
    const height = () => opened.evaluate<number>('document.querySelector("details.long").offsetHeight');
    expect(await height()).toBeLessThan(60);
    await opened.emulateMedia({ media: 'print' });
    // 300 rows of a line each.
    expect(await height()).toBeGreaterThan(300 * 12);
    await opened.context().close();
  });
});
