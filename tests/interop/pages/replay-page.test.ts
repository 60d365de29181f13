import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoIn, exhibit, temporary } from '../../acceptance/workshop.ts';
import { type Opened, openAlone, openBrowser } from './browser.ts';
import { faultsOf } from './faults.ts';

let browser: Browser;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = temporary('replay-page');
  demoIn(join(folder, 'out'));
  // Decisions of the starter library on real plans and manifests, with their overrides.
  const sql =
    "SELECT verdict, disposition, min(record_id) AS id FROM fact WHERE record_type = 'decision' AND engine = 'opa-wasm' AND verdict IN ('fail', 'pass') GROUP BY policy_id, verdict, disposition, layer ORDER BY 1, 3 LIMIT 90";
  const evidence = ['--evidence', join(folder, 'out', 'evidence')];
  const asked = exhibit(['query', '--sql', sql, '-o', 'json', ...evidence]);
  const { rows } = JSON.parse(asked.stdout) as { rows: string[][] };
  file = join(folder, 'replay.html');
  const made = exhibit(['replay', ...rows.map(([, , id = '']) => id), '--page', file, ...evidence]);
  if (!made.stderr.includes('open it in a browser')) throw new Error(made.stderr);
  browser = await openBrowser();
}, 600_000);
afterAll(() => browser?.close());

async function open(path: string): Promise<Opened> {
  const opened = await openAlone(browser, pathToFileURL(path).href);
  await opened.page.locator('#done[data-state]').waitFor({ timeout: 60_000 });
  return opened;
}

/** The page with its data changed, as somebody might change it. */
function changed(name: string, change: (data: Data) => void): string {
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf('id="data">') + 'id="data">'.length;
  const end = text.indexOf('</script>', begin);
  const data = JSON.parse(text.slice(begin, end)) as Data;
  change(data);
  const path = join(folder, name);
  writeFileSync(
    path,
    text.slice(0, begin) + JSON.stringify(data).replaceAll('<', '\\u003c') + text.slice(end),
  );
  return path;
}
interface Data {
  bundles: Record<string, { wasm: string; wasm_sha256: string }>;
  decisions: { again?: object; input?: string; record: { verdict: string; policy_id: string } }[];
}
const text = async (page: Page, id: string) => (await page.locator(`#${id}`).textContent()) ?? '';

describe('a page that performs decisions again, over file://', () => {
  test('says of each what was recorded, by the module of its bundle, and asks for nothing', async () => {
    const { page, problems } = await open(file);
    expect(problems).toEqual([]);
    const told = /Performed here: (\d+) of (\d+)\. The same: (\d+)\. Differ: 0\. Not performed: 0\./.exec(
      await text(page, 'done'),
    );
    expect(Number(told?.[3])).toBe(Number(told?.[2]));
    expect(Number(told?.[1])).toBeGreaterThan(20);
    const verdicts = await page.locator('[id^="here-"][id$="-verdict"]').allTextContents();
    // A page on which all pass would show little.
    expect([...new Set(verdicts)]).toEqual(expect.arrayContaining(['fail', 'pass']));
    const dispositions = await page.locator('[id^="here-"][id$="-disposition"]').allTextContents();
    expect(dispositions).toContain('waived');
  }, 120_000);

  test('has no fault that axe finds, by keyboard too', async () => {
    const { page } = await open(file);
    expect(await faultsOf(page)).toEqual([]);
  }, 120_000);

  test('says what differs where the recorded verdict is another', async () => {
    const path = changed('verdict.html', ({ decisions }) => {
      const [first] = decisions.filter(({ record }) => record.verdict === 'fail');
      if (first !== undefined) first.record.verdict = 'pass';
    });
    const { page } = await open(path);
    expect(await text(page, 'done')).toContain('Differ: 1.');
    const outcome = page.locator('[data-state="differs"]').last();
    expect(await outcome.textContent()).toMatch(/DIFFERS\. verdict: recorded pass, here fail\. Why: /);
  }, 120_000);

  test('performs nothing with another module, or with another input', async () => {
    const module = await open(
      changed('module.html', ({ bundles }) => {
        for (const bundle of Object.values(bundles)) bundle.wasm_sha256 = '0'.repeat(64);
      }),
    );
    expect(await text(module.page, 'outcome-0')).toContain('policy.wasm is not the one that was put in');
    const input = await open(
      changed('input.html', ({ decisions }) => {
        const [a, b] = decisions.filter((one, at) => one.input !== decisions[0]?.input || at === 0);
        if (a !== undefined && b?.input !== undefined) a.input = b.input;
      }),
    );
    expect(await text(input.page, 'outcome-0')).toContain('and the record names');
  }, 120_000);

  test('runs no script of a record: what is put into it stays text', async () => {
    const attack =
      '</script><script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>';
    const { page, problems } = await open(
      changed('attack.html', ({ decisions }) => {
        for (const { record } of decisions) record.policy_id = attack;
      }),
    );
    expect(await page.title()).toBe('Decisions performed again, in this browser');
    expect(problems).toEqual([]);
    // And a script that somebody puts in is not run: it has another hash.
    const path = join(folder, 'script.html');
    writeFileSync(
      path,
      readFileSync(file, 'utf8').replace('</body>', '<script>document.title="owned"</script></body>'),
    );
    const other = await open(path);
    expect(await other.page.title()).toBe('Decisions performed again, in this browser');
    expect(other.problems.join()).toContain('Content Security Policy');
  }, 120_000);
});
