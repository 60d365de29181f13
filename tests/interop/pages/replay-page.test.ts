import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
function changed(name: string, change: (data: Data) => void, of = file): string {
  const text = readFileSync(of, 'utf8');
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
  bundles: Record<string, { rego?: { wasm: string; wasm_sha256: string } }>;
  cedar?: { wasm_sha256: string };
  decisions: {
    again?: object;
    input?: string;
    record: { verdict: string; policy_id: string };
    rules: { file: string; text: string }[];
  }[];
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
    expect(await outcome.textContent()).toMatch(/DIFFERS\. verdict: recorded pass, here fail[;.].* Why: /);
    // What the command line said when it made the page was of the record as it was.
    expect(await text(page, 'done')).toContain('Otherwise than the command line: 1.');
  }, 120_000);

  test('performs nothing with another module, or with another input', async () => {
    const module = await open(
      changed('module.html', ({ bundles }) => {
        for (const { rego } of Object.values(bundles))
          if (rego !== undefined) rego.wasm_sha256 = '0'.repeat(64);
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

describe('decisions that Cedar made', () => {
  const door = (name: string) => join(folder, 'asked', name);
  const from = (name: string) =>
    join(folder, 'out', 'policies', 'policies', 'access', 'tenant-isolated', 'examples', name);
  let cedar: string;
  /** What the command line says of each, in the order of the page. */
  let results: {
    outcome: string;
    again?: Said;
    recorded: Said;
    differences?: { field: string }[];
    why?: { code: string; text: string }[];
  }[];
  interface Said {
    verdict: string;
    disposition: string;
    message?: string;
  }

  /** The examples of the starter library, and requests that somebody might make to harm, judged with the demo's own bundle. */
  beforeAll(() => {
    mkdirSync(join(folder, 'asked'));
    const read = JSON.parse(readFileSync(from('good-own-tenant.json'), 'utf8')) as {
      entities: { uid: { id: string } }[];
    };
    const asked = { ...read, entities: read.entities.filter(({ uid }) => uid.id !== 'ada') };
    const hostile = '\u202e</script><img src=x onerror=alert(1)>';
    const requests = {
      'no-entity.json': asked,
      'no-fit.json': { ...read, context: { ticket: 7 } },
      'large-number.json':
        '{"principal": "Tenancy::User::\\"ada\\"", "action": "Tenancy::Action::\\"read\\"", "resource": "Tenancy::Record::\\"x\\"", "context": {"ticket": 9007199254740993}}',
      'hostile.json': { ...asked, principal: { type: 'Tenancy::User', id: hostile } },
    };
    for (const [name, value] of Object.entries(requests))
      writeFileSync(door(name), typeof value === 'string' ? value : JSON.stringify(value));
    const policies = join(folder, 'out', 'policies');
    const bundle = ['--bundle', join(policies, '.exhibit', 'bundle.tar.gz')];
    const key = ['--bundle-key', join(policies, '.exhibit', 'keys', 'bundle.pub.pem')];
    const evidence = ['--evidence', join(folder, 'out', 'evidence')];
    const examples = ['access', 'ai'].map((area) => join(policies, 'policies', area));
    exhibit(['check', join(folder, 'asked'), ...examples, '--layer', 'ci', ...bundle, ...key, ...evidence]);
    // On a machine with much other work the limit of time may end a rule: that is no verdict of Cedar.
    const sql =
      "SELECT record_id FROM fact WHERE record_type = 'decision' AND engine = 'cedar' AND verdict <> 'not_applicable' AND COALESCE(message, '') NOT LIKE '%stopped after%' ORDER BY subject_id, policy_id, record_id";
    const { rows } = JSON.parse(exhibit(['query', '--sql', sql, '-o', 'json', ...evidence]).stdout) as {
      rows: string[][];
    };
    cedar = join(folder, 'cedar.html');
    const ids = rows.map(([id = '']) => id);
    const made = exhibit(['replay', ...ids, '--page', cedar, '-o', 'json', ...evidence]);
    ({ results } = JSON.parse(made.stdout) as { results: typeof results });
  }, 600_000);

  test('are made again by the Cedar of the page, row by row as at the command line', async () => {
    expect([...new Set(results.map(({ recorded }) => recorded.verdict))].sort()).toEqual([
      'error',
      'fail',
      'pass',
    ]);
    const { page, problems } = await open(cedar);
    expect(problems).toEqual([]);
    const count = results.length;
    expect(count).toBeGreaterThan(15);
    // One differs, here as there: its number is longer than a record holds, so the store has it redacted.
    expect(await text(page, 'done')).toBe(
      `Performed here: ${count} of ${count}. The same: ${count - 1}. Differ: 1. Not performed: 0.`,
    );
    for (const [at, { again, outcome, differences = [], why = [] }] of results.entries()) {
      const told = await text(page, `outcome-${at}`);
      expect(told.startsWith(outcome === 'same' ? 'The same as recorded.' : 'DIFFERS. message: ')).toBe(true);
      expect(outcome === 'same' || differences.every(({ field }) => field === 'message')).toBe(true);
      for (const reason of why) expect(told).toContain(reason.text);
      for (const field of ['verdict', 'disposition', 'message'] as const) {
        const here = await text(page, `here-${at}-${field}`);
        expect(here).toBe((again?.[field] ?? 'none').replaceAll('\u202e', '\\u{202e}'));
      }
    }
    expect(results.flatMap(({ why = [] }) => why.map(({ code }) => code))).toEqual(['redacted']);
    const body = (await page.locator('body').textContent()) ?? '';
    // The rule is there to be read; nothing turns the text around that stands behind a name.
    expect(body).toContain('when { principal.tenant == resource.tenant };');
    expect(body).toContain('\\u{202e}</script>');
    expect(body).not.toContain('\u202e');
  }, 120_000);

  test('bring Cedar and no more: the page of Rego has none, and this one has no policy.wasm', () => {
    const sizes = [file, cedar].map((path) => statSync(path).size);
    const data = (path: string): Data => {
      const whole = readFileSync(path, 'utf8');
      const begin = whole.indexOf('id="data">') + 'id="data">'.length;
      return JSON.parse(whole.slice(begin, whole.indexOf('</script>', begin))) as Data;
    };
    expect(data(file).cedar).toBeUndefined();
    expect(Object.values(data(file).bundles).every(({ rego }) => rego !== undefined)).toBe(true);
    expect(Object.values(data(cedar).bundles).map(({ rego }) => rego)).toEqual([undefined]);
    // As the page of docs/how-to says it: Cedar is 1.9 MB of a page.
    expect(sizes[1]).toBeGreaterThan(1_900_000);
    expect(sizes[1]).toBeLessThan(3_500_000);
  });

  test('differ where the rule or the record was changed, and are not performed by another Cedar', async () => {
    const rule = await open(
      changed(
        'cedar-rule.html',
        ({ decisions }) => {
          for (const { rules } of decisions)
            for (const one of rules) one.text = one.text.replaceAll('permit (', 'forbid (');
        },
        cedar,
      ),
    );
    expect(await text(rule.page, 'done')).toMatch(/Differ: [1-9].* Otherwise than the command line: [1-9]/);
    const other = await open(
      changed(
        'cedar-module.html',
        ({ cedar: module }) => {
          if (module !== undefined) module.wasm_sha256 = '0'.repeat(64);
        },
        cedar,
      ),
    );
    expect(await text(other.page, 'outcome-0')).toContain(
      'cedar_wasm_bg.wasm is not the one that was put in',
    );
    expect(await text(other.page, 'done')).toContain('Performed here: 0 of');
  }, 120_000);
});
