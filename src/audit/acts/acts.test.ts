import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ThreeDays, threeDays } from '../../cli/engagement/testing/three-days.ts';
import { closeDay } from '../../lake/index.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { engagementActs, engagementRequests, listEngagements } from '../engagement/acts.ts';
import { readEngagement } from '../engagement/engagement.ts';
import { auditDraft, recordActs } from '../scope/draft.ts';
import { sourceHere } from '../scope/source.ts';
import { readActs } from './read.ts';

/** Fewer than there are reads. */
const MOST = 20;
const READS = 30;
let days: ThreeDays;
let ledger: Ledger;
let ids: string[];
const now = () => days.machine.now;

beforeAll(async () => {
  days = await threeDays();
  ids = [await days.open(), await days.open()];
  await days.run('engagement', 'request', ids[0] ?? '', 'Who approved OV-1?');
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  ledger = await openLedger(days.folder, { clock: now, random });
  const read = () =>
    auditDraft(
      { type: 'access', kind: 'read', engagement: ids[1] ?? '', message: 'read', details: { what: 'x' } },
      { clock: now, random },
    );
  await recordActs(ledger, Array.from({ length: READS }, read));
  // The acts are of 10 October: one day of them is in the lake, and some come after it.
  days.machine.at('2026-10-11T12:00:00Z');
  for (const day of ['2026-10-04', '2026-10-10']) await closeDay(ledger, day, { clock: now });
  await recordActs(ledger, [read()]);
}, 120_000);
afterAll(async () => {
  await ledger.close();
  await days.remove();
});

it('says that all acts together are not whole where there are more than are brought', async () => {
  const { acts, missing, unknown } = await readActs(sourceHere(ledger), {}, undefined, MOST);
  expect(acts).toHaveLength(MOST);
  expect(missing).toContain(`more than ${MOST} rows`);
  expect(unknown).toBe(missing);
});

it('lists engagements and requests however many reads there are', async () => {
  const source = sourceHere(ledger);
  const listed = await listEngagements(source, now(), MOST);
  expect(listed.map(({ engagement }) => engagement)).toEqual(ids);
  expect(listed.every(({ state }) => state === 'open')).toBe(true);
  const asked = await engagementRequests(source);
  expect(asked.map(({ kind, engagement }) => [kind, engagement])).toEqual([
    ['engagement opened', ids[0]],
    ['engagement opened', ids[1]],
    ['request', ids[0]],
  ]);
  // One kind that is noisy is not whole itself, and says so.
  const reads = await readActs(source, {}, { kinds: ['read'] }, MOST);
  expect(reads.missing).toContain(`more than ${MOST} rows`);
  const both = await readActs(source, {}, { kinds: ['request'] }, MOST);
  expect(both).toMatchObject({ missing: undefined, unknown: undefined, numbered: READS + 4 });
});

it('has of one engagement its own acts alone', async () => {
  const source = sourceHere(ledger);
  const own = async (id = '') => engagementActs(source, await readEngagement(ledger, id, now()));
  expect((await own(ids[0])).map(({ kind }) => kind)).toEqual(['engagement opened', 'request']);
  expect(await own(ids[1])).toHaveLength(READS + 2);
});

it('misses a number that the log gave and nobody shows, whatever kind it was of', async () => {
  const source = sourceHere(ledger);
  const ask: typeof source.ask = async (request, options) => {
    const answer = await source.ask(request, options);
    if (request.name !== 'audit-act-numbers') return answer;
    // A lake that lost the act number 5, which is a read.
    return {
      ...answer,
      rows: answer.rows.flatMap(([first, last]) => [
        [first as number, 4],
        [6, last as number],
      ]),
    };
  };
  const drawn = await readActs({ reader: ledger, ask }, {}, { kinds: ['sample drawn'] });
  expect(drawn).toMatchObject({
    acts: [],
    unknown: 'the act number 5 of the audit is not in what was read',
  });
});

it('reads the same out of a log that nobody answers for', async () => {
  const alone = { reader: ledger, ask: undefined };
  const here = sourceHere(ledger);
  for (const wanted of [
    undefined,
    { kinds: ['request', 'engagement opened'] },
    { engagement: ids[1] ?? '' },
  ]) {
    const [own, asked] = [await readActs(alone, {}, wanted), await readActs(here, {}, wanted)];
    expect(own.acts.map(({ log_index, kind }) => [log_index, kind])).toEqual(
      asked.acts.map(({ log_index, kind }) => [log_index, kind]),
    );
    expect(own.numbered).toBe(asked.numbered);
  }
});
