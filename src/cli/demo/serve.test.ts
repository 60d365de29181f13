import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('a year that is stopped while it is made says what it leaves, and ends by the signal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'exhibit-stopped-'));
  const program = join(import.meta.dirname, '..', 'bin.ts');
  const args = [program, 'demo', '--year', '--serve', '--port', '0', '--folder', 'year'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  try {
    const ended = once(child, 'exit');
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr === '') setTimeout(() => child.kill('SIGINT'), 1_000);
      stderr += text;
    });
    const [code, signal] = await ended;
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expect(stderr.trimEnd().split('\n').slice(1).join(' ').replaceAll(/\s+/g, ' ')).toBe(
      'stopped: the year in year is not whole; the next call makes it anew.',
    );
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
