import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../main.ts';

/** What a checkout can hold in the place of a file: git keeps links, and a job may leave a pipe. */
const PLANTED: [string, (file: string) => void][] = [
  ['a link to a device without an end', (file) => symlinkSync('/dev/zero', file)],
  ['a pipe that nobody writes to', (file) => void execFileSync('mkfifo', [file])],
  ['a link to itself', (file) => symlinkSync(file, file)],
  ['a folder', (file) => mkdirSync(file)],
];

describe.each(PLANTED)('%s in the checkout is told of, and nothing waits for it', (_, plant) => {
  let cwd: string;
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'exhibit-planted-'));
    writeFileSync(join(cwd, 'a.yaml'), 'a: 1\n');
  });

  const check = async (...flags: string[]) => {
    const said: string[] = [];
    const sink = { write: (text: string) => void said.push(text), isTTY: false, columns: 200 };
    const exit = await main(['check', 'a.yaml', '--layer', 'pre-commit', ...flags], {
      env: { EXHIBIT_STATE: join(cwd, 'state') },
      cwd,
      clock: Date.now,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      stdout: sink,
      stderr: sink,
    });
    return { exit, said: said.join('') };
  };
  const at = (name: string): void => {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    plant(join(cwd, name));
  };

  it('as the bundle', async () => {
    at('.exhibit/bundle.tar.gz');
    expect(await check()).toEqual({ exit: 2, said: expect.stringContaining('cannot read the bundle') });
  });
  it('as the key', async () => {
    mkdirSync(join(cwd, '.exhibit'));
    writeFileSync(join(cwd, '.exhibit', 'bundle.tar.gz'), '');
    at('.exhibit/keys/bundle.pub.pem');
    expect(await check()).toEqual({ exit: 2, said: expect.stringContaining('cannot read the public key') });
  });
  it('as the settings', async () => {
    at('.exhibit.yaml');
    // A link to itself is no file to the system, so there are no settings.
    expect((await check()).exit).toBe(2);
    rmSync(join(cwd, '.exhibit.yaml'), { recursive: true });
  });
});

it('settings with aliases that grow without end are told of', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'exhibit-planted-'));
  const levels = 'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`);
  writeFileSync(join(cwd, '.exhibit.yaml'), `a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n`);
  const said: string[] = [];
  const sink = { write: (text: string) => void said.push(text), isTTY: false, columns: 200 };
  const context = {
    env: {},
    cwd,
    clock: Date.now,
    random: () => new Uint8Array(),
    stdout: sink,
    stderr: sink,
  };
  expect(await main(['check', '.'], context)).toBe(2);
  expect(said.join('')).toContain('CONFIG_INVALID');
});
