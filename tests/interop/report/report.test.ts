import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORTS } from '../../../src/audit/index.ts';
import { Machine } from '../../../src/cli/testing/program.ts';
import { closeDay } from '../../../src/lake/index.ts';
import { type Fixture, makeFixture } from '../../../src/lake/testing/fixture.ts';
import { beyondScreen, openAlone, openBrowser } from '../pages/browser.ts';
import { themeFaultsOf, violationsOf } from '../pages/faults.ts';

const venv = join(
  process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  'exhibit',
  'tools',
  'formats-venv',
);
const python = join(venv, 'bin', 'python');
const pdfinfo = spawnSync('pdfinfo', ['-v']).status === 0;
const missing = [...(existsSync(python) ? [] : [python]), ...(pdfinfo ? [] : ['pdfinfo'])];
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`);
const MODELS = join(import.meta.dirname, '..', 'export', 'validate.py');

/** What somebody may call a thing, so that who reads of it does what the name says. */
const HOSTILE = {
  markup: '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  formula: "=cmd|' /C calc'!A0",
  plus: '+HYPERLINK("http://x","y")',
  bidi: 'user\u202Egnp.exe\u2066',
  control: 'bell\u0007 escape\u001b[31m line\nbreak',
  pdf: ') Tj ET Q (\\ /JavaScript << >> endobj',
};

let lake: Fixture;
let machine: Machine;
let browser: Browser;

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T09:00:00.000Z');
  const map = await lake.announce('r1', [
    ['encrypted', 'soc2/cc6.1'],
    ['encrypted', 'nis2/21.2.h'],
    ['documented', 'eu-ai-act/11.1'],
    ['encrypted', 'iso27001/a.8.24'],
  ]);
  await lake.decide(
    map,
    ...Object.values(HOSTILE).map((text) => ['encrypted', text, 'fail', { message: text }] as const),
    ['encrypted', 'long', 'fail', { message: 'x'.repeat(16_384) }],
    ['documented', HOSTILE.markup, 'pass'],
  );
  lake.at('2026-03-02T02:00:00.000Z');
  await closeDay(lake.ledger, '2026-03-01', { clock: lake.clock });
  machine = new Machine('2026-03-05T12:00:00Z');
  browser = await openBrowser();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await lake?.remove();
});

const scope = (framework: string) => [
  ...['--evidence', lake.folder, '--framework', framework],
  ...['--from', '2026-03-01', '--to', '2026-03-01'],
];

async function report(name: string, format: string, framework = 'soc2'): Promise<string> {
  const target = join(machine.folder, `${name}.${format === 'oscal' ? 'json' : format}`);
  const { code, stderr } = await machine.run(
    'report',
    name,
    ...scope(framework),
    '-o',
    `${format}=${target}`,
  );
  expect([0, 3], stderr).toContain(code);
  return target;
}

/** What axe calls serious or critical, by all of its rules. */
async function seriousIn(page: Page): Promise<string[]> {
  return (await violationsOf(page, 'all'))
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

describe.skipIf(missing.length > 0)(
  `reports in the hands of other programs${missing.length > 0 ? ` (needs ${missing.join(', ')})` : ''}`,
  { timeout: 900_000 },
  () => {
    it('OSCAL is assessment results by the models of compliance-trestle, whatever stands in it', async () => {
      for (const name of ['framework', 'control']) {
        const file = await report(name, 'oscal');
        const said = execFileSync(python, [MODELS, 'oscal', file], { encoding: 'utf8' });
        expect(said).not.toMatch(/error/i);
        for (const text of ['\u202E', '\u0007', '\u001b'])
          expect(readFileSync(file, 'utf8')).not.toContain(text);
      }
    });

    it('PDF is tagged, has a title and a language, and no action in it', async () => {
      const file = await report('all', 'pdf');
      const said = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
      expect(said).toMatch(/^Tagged: +yes$/m);
      expect(said).toMatch(/^JavaScript: +no$/m);
      expect(said).toMatch(/^Title: +Audit report: soc2/m);
      const tree = execFileSync('pdfinfo', ['-struct', file], { encoding: 'utf8', maxBuffer: 64 << 20 });
      for (const tag of ['Document', 'H1', 'H2', 'Table', 'TR', 'TH', 'TD'])
        expect(tree).toMatch(new RegExp(`^ *${tag}\\b`, 'm'));
      const text = execFileSync('pdfinfo', ['-struct-text', file], { encoding: 'utf8', maxBuffer: 64 << 20 });
      // All of what is long is there, in notes.
      expect(text.replaceAll(/[^x]/g, '').length).toBeGreaterThan(16_000);
    });

    it('CSV has no cell that a spreadsheet runs', async () => {
      for (const name of REPORTS.filter((one) => !['nis2', 'eu-ai-act', 'soa'].includes(one))) {
        const rows: string[][] = parse(readFileSync(await report(name, 'csv')), { relax_column_count: true });
        for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+@\t\r]|^-(?![0-9])/);
      }
    });

    it('pages: no script, nothing from elsewhere, nothing that axe calls serious, in both themes and widths', async () => {
      const frameworks: Record<string, string> = { nis2: 'nis2', 'eu-ai-act': 'eu-ai-act', soa: 'iso27001' };
      for (const name of REPORTS) {
        const file = await report(name, 'html', frameworks[name] ?? 'soc2');
        for (const [width, colorScheme] of [
          [360, 'light'],
          [360, 'dark'],
          [1440, 'light'],
          [1440, 'dark'],
        ] as const) {
          const { page, problems } = await openAlone(browser, pathToFileURL(file).href, {
            viewport: { width, height: 900 },
            colorScheme,
          });
          const found = colorScheme === 'light' ? await seriousIn(page) : await themeFaultsOf(page);
          const wide = await beyondScreen(page);
          expect({ name, width, colorScheme, problems, found, wide }).toEqual({
            ...{ name, width, colorScheme, problems: [], found: [], wide: 0 },
          });
          await page.context().close();
        }
      }
    });
  },
);
