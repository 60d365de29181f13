import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnchoredPack, anchoredPack } from '../../../src/cli/pack/testing/anchored-pack.ts';
import { remake } from '../../../src/cli/pack/testing/remake.ts';
import { type PackFile, readZip } from '../../../src/verify/index.ts';
import { ROOT } from '../../acceptance/workshop.ts';
import { openBrowser } from '../pages/browser.ts';

let pack: AnchoredPack;
let browser: Browser;
/** An empty folder with the pack, the keys and roots that somebody has, and the verifiers of a release. */
let elsewhere: string;
const file = (name: string) => join(elsewhere, name);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  pack = await anchoredPack();
  elsewhere = mkdtempSync(join(tmpdir(), 'exhibit-elsewhere-'));
  const beside = ['pack.zip.record.json', 'pack.zip.tlog-proof'];
  for (const name of [
    'pack.zip',
    ...beside,
    'log.vkey',
    'w1.vkey',
    'w2.vkey',
    'stranger.vkey',
    'tsa.pem',
    'other.pem',
  ])
    copyFileSync(join(pack.folder, name), file(name));
  for (const name of ['exhibit-verify.mjs', 'verify.html'])
    copyFileSync(join(ROOT, 'dist', name), file(name));
  browser = await openBrowser();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await pack?.remove();
});

function script(name: string, ...keys: string[]) {
  const args = ['exhibit-verify.mjs', 'pack', name, ...keys.flatMap((key) => ['--vkey', key])];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: elsewhere,
    encoding: 'utf8',
    env: {},
  });
  return { status, said: flat(`${stdout}${stderr}`), stdout };
}

/** What the page says, by file:// and without a network. */
async function page(name: string, keys: string[], roots: string[] = []) {
  const context = await browser.newContext({ offline: true });
  const opened = await context.newPage();
  const problems: string[] = [];
  opened.on('console', (message) => problems.push(message.text()));
  opened.on('pageerror', (error) => problems.push(String(error)));
  await opened.goto(pathToFileURL(file('verify.html')).href);
  await opened.locator('#keyfile').setInputFiles(keys.map(file));
  if (roots.length > 0) await opened.locator('#rootfile').setInputFiles(roots.map(file));
  await opened.locator('#file').setInputFiles([file(name)]);
  await opened.locator('#check').click();
  const headline = (await opened.locator('#result h2').textContent({ timeout: 120_000 })) ?? '';
  const said = flat((await opened.locator('#result').textContent()) ?? '');
  await context.close();
  expect(problems).toEqual([]);
  return { headline, said };
}

const changed = (change: (one: PackFile) => PackFile | undefined): string => {
  writeFileSync(file('changed.zip'), remake(readZip(readFileSync(file('pack.zip'))), change));
  return 'changed.zip';
};

describe('a pack with time stamps and witnesses, where Exhibit is not', { timeout: 300_000 }, () => {
  it('the script says who witnessed, that the log goes on from the stamps, and that it checks no token', () => {
    const { status, said, stdout } = script('pack.zip', 'log.vkey', 'w1.vkey', 'w2.vkey', 'stranger.vkey');
    expect(status).toBe(0);
    expect(said).toMatch(
      /witnessed by 2 of 3 \(w1\.example\.org at \S+, w2\.example\.org at \S+\) up to size \d+ of \d+/,
    );
    expect(said).toContain('time stamps were not looked at');
    expect(said).toContain('not shown whether the 2 time stamps of the log hold');
    // The token that it names is one for openssl.
    const token = /its token (blobs\/sha256\/[0-9a-f]{64})/.exec(stdout)?.[1] ?? '';
    const bytes = readZip(readFileSync(file('pack.zip'))).find(({ path }) => path === token)?.bytes;
    pack.authority.file('token.der', bytes ?? new Uint8Array());
    const printed = pack.authority.ssl('ts', '-reply', '-in', 'token.der', '-token_in', '-text').toString();
    expect(printed).toContain('Time stamp');
  });

  it('the page says so, and checks each token for who gives roots', async () => {
    const keys = ['log.vkey', 'w1.vkey', 'w2.vkey'];
    const without = await page('pack.zip', keys);
    expect(without.said).toContain(
      'time stamps were not checked (the pack has 2; give roots of time authorities)',
    );
    expect(without.said).toContain('When it was: 2 time stamps are in the pack');
    const { headline, said } = await page('pack.zip', keys, ['tsa.pem']);
    expect(headline).toBe('HOLDS TOGETHER; not shown to be the pack on record');
    expect(said).toMatch(/witnessed by 2 of 2 .* up to size \d+ of \d+/);
    expect(said).toMatch(
      /time-stamped: the first \d+ records, not the 1 after them, at \S+ by Test tsa, to 1\.5 s \(2 checked\)/,
    );
    const other = await page('pack.zip', keys, ['other.pem']);
    expect(other.headline).toBe('DOES NOT HOLD');
    expect(other.said).toMatch(/TIMESTAMP_INVALID.*\(chain\)/);
    expect((await page('pack.zip', ['log.vkey', 'stranger.vkey'])).said).toContain('witnessed by 0 of 1');
    writeFileSync(file('empty.pem'), 'no certificate');
    const none = await page('pack.zip', keys, ['empty.pem']);
    expect(none.headline).toBe('NOT CHECKED');
  });

  it('both find a bit flipped in a cosignature and in a token, and a proof that is missing', async () => {
    const keys = ['log.vkey', 'w1.vkey', 'w2.vkey'];
    const files = readZip(readFileSync(file('pack.zip')));
    const stamped = files.filter(({ path, bytes }) => {
      const record =
        path.startsWith('records/') && path.endsWith('.json') ? Buffer.from(bytes).toString() : '';
      return record.includes('"record_type":"timestamp"');
    });
    const token = JSON.parse(Buffer.from(stamped[0]?.bytes ?? []).toString()).details.blob.slice(
      'sha256:'.length,
    );
    const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const cases: [string, (one: PackFile) => PackFile | undefined, RegExp][] = [
      [
        'log/cosigned',
        // Within the last signature of the note, which is a witness's.
        (one) => ({ ...one, bytes: flip(one.bytes, one.bytes.length - 20) }),
        /CHECKPOINT_INVALID.*log\/cosigned/,
      ],
      [
        `blobs/sha256/${token}`,
        (one) => ({ ...one, bytes: flip(one.bytes, 100) }),
        /PACK_INVALID.*differs from its name/,
      ],
      [
        'continuations.json',
        (one) => ({
          ...one,
          bytes: Buffer.from(
            JSON.stringify(
              JSON.parse(Buffer.from(one.bytes).toString()).filter(
                ({ of }: { of: string }) => of !== 'stamped',
              ),
            ),
          ),
        }),
        /PACK_INVALID.*no proof leads from the state that the time stamp/,
      ],
    ];
    for (const [path, change, expected] of cases) {
      const name = changed((one) => (one.path === path ? change(one) : one));
      const { status, said } = script(name, ...keys);
      expect(`${status} ${said}`).toMatch(expected);
      expect(status).toBe(1);
      const shown = await page(name, keys, ['tsa.pem']);
      expect(shown.headline).toBe('DOES NOT HOLD');
      expect(shown.said).toMatch(expected);
    }
  });
});
