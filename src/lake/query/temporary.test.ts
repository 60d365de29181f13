import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../index.ts';
import { type Fixture, firstOfMarch, makeFixture } from '../testing/fixture.ts';

/** Endless for a test: 10^11 pairs. */
const LONG =
  'SELECT count(*) FROM UNNEST(sequence(1, 100000)) AS a(x), UNNEST(sequence(1, 1000000)) AS b(y) WHERE mod(x * y, 7) = 3';

let lake: Fixture;
let folder: string;

beforeAll(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  await firstOfMarch(lake);
  folder = mkdtempSync(join(tmpdir(), 'exhibit-folders-'));
});
afterAll(async () => {
  await lake.remove();
  rmSync(folder, { recursive: true, force: true });
});

const program = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');

/** The program as a user starts it, with temporary files of its own. */
function ask(temporary: string, sql: string): ChildProcess {
  const args = [program, 'query', '--evidence', lake.folder, '--sql', sql];
  return spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: temporary, EXHIBIT_STATE: join(folder, 'state') },
  });
}

const left = (temporary: string) =>
  readdirSync(temporary).filter((name) => name.startsWith('exhibit-query-'));

async function until(found: () => boolean): Promise<void> {
  while (!found()) await setTimeout(20);
}

const ended = (child: ChildProcess) =>
  new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );

/** Processes of a question: children of the one that asks. Linux says so in /proc. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((one) => status(one).parent === pid);
}

function status(pid: number): { parent: number | undefined; running: boolean } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(parent), running: state !== 'Z' };
  } catch {
    return { parent: undefined, running: false };
  }
}

test('without a folder to work in, a question says which', async () => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = join(folder, 'none');
  try {
    await expect(query(lake.ledger, { name: 'late-records' })).rejects.toMatchObject({
      code: 'LAKE_FAILED',
      message: `no working folder can be made in ${join(folder, 'none')}`,
    });
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
});

describe('what a question writes beside the lake', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('is for its user alone, and gone after %s', async (signal) => {
    const temporary = mkdtempSync(join(folder, 'tmp-'));
    const child = ask(temporary, LONG);
    const end = ended(child);
    await until(() => left(temporary).length > 0);
    const [name = ''] = left(temporary);
    expect(statSync(join(temporary, name)).mode & 0o777).toBe(0o700);
    child.kill(signal);
    expect(await end).toBe(signal);
    expect(left(temporary)).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'is left by a killed process, ends with it, and is removed by the next',
    async () => {
      const temporary = mkdtempSync(join(folder, 'tmp-'));
      const child = ask(temporary, LONG);
      const end = ended(child);
      await until(() => left(temporary).length > 0 && childrenOf(child.pid ?? 0).length > 0);
      const [worker = 0] = childrenOf(child.pid ?? 0);
      child.kill('SIGKILL');
      await end;
      expect(left(temporary)).toHaveLength(1);
      // Nobody waits for the answer: its process ends by itself.
      await until(() => !status(worker).running);
      const others = ['exhibit-query-1-1-young', 'exhibit-query-1-1-old', 'exhibit-query-mine'];
      for (const other of others) mkdirSync(join(temporary, other));
      utimesSync(join(temporary, 'exhibit-query-1-1-old'), 1_000_000_000, 1_000_000_000);
      expect(await ended(ask(temporary, 'SELECT 1 AS one'))).toBe(3);
      // Processes of another namespace cannot be seen: theirs stay for a day. What is not named by us stays.
      expect(left(temporary).sort()).toEqual(['exhibit-query-1-1-young', 'exhibit-query-mine']);
    },
  );
});
