import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engagement } from '../../../audit/index.ts';
import { type Fixture, makeFixture } from '../../../lake/testing/fixture.ts';
import { Books } from './books.ts';

vi.setConfig({ testTimeout: 120_000 });

let lake: Fixture;
let books: Books;
beforeEach(async () => {
  lake = await makeFixture('2026-03-01T10:00:00.000Z');
  const map = await lake.announce('r1', [['encrypted', 'soc2/cc6.1']]);
  await lake.decide(map, ['encrypted', 'db1', 'pass']);
  books = new Books({
    ...{ ledger: lake.ledger, clock: lake.clock, log: () => undefined },
    ...{ fresh: 60, verifyEvery: 3_600, respond: undefined, callers: [] },
  });
});
afterEach(async () => {
  await books.close();
  await lake.remove();
});

test('the whole log is read again when the first pages are there, or could not be made: whoever waits for them comes first', async () => {
  const scope = { framework: 'soc2', from: '2026-03-01', to: '2026-03-01' };
  // Nobody opened it: the reading ends with that, and the log is looked at all the same.
  const book = books.open({ engagement: 'nobody-opened-it', scope } as Engagement);
  expect([book.running, books.verifying]).toEqual([true, undefined]);
  books.open({ engagement: 'nobody-opened-it', scope } as Engagement);
  while (book.running) {
    expect(books.verifying).toBeUndefined();
    await new Promise((done) => setTimeout(done, 5));
  }
  expect(book.failed).toBeDefined();
  await expect.poll(() => books.verification.state, { timeout: 60_000 }).toBe('held');
});
