import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readZip } from '../../../src/verify/index.ts';
import { blocks } from '../../acceptance/reader.ts';
import { demoIn, ROOT, temporary } from '../../acceptance/workshop.ts';

/** What somebody without Exhibit has: a pack, its record with the proof, the key of the log, and the script of a release. */
const GIVEN = [
  'audit.zip',
  'audit.zip.record.json',
  'audit.zip.tlog-proof',
  'log.vkey',
  'exhibit-verify.mjs',
];

let work: string;
let given: string;

beforeAll(() => {
  work = temporary('pack');
  given = join(work, 'given');
  mkdirSync(given);
  const out = join(work, 'out');
  demoIn(out);
  // The demo opens an engagement, and takes its pack away.
  for (const end of ['', '.record.json', '.tlog-proof'])
    copyFileSync(join(out, `soc2.zip${end}`), join(given, `audit.zip${end}`));
  copyFileSync(join(out, 'log.vkey'), join(given, 'log.vkey'));
  copyFileSync(join(ROOT, 'dist', 'exhibit-verify.mjs'), join(given, 'exhibit-verify.mjs'));
}, 600_000);

/** An empty folder with nothing but what was given. */
function elsewhere(): string {
  const folder = mkdtempSync(join(work, 'elsewhere-'));
  for (const name of GIVEN) copyFileSync(join(given, name), join(folder, name));
  return folder;
}

function script(cwd: string, file = 'audit.zip') {
  const args = ['exhibit-verify.mjs', 'pack', file, '--vkey', 'log.vkey'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Span {
  path: string;
  start: number;
  end: number;
}

/** Where the content of each file lies. */
function spansOf(zip: Uint8Array): Span[] {
  let at = 0;
  return readZip(zip).map(({ path, bytes }) => {
    const start = at + 30 + path.length;
    at = start + bytes.length;
    return { path, start, end: at };
  });
}

const missing = ['unzip', 'sha256sum', 'xxd', 'base64', 'openssl'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
);
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`);

/** The commands of the page, as its reader types them one after the other. */
const STEPS = blocks('docs/how-to/verify-a-pack.md')
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text)
  .join('\n');

function byHand(cwd: string) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', STEPS], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('a pack, where Exhibit is not', { timeout: 600_000 }, () => {
  it('holds for the script of a release and plain Node', () => {
    const { status, stdout, stderr } = script(elsewhere());
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/each byte accounted for/);
    expect(stdout).toMatch(/^engagement eng-[0-9a-f]{16}: soc2, 2026-11-16 to 2026-11-20$/m);
    expect(stdout).not.toMatch(/verified/i);
  });

  it('has the verifier as a script and as a page, the very ones of the release', () => {
    const files = new Map(
      readZip(readFileSync(join(given, 'audit.zip'))).map((file) => [file.path, file.bytes]),
    );
    for (const name of ['exhibit-verify.mjs', 'verify.html'])
      expect(Buffer.from(files.get(name) ?? []).equals(readFileSync(join(ROOT, 'dist', name))), name).toBe(
        true,
      );
  });

  it.skipIf(missing.length > 0)(
    `holds by the steps of the page, with unzip, sha256sum and openssl${missing.length > 0 ? ` (skipped: ${missing.join(', ')})` : ''}`,
    () => {
      const { status, stdout, stderr } = byHand(elsewhere());
      expect(stderr.replaceAll('Signature Verified Successfully\n', '')).toBe('');
      expect(status).toBe(0);
      expect(stdout).toMatch(/RESULT: \d+ files, \d+ records of \d+, signed by /);
    },
  );

  it.skipIf(missing.length > 0)(
    'does not hold by the steps of the page where a file in it was changed',
    () => {
      const changes: [string, RegExp][] = [
        ['controls.json', /controls\.json|damaged/],
        ['log/checkpoint', /log\/checkpoint|damaged/],
      ];
      for (const [path, said] of changes) {
        const folder = elsewhere();
        const zip = readFileSync(join(folder, 'audit.zip'));
        const span = spansOf(zip).find((one) => one.path === path) as Span;
        zip[span.start + 5] = (zip[span.start + 5] ?? 0) ^ 1;
        writeFileSync(join(folder, 'audit.zip'), zip);
        const { status, stdout, stderr } = byHand(folder);
        expect(status).not.toBe(0);
        expect(`${stdout}${stderr}`).toMatch(said);
        expect(stdout).not.toContain('RESULT');
      }
    },
  );

  it('is found out with any of 100 bits changed, and the file is named', () => {
    const seed = Number(process.env.EXHIBIT_SEED ?? Date.now() % 1_000_000_000);
    process.stdout.write(`seed of the bits: ${seed} (EXHIBIT_SEED=${seed} changes the same ones)\n`);
    const random = numbers(seed);
    const folder = elsewhere();
    const zip = readFileSync(join(folder, 'audit.zip'));
    const spans = spansOf(zip);
    const named: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      const at = Math.floor(random() * zip.length);
      const changed = Uint8Array.from(zip);
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      writeFileSync(join(folder, 'changed.zip'), changed);
      const { status, stdout, stderr } = script(folder, 'changed.zip');
      const path = spans.find(({ start, end }) => at >= start && at < end)?.path;
      expect(status, `seed ${seed}, byte ${at} of ${path ?? 'the directory'}: ${stdout}`).toBe(1);
      if (path === undefined)
        expect(stderr).toMatch(/bytes? \d+|name of its file|longer than|behind its end/);
      else expect(stderr, `seed ${seed}, byte ${at}`).toContain(path);
      named.push(path ?? 'a header');
    }
    expect(named).toHaveLength(100);
  });

  it('names each file where several were changed', () => {
    const folder = elsewhere();
    const zip = readFileSync(join(folder, 'audit.zip'));
    const wrong = ['controls.json', 'overrides.json', 'README.txt'];
    for (const { path, start } of spansOf(zip)) if (wrong.includes(path)) zip[start] = (zip[start] ?? 0) ^ 1;
    writeFileSync(join(folder, 'changed.zip'), zip);
    const { status, stdout } = script(folder, 'changed.zip');
    expect(status).toBe(1);
    expect([...stdout.matchAll(/^DAMAGED {4}(.*)$/gm)].map(([, path]) => path).sort()).toEqual(wrong.sort());
  });
});
