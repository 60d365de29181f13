import { randomBytes } from 'node:crypto';
import { initLedger, openLedger } from '../../src/ledger/index.ts';
import { parseRecord, type RecordDraft } from '../../src/record/index.ts';
import { announce } from './announced.ts';
import { makeRecords } from './records.ts';
import type { Year } from './year.ts';

const DAY = 86_400_000;
const random = (length: number) => new Uint8Array(randomBytes(length));

/** The same records as makeYear gives, in a real ledger: slower to make, and the program itself can be asked about it. */
export async function makeReal(
  folder: string,
  records: number,
  days: number,
  start = Date.parse('2026-01-01T00:00:00.000Z'),
): Promise<Year> {
  const clock = { now: start };
  await initLedger(folder, { origin: 'bench.example/lake', random, clock: () => clock.now });
  const ledger = await openLedger(folder, { clock: () => clock.now, random });
  const made = makeRecords(start, records, days, await announce(ledger));
  const prepare = async (day: number) => {
    const [from, to] = [day, day + 1].map((one) => Math.ceil((one * records) / days)) as [number, number];
    const drafts = Array.from({ length: to - from }, (_, i): RecordDraft => {
      const { recorded_at: _time, ...draft } = parseRecord(made(from + i));
      return draft;
    });
    clock.now = start + day * DAY + DAY / 2;
    await ledger.appendNumbered(drafts);
    await ledger.seal();
  };
  return { ledger, start, clock, prepare };
}
