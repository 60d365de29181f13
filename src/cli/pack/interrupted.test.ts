import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ThreeDays, threeDays } from '../engagement/testing/three-days.ts';

const PROGRAM = fileURLToPath(new URL('../bin.ts', import.meta.url));

let days: ThreeDays;
let id: string;
beforeAll(async () => {
  days = await threeDays();
  id = await days.open();
}, 60_000);
afterAll(() => days.remove());

const at = (name: string) => join(days.machine.folder, name);
const parts = () => readdirSync(days.machine.folder).filter((name) => name.endsWith('.part'));
const pack = (out: string) => days.machine.run('pack', id, '--evidence', days.folder, '--out', out);

/** A process that packs, ended by a signal as soon as its file has begun. */
async function stopped(out: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [PROGRAM, 'pack', id, '--evidence', days.folder, '--out', out], {
    cwd: days.machine.folder,
    env: days.machine.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, by) => resolve(by ?? code)),
  );
  while (parts().length === 0 && child.exitCode === null) await new Promise((go) => setTimeout(go, 5));
  child.kill(signal);
  return { ended: await ended, stderr };
}

describe('a pack that was not finished', { timeout: 60_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind at %s, and says so in one line',
    async (by) => {
      const { ended, stderr } = await stopped('stopped.zip', by);
      expect(stderr).toBe(`stopped by ${by}: nothing was written to stopped.zip\n`);
      expect(ended).toBe(by);
      expect(readdirSync(days.machine.folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
    },
  );

  it('is taken away by the next one where its process was killed, and that of a process that runs is not', async () => {
    expect((await stopped('killed.zip', 'SIGKILL')).ended).toBe('SIGKILL');
    expect(parts()).toHaveLength(1);
    // This very process runs, and so does the one that started it.
    const other = `killed.zip.${process.ppid}.part`;
    writeFileSync(at(other), 'of another process');
    expect((await pack('killed.zip')).code).toBe(0);
    expect(parts()).toEqual([other]);
    expect(readFileSync(at(other), 'utf8')).toBe('of another process');
    expect(existsSync(at('killed.zip'))).toBe(true);
    rmSync(at(other));
  });

  it('leaves nothing behind where it fails', async () => {
    const { code } = await days.machine.run(
      'pack',
      'eng-0123456789abcdef',
      '--evidence',
      days.folder,
      '--out',
      'x.zip',
    );
    expect(code).not.toBe(0);
    expect(parts()).toEqual([]);
  });
});

describe('a pack into a place that takes none', { timeout: 60_000 }, () => {
  it.each([
    ['nodir/x.zip', /There is no folder nodir: make it/],
    ['/proc/x.zip', /a folder that you may write to/],
  ])('is refused before any work: %s', async (out, hint) => {
    const checkpoint = readFileSync(join(days.folder, 'log', 'checkpoint'), 'utf8');
    const { code, stderr } = await pack(out);
    expect(stderr).toMatch(new RegExp(`^error USAGE: ${out} cannot be written\n`));
    expect(stderr).toContain(`where: ${out}`);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(hint);
    expect(code).toBe(2);
    expect(readFileSync(join(days.folder, 'log', 'checkpoint'), 'utf8')).toBe(checkpoint);
  });

  it('is refused where a file stands in the place of its folder', async () => {
    writeFileSync(at('file'), '');
    const { code, stderr } = await pack('file/x.zip');
    expect(`${code} ${stderr}`).toMatch(/^2 error USAGE: file\/x\.zip cannot be written/);
  });

  it.skipIf(process.getuid?.() === 0)('is refused in a folder that may only be read', async () => {
    mkdirSync(at('ro'), { mode: 0o500 });
    const { code, stderr } = await pack('ro/x.zip');
    expect(`${code} ${stderr}`).toMatch(/^2 error USAGE: ro\/x\.zip cannot be written/);
  });
});
