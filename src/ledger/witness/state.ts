import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Clock, ExhibitError } from '../../record/index.ts';
import { ioError } from '../../store/index.ts';
import { bodyOf } from '../published.ts';
import { locked, witnessesFile } from './lock.ts';
import type { Alarm, NewAlarm, WitnessStatus } from './types.ts';

const statusSchema = z.strictObject({
  url: z.string(),
  name: z.string(),
  size: z.number(),
  cosigned_at: z.number().optional(),
  asked_at: z.number(),
  failing: z
    .strictObject({ since: z.number(), kind: z.enum(['away', 'refused', 'alarm']), message: z.string() })
    .optional(),
});
const alarmSchema = z.strictObject({
  witness: z.string(),
  kind: z.enum(['fork', 'rollback']),
  proven: z.boolean(),
  message: z.string(),
  ours: z.string(),
  theirs: z.string().optional(),
  at: z.number(),
  acknowledged: z.strictObject({ at: z.number(), reason: z.string() }).optional(),
});
const row = z.object({ json: z.string() });
const numbered = row.extend({ id: z.number() });

export interface Known {
  witnesses: WitnessStatus[];
  /** Also those that somebody acknowledged. */
  alarms: Alarm[];
}

/** What is known of the witnesses of a ledger. @throws ExhibitError LEDGER_IO */
export function readKnown(folder: string): Known {
  const path = witnessesFile(folder);
  if (!existsSync(path)) return { witnesses: [], alarms: [] };
  try {
    return readWith(path, true);
  } catch (cause) {
    // A process was killed within a transaction: what is left of it is to be taken back, which is a write.
    if (!needsRollback(cause)) throw ioError(cause, path);
  }
  try {
    return readWith(path, false);
  } catch (cause) {
    throw ioError(cause, path);
  }
}

/** SQLITE_READONLY_ROLLBACK. */
const needsRollback = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === 776;

function readWith(path: string, readOnly: boolean): Known {
  const database = new DatabaseSync(path, { readOnly, timeout: 2_000 });
  try {
    // A writer that was killed may have left the file without its tables.
    const made = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'alarm'").get();
    return made === undefined ? { witnesses: [], alarms: [] } : read(database);
  } finally {
    database.close();
  }
}

function read(database: DatabaseSync): Known {
  const witnesses = database.prepare('SELECT json FROM witness ORDER BY url').all();
  const alarms = database.prepare('SELECT id, json FROM alarm ORDER BY id').all();
  return {
    witnesses: witnesses.map((one): WitnessStatus => {
      const { cosigned_at, failing, ...rest } = statusSchema.parse(JSON.parse(row.parse(one).json));
      return { ...rest, cosigned_at, failing };
    }),
    alarms: alarms.map((one): Alarm => {
      const { id, json } = numbered.parse(one);
      const { theirs, acknowledged, ...rest } = alarmSchema.parse(JSON.parse(json));
      return { id, ...rest, theirs, acknowledged };
    }),
  };
}

export function writeStatus(database: DatabaseSync, status: WitnessStatus): void {
  database
    .prepare('INSERT INTO witness VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET json = excluded.json')
    .run(status.url, JSON.stringify(status));
}

export function readStatuses(database: DatabaseSync): Map<string, WitnessStatus> {
  return new Map(read(database).witnesses.map((one) => [one.url, one]));
}

/** More alarms of one witness are not kept: one that lies could raise any number. That it fails stays written down. */
const MOST_ALARMS = 100;

/**
 * Keeps an alarm with both checkpoints. What is proven is kept once for each checkpoint that the witness shows; what is its word, once until it has
 * co-signed again.
 * @param since when the witness began to fail, Unix milliseconds
 */
export function writeAlarm(
  database: DatabaseSync,
  witness: string,
  alarm: NewAlarm,
  since: number,
  at: number,
): void {
  const { kind, proven, theirs } = alarm;
  const subject = `${witness} ${kind} ${proven && theirs !== undefined ? size(theirs) : since}`;
  const kept = read(database).alarms.filter((one) => one.witness === witness).length;
  if (kept >= MOST_ALARMS) return;
  database
    .prepare('INSERT INTO alarm (subject, json) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(subject, JSON.stringify({ ...alarm, witness, at }));
}

/** Size and root of what a witness showed, which may be anything. */
function size(note: string): string {
  try {
    const { size: leaves, root } = bodyOf(note);
    return `${leaves} ${Buffer.from(root).toString('hex')}`;
  } catch {
    return 'unreadable';
  }
}

/**
 * Says that somebody has looked at an alarm. It stays, with the reason.
 * @throws ExhibitError NOT_FOUND
 */
export async function acknowledgeAlarm(
  folder: string,
  id: number,
  reason: string,
  clock: Clock,
): Promise<Alarm> {
  return locked(folder, async (database) => {
    const alarm = read(database).alarms.find((one) => one.id === id);
    if (alarm === undefined)
      throw new ExhibitError('NOT_FOUND', `there is no alarm ${id}`, {
        hint: '`exhibit ledger status` shows the numbers.',
      });
    const done = { ...alarm, acknowledged: alarm.acknowledged ?? { at: clock(), reason } };
    const { id: _, ...json } = done;
    database.prepare('UPDATE alarm SET json = ? WHERE id = ?').run(JSON.stringify(json), id);
    return done;
  });
}
