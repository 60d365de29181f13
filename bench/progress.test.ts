import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchClose } from './lake/lake.ts';
import { inTurn } from './measure.ts';
import { showProgress } from './progress.ts';

/** A terminal, or a pipe, whose clock goes on a second at each look. */
function watched(isTTY: boolean) {
  let now = 0;
  let shown = '';
  const stderr = {
    isTTY,
    columns: 80,
    write: (text: string) => {
      shown += text;
    },
  };
  const bar = showProgress('done', {
    stderr,
    clock: () => {
      now += 1_000;
      return now;
    },
  });
  return { bar, shown: () => shown };
}

const run = { seconds: 1, cpu_seconds: 1, peak_rss_mb: 1, code: 0, stdout: '' };

test('programs in turn show how many of all runs are done', () => {
  const terminal = watched(true);
  inTurn(1, [() => run, () => run], terminal.bar);
  // Two programs, each warmed up once and run once.
  expect(terminal.shown()).toContain('done  3 of 4 (75 %), about 2 s left');
  const pipe = watched(false);
  inTurn(1, [() => run, () => run], pipe.bar);
  expect(pipe.shown()).toBe('');
});

test('days that are closed are counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exhibit-progress-'));
  try {
    const { bar, shown } = watched(true);
    await benchClose(join(folder, 'year'), { days: 2, perDay: 32 }, bar);
    expect(shown()).toContain('done  1 of 2 (50 %), about 2 s left');
  } finally {
    await rm(folder, { recursive: true });
  }
});
