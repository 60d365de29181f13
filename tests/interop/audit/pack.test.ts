import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { remake } from '../../../src/cli/pack/testing/remake.ts';
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

const BESIDE = ['audit.zip.record.json', 'audit.zip.tlog-proof'];

/** The pack with another text of the same length in a report, consistent in its own lists. */
function forge(folder: string): void {
  const zip = remake(readZip(readFileSync(join(folder, 'audit.zip'))), (file) => {
    if (file.path !== 'reports/framework.html') return file;
    const text = Buffer.from(file.bytes).toString();
    expect(text).toContain('NOT COMPLETE');
    return { path: file.path, bytes: Buffer.from(text.replace('NOT COMPLETE', 'ALL COMPLETE')) };
  });
  expect(zip.length).toBe(readFileSync(join(folder, 'audit.zip')).length);
  writeFileSync(join(folder, 'audit.zip'), zip);
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
    expect(stdout).toMatch(/^on record {2}record \d+ of a log of \d+ has this digest$/m);
    // It holds, and Wednesday is missing in it.
    expect(stdout).toMatch(/^complete {3}NOT COMPLETE: .*1 of 5 days has no record at all: 2026-11-18/m);
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
      expect(stdout).toMatch(
        /RESULT: \d+ files, \d+ records, signed by \S+; record \d+ of \d+ has this digest/,
      );
    },
  );

  it('with a report altered is refused by the script with the record beside it, and not shown without', () => {
    const folder = elsewhere();
    forge(folder);
    const refused = script(folder);
    expect(refused.stderr).toMatch(/^PACK_INVALID in audit\.zip\.record\.json: .* is of another pack/);
    expect(refused.stdout).toBe('');
    expect(refused.status).toBe(1);
    for (const name of BESIDE) rmSync(join(folder, name));
    const alone = script(folder);
    expect(alone.stdout).toMatch(/^NOT SHOWN {2}to be the pack on record: /);
    expect(alone.status).toBe(3);
  });

  it.skipIf(missing.length > 0)(
    'with a report altered is refused by the steps of the page, and not shown where its record is not there',
    () => {
      const folder = elsewhere();
      forge(folder);
      const refused = byHand(folder);
      expect(refused.stderr).toContain('STOP: the record beside the pack is of another pack');
      expect(refused.stdout).not.toContain('RESULT');
      expect(refused.status).toBe(1);
      for (const name of BESIDE) {
        const without = elsewhere();
        rmSync(join(without, name));
        const { status, stdout, stderr } = byHand(without);
        expect(stderr).toContain('NOT SHOWN: that this is the pack on record');
        expect(stdout).not.toContain('RESULT');
        expect(status).toBe(3);
      }
    },
  );

  it.skipIf(missing.length > 0)(
    'is refused by the steps of the page with a record that is of no pack, or is not in the log',
    () => {
      const record = readFileSync(join(given, 'audit.zip.record.json'), 'utf8');
      const digest = /sha256:[0-9a-f]{64}/.exec(record)?.[0] ?? '';
      const folder = elsewhere();
      forge(folder);
      const own = spawnSync('sha256sum', ['audit.zip'], { cwd: folder }).stdout.toString().slice(0, 64);
      writeFileSync(join(folder, 'audit.zip.record.json'), record.replaceAll(digest, `sha256:${own}`));
      const refused = byHand(folder);
      expect(refused.stderr).toContain('audit.zip.record.json is not in the tree of the checkpoint');
      expect(refused.status).toBe(1);
      // In the log, and of something else: the first record of the pack, with its proof.
      const other = elsewhere();
      const [json, proof] = readZip(readFileSync(join(other, 'audit.zip'))).filter(({ path }) =>
        /^records\/\d+\./.test(path),
      );
      writeFileSync(join(other, 'audit.zip.record.json'), json?.bytes ?? '');
      writeFileSync(join(other, 'audit.zip.tlog-proof'), proof?.bytes ?? '');
      const { status, stderr } = byHand(other);
      expect(stderr).toContain('STOP: the record beside the pack is of another pack');
      expect(status).toBe(1);
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
