import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { initLedger, openLedger, openReader, type Unnumbered } from '../../../src/ledger/index.ts';
import { formatInstant, SCHEMA, uuidv7 } from '../../../src/record/index.ts';
import { place } from './tools.ts';

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
export const clock = Date.now;

export const record = (n: number, over: Partial<Unnumbered> = {}, now = clock()): Unnumbered => ({
  schema: SCHEMA,
  record_id: uuidv7(now, random),
  record_type: 'heartbeat',
  observed_at: formatInstant(now),
  emitter: 'tamper',
  layer: 'runtime',
  tool: 'faults',
  message: `number ${String(n).padStart(4, '0')}`,
  ...over,
});

/** Records `from` to `to` of a log, the second not included. */
export const records = (from: number, to: number, over: Partial<Unnumbered> = {}): Unnumbered[] =>
  Array.from({ length: to - from }, (_, n) => record(from + n, over));

/** Appends to a log in a folder, and seals. */
export async function grow(
  folder: string,
  more: readonly Unnumbered[],
  now: () => number = clock,
): Promise<void> {
  const ledger = await openLedger(folder, { clock: now, random });
  await ledger.append(more[0]?.emitter ?? 'tamper', [...more]);
  await ledger.seal();
  await ledger.close();
}

/** The signed checkpoint of a folder. */
export const checkpointOf = async (folder: string): Promise<string> =>
  (await openReader(folder)).checkpointText();

export interface Log {
  /** 600 records, sealed in two halves. */
  honest: string;
  /** The same folder after the first half. */
  early: string;
  /** The same folder before its first record: who has the key can begin anew here. */
  empty: string;
  vkey: string;
}

/** A log with its history, by the writer that operators run. */
export async function makeLog(origin: string): Promise<Log> {
  const honest = place();
  const [early, empty] = [place(), place()];
  const { vkey } = await initLedger(honest, { origin, random, clock });
  cpSync(honest, empty, { recursive: true });
  await grow(honest, records(0, 300));
  cpSync(honest, early, { recursive: true });
  await grow(honest, records(300, 600));
  return { honest, early, empty, vkey };
}

/** Another history of a log, by its own key: the folder at an earlier state, and what somebody made of the rest. */
export async function rewritten(from: string, more: readonly Unnumbered[]): Promise<string> {
  const folder = join(place());
  cpSync(from, folder, { recursive: true });
  await grow(folder, more);
  return folder;
}

/** A log that says of itself that it is of a certain time. */
export async function dated(time: string): Promise<{ FOLDER: string; KEY: string }> {
  const FOLDER = place();
  const now = () => Date.parse(time);
  const { vkey } = await initLedger(FOLDER, { origin: 'attacks.example.com/time', random, clock: now });
  await grow(FOLDER, [record(0, {}, now()), record(1, {}, now())], now);
  return { FOLDER, KEY: vkey };
}
