import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyPage } from '../../../scripts/verify-page.ts';
import { type ThreeDays, threeDays } from '../../../src/cli/engagement/testing/three-days.ts';
import { remake } from '../../../src/cli/pack/testing/remake.ts';
import { formatZip, lineOf, listFiles, readZip } from '../../../src/verify/index.ts';
import { nodeCrypto } from '../../../src/verify/node.ts';
import { beyondScreen, openAlone, openBrowser } from './browser.ts';
import { faultsOf } from './faults.ts';

let days: ThreeDays;
let browser: Browser;
let url: string;
let key: string;
const at = (name: string) => join(days.machine.folder, name);

beforeAll(async () => {
  days = await threeDays();
  const id = await days.open();
  const made = await days.machine.run('pack', id, '--evidence', days.folder, '--out', 'good.zip');
  if (made.code !== 0) throw new Error(made.stderr);
  key = readFileSync(join(days.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
  writeFileSync(at('verify.html'), await verifyPage());
  url = pathToFileURL(at('verify.html')).href;
  browser = await openBrowser();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await days?.remove();
});

/** The page by file://, where it may ask for nothing but itself. */
const open = (options?: BrowserContextOptions) => openAlone(browser, url, options);

async function checked(
  files: string[],
  typed = key,
): Promise<{ page: Page; headline: string; text: string }> {
  const { page, problems } = await open();
  await page.locator('#keys').fill(typed);
  await page.locator('#file').setInputFiles(files.map(at));
  await page.locator('#check').click();
  const headline = (await page.locator('#result h2').textContent({ timeout: 60_000 })) ?? '';
  const text = (await page.locator('#result').textContent()) ?? '';
  expect(problems).toEqual([]);
  return { page, headline, text };
}

/** A pack with other files, consistent in its own lists. */
function remade(add: readonly { path: string; bytes: Uint8Array }[], left_out: string[] = []): Uint8Array {
  const files = readZip(readFileSync(at('good.zip')));
  const own = JSON.parse(Buffer.from(files.find(({ path }) => path === 'pack.json')?.bytes ?? []).toString());
  const kept = [...files.filter(({ path }) => path !== 'pack.json' && path !== 'SHA256SUMS'), ...add];
  const about = { engagement: own.engagement, log: own.log, left_out: [...own.left_out, ...left_out] };
  const lines = kept.map((file) => lineOf(file, nodeCrypto.sha256));
  return formatZip([...kept, ...listFiles(about, lines, nodeCrypto.sha256)]);
}

/** Where the content of a file lies in the pack. */
function placeOf(zip: Uint8Array, wanted: string): number {
  let place = 0;
  for (const { path, bytes } of readZip(zip)) {
    place += 30 + path.length;
    if (path === wanted) return place;
    place += bytes.length;
  }
  throw new Error(`no ${wanted}`);
}

/** Whoever has the log can make such a pack anew with other answers: only its record shows which one it is. */
const ALONE = 'HOLDS TOGETHER; not shown to be the pack on record';

describe('the verifier as a page, from a folder', { timeout: 180_000 }, () => {
  test('a good pack holds, and it says by which key, and what was not checked', async () => {
    const { headline, text } = await checked(['good.zip']);
    expect(headline).toBe(ALONE);
    expect(text).toMatch(/hashed; signed by test\.example\/lake\+[0-9a-f]{8}; not witnessed/);
    expect(text).toContain('Whether this very pack is on the record of the log');
    expect(text).toContain('Left out:');
  });

  test('with the record beside it, it says that this very pack is on record', async () => {
    const { headline, text } = await checked(['good.zip', 'good.zip.record.json', 'good.zip.tlog-proof']);
    expect(headline).toBe('HOLDS');
    expect(text).toMatch(/On record ?record \d+ of a log of \d+ has the digest of this pack/);
    // It was checked: it does not stand under what was not.
    expect(text.slice(text.indexOf('What was not checked'))).not.toContain('on record');
  });

  test('with the record of another pack it says that the two do not belong together, and what that may mean', async () => {
    const files = readZip(readFileSync(at('good.zip')));
    const altered = remake(files, (file) =>
      file.path === 'reports/framework.html'
        ? { ...file, bytes: Buffer.from(Buffer.from(file.bytes).toString().replace('failed', 'passed')) }
        : file,
    );
    writeFileSync(at('altered.zip'), altered);
    const { headline, text } = await checked(['altered.zip', 'good.zip.record.json', 'good.zip.tlog-proof']);
    expect(headline).toBe('NOT THE PACK OF THIS RECORD');
    expect(text).toMatch(/is of another pack: it says sha256:[0-9a-f]{64}, and this one is sha256:/);
    expect(text).toContain('Or the record lies beside the wrong pack');
    writeFileSync(at('none.tlog-proof'), 'no proof');
    const bad = await checked(['good.zip', 'good.zip.record.json', 'none.tlog-proof']);
    expect(bad.headline).toBe('THE RECORD BESIDE THE PACK DOES NOT HOLD');
    expect(bad.text).toContain('the proof is malformed');
  });

  test('it says apart whether its reports are complete', async () => {
    // The runs of its days do not hold as many decisions as they say.
    const said = 'NOT COMPLETE: the reports say: ';
    expect((await checked(['good.zip'])).text).toContain(`${said}3 runs did not arrive whole`);
    const files = readZip(readFileSync(at('good.zip')));
    const whole = remake(files, (file) => {
      if (file.path !== 'reports/report.json') return file;
      const report = JSON.parse(Buffer.from(file.bytes).toString());
      report.standing = { ...report.standing, complete: true, warnings: [] };
      return { ...file, bytes: Buffer.from(JSON.stringify(report)) };
    });
    writeFileSync(at('whole.zip'), whole);
    expect((await checked(['whole.zip'])).text).toContain(
      'Completeas its answers and reports say of themselves',
    );
  });

  test('over a log of made-up data it says so', async () => {
    const made = await threeDays({ anew: true, origin: 'demo.example/week' });
    const id = await made.open();
    const out = at('generated.zip');
    await made.machine.run('pack', id, '--evidence', made.folder, '--out', out);
    const own = readFileSync(join(made.folder, 'keys', 'demo.example_week.vkey'), 'utf8').trim();
    await made.remove();
    const unknown = await checked(['generated.zip'], '');
    expect(unknown.text).toMatch(/^NOT KNOWN: no key was givenGENERATED DATA/);
    const { text } = await checked(['generated.zip'], own);
    expect(text).toMatch(/^HOLDS TOGETHER[^.]*GENERATED DATA: exhibit demo made this log up/);
  });

  test('without a key nothing is known, and it says why', async () => {
    const { headline, text } = await checked(['good.zip'], '');
    expect(headline).toBe('NOT KNOWN: no key was given');
    expect(text).toContain('Anybody can make a pack that does');
    expect(text).not.toContain('HOLDS');
  });

  test('a key that is none, and the key of somebody else', async () => {
    expect((await checked(['good.zip'], 'not a key')).text).toContain(
      'line 1 of the keys is no verifier key',
    );
    const other = await threeDays({ anew: true });
    const foreign = readFileSync(join(other.folder, 'keys', 'test.example_lake.vkey'), 'utf8').trim();
    await other.remove();
    const { headline, text } = await checked(['good.zip'], foreign);
    expect(headline).toBe('DOES NOT HOLD');
    expect(text).toContain('CHECKPOINT_INVALID');
  });

  test('each file of which a bit was changed is named', async () => {
    const zip = readFileSync(at('good.zip'));
    const wrong = ['controls.json', 'overrides.json', 'README.txt'];
    for (const path of wrong) {
      const place = placeOf(readFileSync(at('good.zip')), path);
      zip[place] = (zip[place] ?? 0) ^ 4;
    }
    writeFileSync(at('changed.zip'), zip);
    const { page, headline } = await checked(['changed.zip']);
    expect(headline).toBe('DOES NOT HOLD');
    expect((await page.locator('#result li').allTextContents()).sort()).toEqual([...wrong].sort());
  });

  test('names and texts of a pack are no markup', async () => {
    const text = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    writeFileSync(at('words.zip'), remade([], [text]));
    const { page, headline } = await checked(['words.zip']);
    expect(headline).toBe(ALONE);
    expect(await page.locator('#result').textContent()).toContain(text);
    expect(await page.locator('#result img, #result script').count()).toBe(0);
    // The name of the file itself.
    const named = `<b onclick=alert(3)>.zip`;
    writeFileSync(at(named), Buffer.from('no ZIP'));
    const second = await checked([named]);
    expect(second.headline).toBe('DOES NOT HOLD');
    expect(await second.page.locator('#result b, #chosen b').count()).toBe(0);
    rmSync(at(named));
  });

  test('a path out of the pack, a packed file, a length that lies, and what is no ZIP are refused', async () => {
    const zip = readFileSync(at('good.zip'));
    const name = Buffer.from(zip);
    name.write('../../up/up/up', 30, 'latin1');
    // Deflate, and a content of four gigabytes: the header is not the one of a stored file.
    const packed = Buffer.from(zip);
    packed.writeUInt16LE(8, 8);
    const bomb = Buffer.from(zip);
    bomb.writeUInt32LE(0xffffffff, 22);
    for (const [file, bytes, said] of [
      ['up.zip', name, /name of its file 1 is damaged|longer than/],
      ['packed.zip', packed, /header of .* differs/],
      ['bomb.zip', bomb, /longer than what is there/],
      ['cut.zip', zip.subarray(0, 5_000), /the file ends early, at byte 5000.*Copy it again, whole/],
      ['text.zip', Buffer.from('PK not a ZIP'), /does not begin as a ZIP does/],
      ['empty.zip', Buffer.alloc(0), /the file is empty/],
    ] as const) {
      writeFileSync(at(file), bytes);
      const { headline, text } = await checked([file]);
      expect(headline, file).toBe('DOES NOT HOLD');
      expect(text, file).toMatch(said);
    }
  });

  test('takes what is dropped on it, and a key from a file', async () => {
    const { page, problems } = await open();
    writeFileSync(at('log.vkey'), `${key}\n`);
    await page.locator('#keyfile').setInputFiles(at('log.vkey'));
    const base64 = readFileSync(at('good.zip')).toString('base64');
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${base64}'), (one) => one.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'good.zip'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`);
    await page.getByText('Given: good.zip').waitFor();
    await page.locator('#check').click();
    expect(await page.locator('#result h2').textContent({ timeout: 60_000 })).toBe(ALONE);
    expect(problems).toEqual([]);
  });

  test('the keyboard alone does it: skip link, key, file, roots, button; and the result has the focus', async () => {
    const { page } = await open();
    const focused = () => page.evaluate('document.activeElement?.id || document.activeElement?.textContent');
    const order: unknown[] = [];
    for (let presses = 0; presses < 7; presses += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['Skip to the content', 'keys', 'keyfile', 'file', 'roots', 'rootfile', 'check']);
    await page.locator('#keys').fill(key);
    await page.locator('#file').setInputFiles(at('good.zip'));
    await page.locator('#check').focus();
    await page.keyboard.press('Enter');
    await page.locator('#result h2').waitFor({ timeout: 60_000 });
    await expect.poll(focused).toBe(ALONE);
    expect(await page.locator('#status').textContent()).toBe('Done.');
  });

  test.each([
    ['wide', 1280, 'light'],
    ['wide', 1280, 'dark'],
    ['narrow', 360, 'light'],
    ['narrow', 360, 'dark'],
  ] as const)(
    '%s (%d), %s: no fault that axe finds (WCAG 2.2 AA), and nothing beside the screen',
    async (_, width, colorScheme) => {
      const { page, problems } = await open({ viewport: { width, height: 900 }, colorScheme });
      await page.locator('#keys').fill(key);
      for (const file of ['good.zip', 'changed.zip']) {
        await page.locator('#file').setInputFiles(at(file));
        await page.locator('#check').click();
        await page.getByText(file === 'good.zip' ? /^HOLDS/ : /^DOES NOT HOLD/).waitFor({ timeout: 60_000 });
        expect(await faultsOf(page)).toEqual([]);
        expect(await beyondScreen(page)).toBe(0);
        if (process.env.EXHIBIT_SHOTS !== undefined)
          await page.screenshot({
            path: join(process.env.EXHIBIT_SHOTS, `verify-${width}-${colorScheme}-${file}.png`),
            fullPage: true,
          });
      }
      expect(problems).toEqual([]);
    },
  );
});
