import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal, type JournalLine, readJournal } from './journal.ts';
import { EmitterWindow } from './window.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exhibit-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (n: number, event?: string): JournalLine => ({
  emitter: 'falco@node',
  actor: 'actor:1',
  verified_by: 'token',
  key: '["falco","rule","Pod/shop/web"]',
  at: 1_000 + n,
  digest: `sha256:${n}`,
  ...(event === undefined ? {} : { event: Buffer.from(event).toString('base64') }),
});

it('gives back what was written, and passes over a last line that is cut off', async () => {
  const path = join(folder, 'a.ndjson');
  const journal = await Journal.create(path);
  await Promise.all([1, 2, 3].map((n) => journal.append(line(n, n === 1 ? '{}' : undefined))));
  await journal.close();
  appendFileSync(path, JSON.stringify(line(4)).slice(0, 20));
  expect((await readJournal(path)).map(({ digest }) => digest)).toEqual(['sha256:1', 'sha256:2', 'sha256:3']);
  await expect(Journal.create(path)).rejects.toMatchObject({ code: 'LEDGER_IO' });
});

it('does not count what did not get to the disk, and says of which events nothing is known', async () => {
  const own = new EmitterWindow('actor:1', 'token');
  own.count(line(1, '{"a": 1}'));
  await own.hold(line(1, '{"a": 1}'), Promise.resolve());
  own.count(line(2));
  await expect(own.hold(line(2), Promise.reject(new Error('the disk is full')))).rejects.toThrow('full');
  expect([own.knows('sha256:1'), own.knows('sha256:2')]).toEqual(['counted', undefined]);
  expect([...own.counters.values()].map(({ count }) => count)).toEqual([1]);
  const recovered = new EmitterWindow('actor:1', 'token');
  recovered.count(line(2));
  expect([recovered.orphans, recovered.counters.size]).toEqual([1, 0]);
});
