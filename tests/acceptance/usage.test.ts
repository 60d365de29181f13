import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIN, exhibit, ROOT, temporary, type Workshop, workshop } from './workshop.ts';

let shop: Workshop;
beforeAll(() => {
  shop = workshop();
});
const K8S = join(ROOT, 'examples', 'shop', 'k8s-fixed');
const check = (...args: string[]) => exhibit(['check', ...args, ...shop.flags]);

describe('wrong usage is said before any work is done', () => {
  const folder = temporary('usage');
  const file = (name: string) => join(folder, name);
  it.each<[string, string[], RegExp]>([
    ['an empty path', [''], /empty/],
    ['an empty path among others', [K8S, ''], /empty/],
    ['a day that no month has', [K8S, '--effective-time', '2026-02-31T00:00:00Z'], /effective-time/],
    ['hour 24', [K8S, '--effective-time', '2026-02-28T24:00:00Z'], /effective-time/],
    ['no file after =', [K8S, '-o', 'json='], /no file/],
    ['one file twice', [K8S, '-o', `json=${file('x')}`, '-o', `sarif=${folder}/./x`], /two output formats/],
    ['a folder', [K8S, '-o', `json=${folder}`], /folder/],
    ['a folder that is not there', [K8S, '-o', `json=${file('none/x')}`], /no folder/],
  ])('%s', (_name, args, message) => {
    const { code, stdout, stderr } = check(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(file('x'))).toBe(false);
  });

  it('help of a command that is none names it', () => {
    for (const args of [
      ['help', 'nosuch'],
      ['policy', 'help', 'nosuch'],
    ]) {
      const { code, stderr } = exhibit(args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).toContain("unknown command 'nosuch'");
    }
    expect(exhibit(['help', 'check']).stdout).toContain('--fail-on');
  });
});

describe('a question about what is not there', () => {
  const evidence = join(temporary('unknown'), 'evidence');
  const ask = (control: string, ...more: string[]) =>
    exhibit(['query', 'verdicts-by-day', '--evidence', evidence, '--control', control, ...more]);
  beforeAll(() => {
    expect(exhibit(['ledger', 'init', evidence]).code).toBe(0);
    expect(check(K8S, '--evidence', evidence).code).toBe(0);
  });

  it('says so first, with near names, and is never complete', () => {
    const { code, stdout } = ask('soc2/cc6.11');
    expect(code).toBe(3);
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toMatch(
      /^WARNING there is no control soc2\/cc6\.11 in the frameworks of the log; did you mean cc6\.1 or cc/,
    );
    expect(words).toContain('This is no answer about it.');
    expect(words).toContain('no rows: nothing could be expected, see WARNING');
    expect(ask('soc3/cc6.1').stdout).toMatch(/^WARNING {3}there is no framework soc3 in the log; it has /);
    expect(ask('soc2/cc6.1').stdout).not.toContain('WARNING');
  });

  it('in formats for programs on standard error, and the document stays as published', () => {
    const { code, stdout, stderr } = ask('soc2/cc6.11', '-o', 'json');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^warning: there is no control soc2\/cc6\.11 /);
    expect(JSON.parse(stdout)).toMatchObject({ row_count: 0, coverage: { complete: false } });
  });
});

describe('reports in files', () => {
  it('replace the whole file, through a link and with its mode, and leave nothing beside it', () => {
    const folder = temporary('report');
    const real = join(folder, 'real.json');
    writeFileSync(real, 'x'.repeat(1_000_000));
    chmodSync(real, 0o640);
    symlinkSync(real, join(folder, 'link.json'));
    const before = statSync(real).ino;
    expect(check(K8S, '-o', `json=${join(folder, 'link.json')}`).code).toBe(0);
    expect(JSON.parse(readFileSync(real, 'utf8'))).toMatchObject({ schemaVersion: 1 });
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(statSync(real).ino).not.toBe(before);
    expect(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout).toBe('link.json\nreal.json\n');
  });

  it.skipIf(!existsSync('/dev/null'))('go to a device as it is, and two may go there', () => {
    expect(check(K8S, '-o', 'json=/dev/null', '-o', 'sarif=/dev/null').code).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('places that take nothing', () => {
  it.skipIf(!existsSync('/dev/full'))('standard output: one line about it, exit 3', () => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'version'], {
      encoding: 'utf8',
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error OUTPUT_FAILED: [^\n]*ENOSPC[^\n]*\n$/);
  });

  it.skipIf(!existsSync('/proc/self'))(
    'a folder below /proc: an error, not a loop',
    () => {
      for (const args of [
        ['init', '/proc/x/y'],
        ['ledger', 'init', '/proc/x/y'],
        ['policy', 'keys', '/proc/x/y'],
        ['demo', '/proc/x/y'],
        ['policy', 'build', shop.repository, '--bundle', '/proc/x/y/bundle.tar.gz'],
      ]) {
        const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], {
          encoding: 'utf8',
          timeout: 60_000,
          cwd: temporary('proc'),
        });
        expect({ args, ended: status !== null && status !== 0 }).toEqual({ args, ended: true });
        expect(stderr).toContain('/proc/x');
      }
    },
    200_000,
  );
});
