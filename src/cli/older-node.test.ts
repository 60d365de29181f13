import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'exhibit.js');
/** Says that this Node is one that is too old. */
const OLDER = `data:text/javascript,${encodeURIComponent("Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })")}`;

let started: number[] = [];
afterEach(() => {
  for (const pid of started) if (isThere(pid)) process.kill(pid, 'SIGKILL');
  started = [];
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (let at = 0; at < 500; at += 1) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('it never came');
}

/** Starts the program on a Node that is too old, with pipes for a terminal. */
function older(...argv: string[]) {
  const first = spawn(process.execPath, ['--import', OLDER, BIN, ...argv]);
  started.push(first.pid ?? 0);
  return first;
}

it('on a Node that is too old the newer one of the installation does the work, and its exit code counts', async () => {
  const first = older('--version');
  let said = '';
  first.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const [code] = await once(first, 'close');
  expect([code, said]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  const [wrong] = await once(older('no-such-command'), 'close');
  expect(wrong).toBe(2);
});

it.runIf(process.platform === 'linux').each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'and a %s to the first ends both',
  async (signal) => {
    const first = older('lsp');
    const children = `/proc/${first.pid}/task/${first.pid}/children`;
    const second = await until(() => Number(readFileSync(children, 'utf8').trim()) || undefined);
    started.push(second);
    first.kill(signal);
    await once(first, 'close');
    expect(isThere(second)).toBe(false);
  },
);
